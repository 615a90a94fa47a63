import { Command, InvalidArgumentError, Option, type CommanderError } from 'commander';
import { addBroker } from './broker-verb.ts';
import { addDev } from './dev-verb.ts';
import { addDeployVerbs, addOnlineOptions } from './deploy-verbs.ts';
import { exitCodes } from './exit-codes.ts';
import type { EvalOptions, GraphOptions, RunOptions, ValidateOptions } from './options.ts';
import { addSchemaVerbs } from './schema-verbs.ts';
import { severalOption } from './several-option.ts';
import type { InitOptions } from './verbs/init.ts';
import type { PlanOptions } from './verbs/plan.ts';
import type { TestOptions } from './verbs/test.ts';

/** How long a reader of standard output may take for the last of it. */
const longestFlushMs = 1000;

/** Makes the `headrace` command. Each verb loads what it needs when it is called. */
export function createProgram(): Command {
  const program = new Command('headrace')
    .description('Checks and runs stream-processing topologies.')
    .exitOverride((error: CommanderError) => {
      process.exit(error.exitCode === 0 ? exitCodes.done : exitCodes.wrongInput);
    })
    .showHelpAfterError('(run with --help for the verbs and their options)');
  const verbs = [addInit, addValidate, addFormat, addGraph, addPlan, addEval, addTest, addRun];
  for (const add of [...verbs, addDev, addBroker, addDeployVerbs, addSchemaVerbs]) add(program);
  return program;
}

function addInit(program: Command): void {
  program
    .command('init')
    .description('Writes a working example: topology, schema, tests and data. Overwrites nothing.')
    .argument('[dir]', 'the folder to write to', '.')
    .option('--template <name>', 'the example to start from')
    .option('--typescript', 'write the topology in TypeScript, where the example has that form')
    .option('--list', 'write nothing, list the examples')
    .option('--yes', 'ask nothing; on a terminal it is asked which example')
    .action(async (folder: string, options: InitOptions) => {
      const { initFolder } = await import('./verbs/init.ts');
      process.exitCode = await initFolder(folder, options);
    });
}

function addPlan(program: Command): void {
  const plan = program
    .command('plan')
    .description(
      'Prints how a topology would run: stages, fields read, the guarantee of each path, what can hold up what.',
    )
    .argument('<file>', 'a topology file')
    .addOption(
      new Option('--format <format>', 'the form of the plan; kafka-acls is the rights alone, as lines for a shell')
        .choices(['text', 'json', 'kafka-acls'])
        .default('text'),
    )
    .option('--code', 'print what each stage does with a record as well, step by step')
    .option('--acls', 'print the rights that it needs as well')
    .option('--principal <name>', 'for whom the rights are, as "User:etl"; who the cluster logs in as unless given')
    .option('--online', 'compare what it needs with what the cluster has as well; exits 1 where something is not so');
  addOnlineOptions(plan).action(async (file: string, options: PlanOptions) => {
    const { printPlan } = await import('./verbs/plan.ts');
    process.exitCode = await printPlan(file, options);
  });
}

function addValidate(program: Command): void {
  const validate = program
    .command('validate')
    .description('Prints every finding on topology files; exits 2 where there are errors.')
    .argument('<file...>', 'topology files')
    .addOption(
      new Option('--format <format>', 'how findings are printed').choices(['text', 'json', 'github']).default('text'),
    )
    .option('--deny-warnings', 'exit 2 on warnings as well')
    .option('--online', 'look at the cluster as well; needs all that a run needs, secrets included');
  addOnlineOptions(validate).action(async (files: string[], options: ValidateOptions) => {
    const { validateFiles } = await import('./verbs/validate.ts');
    process.exitCode = await validateFiles(files, options);
  });
}

function addFormat(program: Command): void {
  program
    .command('format')
    .description('Lays out topology files in JSON; comments and the order of keys stay.')
    .argument('<file...>', 'topology files')
    .option('--check', 'change nothing, list the files that would change, and exit 1 where there are some')
    .action(async (files: string[], options: { readonly check?: boolean }) => {
      const { formatFiles } = await import('./verbs/format.ts');
      process.exitCode = formatFiles(files, options);
    });
}

function addGraph(program: Command): void {
  program
    .command('graph')
    .description('Prints the graph of a topology with the types of its edges.')
    .argument('<file>', 'a topology file')
    .addOption(
      new Option('--format <format>', 'the form of the graph')
        .choices(['tree', 'mermaid', 'dot', 'json'])
        .default('tree'),
    )
    .addOption(setOption())
    .action(async (file: string, options: GraphOptions) => {
      const { printGraph } = await import('./verbs/graph.ts');
      process.exitCode = await printGraph(file, options);
    });
}

function addEval(program: Command): void {
  program
    .command('eval')
    .description(
      'Prints the value, the type and the paths read of an expression; exits 2 where it is wrong, 1 where it fails.',
    )
    .argument(
      '<expression>',
      'an expression; "-" reads it from standard input, and "--" before it lets it begin with a minus',
    )
    .option('--schema <file>', 'the Avro schema of the records; without one their names are of type dyn')
    .option('--record <json>', 'the record, as JSON; without one only constants have a value')
    .option('--code', 'print the code that is generated')
    .option('--json', 'print JSON: {"value","type","paths"} or {"errors":[{code,message,start,end}]}')
    .action(async (expression: string, options: EvalOptions) => {
      const { evaluateExpression } = await import('./verbs/eval.ts');
      process.exitCode = evaluateExpression(expression, options);
    });
}

function addTest(program: Command): void {
  program
    .command('test')
    .description(
      'Runs *.test.json files through the real runtime, with virtual time and no broker; exits 1 where a case fails.',
    )
    .argument('[path...]', 'test files, or folders that hold them', ['.'])
    .option('--filter <text>', 'run only the cases whose name contains it')
    .option('--update', 'write what came into the expectations that failed')
    .action(async (paths: string[], options: TestOptions) => {
      const { runTests } = await import('./verbs/test.ts');
      process.exitCode = await runTests(paths, options);
    });
}

function addRun(program: Command): void {
  program
    .command('run')
    .description(
      'Runs a topology until its sources end or it is told to stop (SIGTERM drains; a second SIGINT ends at once).',
    )
    .argument('<file>', 'a topology file')
    .option('--brokers <host:port,...>', 'the Kafka to use, in place of the topology’s cluster')
    .addOption(new Option('--from <where>', 'forget committed positions and begin anew').choices(['earliest']))
    .addOption(
      new Option(
        '--bounded',
        'a closed world: from where the sources begin to where they end now, in a group and a state directory of its own',
      ).conflicts('untilEnd'),
    )
    .option('--until-end', 'go on from what is committed, and stop where the sources end now')
    .addOption(
      new Option(
        '--instance <name>',
        'a name for this process in its group, so that it keeps its partitions while it is started again',
      ).argParser(instanceName),
    )
    .addOption(setOption())
    .option('--env-file <file>', 'read environment variables from a file; those that are set stay as they are')
    .option('--dry-run', 'check everything and print what would run; start, load and write nothing')
    .option('--metrics-address <host:port>', 'where health and metrics are served, or "off" (default: 127.0.0.1:9464)')
    .addOption(
      new Option('--log-level <level>', 'least level that is logged')
        .choices(['debug', 'info', 'warn', 'error', 'silent'])
        .default('info'),
    )
    .addOption(
      new Option('--log-format <format>', 'the form of the log; auto is pretty on a terminal, json elsewhere')
        .choices(['auto', 'json', 'pretty'])
        .default('auto'),
    )
    .action(async (file: string, options: RunOptions) => {
      const { runTopology } = await import('./verbs/run.ts');
      const code = await runTopology(file, options);
      // The run is over: a client that hangs while it is closed must not keep the process.
      process.stdout.write('', () => process.exit(code));
      setTimeout(() => process.exit(code), longestFlushMs);
    });
}

/** Kafka takes the characters that names of topics have. */
function instanceName(text: string): string {
  if (/^[\w.-]{1,249}$/.test(text) && text !== '.' && text !== '..') return text;
  throw new InvalidArgumentError('A name has letters, digits, ".", "_" and "-", 249 at the most.');
}

function setOption(): Option {
  return severalOption('--set <name=value>', 'set a parameter; may be given several times');
}

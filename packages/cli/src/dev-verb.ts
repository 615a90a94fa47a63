import { Option, type Command } from 'commander';
import { workerVerb } from './dev/worker-process.ts';
import { severalOption } from './several-option.ts';
import type { DevOptions } from './verbs/dev.ts';
import { portOf, wholeNumber } from './whole-number.ts';

const mostShown = 99_999;

/** Adds the verb `dev`, and the one of its worker, which is not shown. */
export function addDev(program: Command): void {
  program
    .command('dev')
    .description(
      'Runs a topology while it is written: on the embedded broker, with sample data, showing what passes; reloads on save.',
    )
    .argument('<file>', 'a topology file')
    .addOption(
      new Option('--port <port>', 'the port of the broker (default: 9092, or any where that is taken)').argParser(
        portOf,
      ),
    )
    .option(
      '--data-dir <directory>',
      'keep topics, positions and what sinks of files write, and go on with them; gone at the end unless given',
    )
    .addOption(
      new Option(
        '--kafka',
        'use the cluster of the topology, as a group that is deleted at the end; feeds nothing',
      ).conflicts(['port', 'dataDir']),
    )
    .option('--brokers <host:port,...>', 'with --kafka: the Kafka to use, in place of the topology’s cluster')
    .addOption(
      severalOption('--node <id>', 'show only this node, or port ("paid.dropped"); may be given several times'),
    )
    .addOption(
      new Option('--show <number>', 'how many records of a node are shown a second')
        .default(10)
        .argParser((text: string) => wholeNumber(text, 0, mostShown)),
    )
    .option('--no-feed', 'feed no samples')
    .addOption(severalOption('--set <name=value>', 'set a parameter; may be given several times'))
    .option('--env-file <file>', 'read environment variables from a file; those that are set stay as they are')
    .addOption(
      new Option('--format <format>', 'how it is shown; json is a line for each event')
        .choices(['text', 'json'])
        .default('text'),
    )
    .action(async (file: string, options: DevOptions) => {
      const { developTopology } = await import('./verbs/dev.ts');
      const code = await developTopology(file, options);
      // The standard input may stay open for ever.
      process.stdout.write('', () => process.exit(code));
    });
  program.command(workerVerb, { hidden: true }).action(async () => {
    const { runDevWorker } = await import('./dev/worker/run-dev-worker.ts');
    runDevWorker();
  });
}

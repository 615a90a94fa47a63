// A program: runs the `headrace` command as often as it is asked over a socket, since starting it from its sources takes seconds.
// Its standard error is the file named second, from which the log of each run is read. Modules stay loaded: a file of functions that
// changes between two runs of one page is not read again.
import { readFileSync, statSync } from 'node:fs';
import net from 'node:net';
import { Readable } from 'node:stream';
import type { RunOptions } from '../../packages/cli/src/options.ts';
import { createProgram } from '../../packages/cli/src/program.ts';
import { runTopology } from '../../packages/cli/src/verbs/run.ts';
import type { CommandRequest, CommandResult } from './messages.ts';

const [socket, errors] = process.argv.slice(2) as [string, string];
const signals = ['SIGTERM', 'SIGINT', 'unhandledRejection', 'uncaughtException'];
const exitProcess = process.exit.bind(process);

class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${String(code)}`);
    this.code = code;
  }
}

/** Makes the command with a `run` that returns its exit code, where the real one ends the process. */
function program(): ReturnType<typeof createProgram> {
  const made = createProgram();
  const run = made.commands.find((command) => command.name() === 'run');
  run?.action(async (file: string, options: RunOptions) => {
    process.exitCode = await runTopology(file, options);
  });
  return made;
}

async function execute({ args, cwd, env, stdin }: CommandRequest): Promise<CommandResult> {
  const chunks: Buffer[] = [];
  const before = { cwd: process.cwd(), env: process.env, write: process.stdout.write.bind(process.stdout) };
  const logged = statSync(errors).size;
  const listeners = signals.map((signal) => [signal, process.listeners(signal as 'SIGTERM')] as const);
  process.stdout.write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
    chunks.push(Buffer.from(chunk as string));
    const done = rest.find((each): each is () => void => typeof each === 'function');
    if (done !== undefined) queueMicrotask(done);
    return true;
  }) as typeof process.stdout.write;
  process.exit = ((code?: number) => {
    throw new Exit(code ?? 0);
  }) as typeof process.exit;
  Object.defineProperty(process, 'stdin', { value: Readable.from([Buffer.from(stdin)]), configurable: true });
  process.chdir(cwd);
  process.env = { ...env };
  process.exitCode = 0;
  let code: number;
  try {
    await program().parseAsync(['node', 'headrace', ...args]);
    code = Number(process.exitCode);
  } catch (error) {
    if (!(error instanceof Exit)) process.stderr.write(`${String(error)}\n`);
    code = error instanceof Exit ? error.code : 1;
  } finally {
    process.stdout.write = before.write;
    process.exit = exitProcess;
    process.env = before.env;
    process.chdir(before.cwd);
    process.exitCode = 0;
    for (const [signal, kept] of listeners)
      for (const listener of process.listeners(signal as 'SIGTERM'))
        if (!kept.includes(listener)) process.removeListener(signal, listener);
  }
  return { code, stdout: Buffer.concat(chunks).toString(), stderr: readFileSync(errors).subarray(logged).toString() };
}

let last: Promise<unknown> = Promise.resolve();
net
  .createServer({ allowHalfOpen: true }, (connection) => {
    const chunks: Buffer[] = [];
    connection.on('data', (chunk: Buffer) => chunks.push(chunk));
    connection.on('error', () => undefined);
    connection.on('end', () => {
      last = last
        .then(() => execute(JSON.parse(Buffer.concat(chunks).toString()) as CommandRequest))
        .then((result) => connection.end(JSON.stringify(result)));
    });
  })
  .listen(socket, () => process.stdout.write('ready\n'));

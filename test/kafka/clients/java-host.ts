import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll } from 'vitest';
import { startReaper } from '../broker/reaper.ts';
import { argumentsOf } from './java-classes.ts';

/** How a main class ended, with all that it printed. */
export interface Ran {
  readonly status: number;
  readonly output: string;
}

/** A Java process that runs main classes one after the other, each as if it were a process of its own. */
export interface JavaHost {
  run(main: string, args: readonly string[], input?: string): Promise<Ran>;
  /** As `run`; rejects, with what was printed, unless the class ends with status 0. */
  succeed(main: string, args: readonly string[], input?: string): Promise<string>;
}

/** Declares a Java process for the tests of a file: it starts when it is first asked. */
export function javaHost(): JavaHost {
  let starting: Promise<Process> | null = null;
  let last: Promise<unknown> = Promise.resolve();
  afterAll(async () => (await starting)?.end());
  const run = (main: string, args: readonly string[], input = ''): Promise<Ran> => {
    const result = last.then(async () => (await (starting ??= startProcess())).ask({ main, args, input }));
    last = result.catch(() => {});
    return result;
  };
  const succeed = async (main: string, args: readonly string[], input?: string): Promise<string> => {
    const { status, output } = await run(main, args, input);
    if (status !== 0) throw new Error(`${main} ${args.join(' ')} ended with status ${status}:\n${output}`);
    return output;
  };
  return { run, succeed };
}

interface Process {
  ask(request: object): Promise<Ran>;
  end(): Promise<void>;
}

async function startProcess(): Promise<Process> {
  const child = spawn('java', await argumentsOf('Host', []), { stdio: ['pipe', 'pipe', 'inherit'] });
  const reaper = startReaper(null);
  reaper.watch(child.pid ?? null);
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      reaper.watch(null);
      reaper.end();
      resolve();
    });
    child.once('error', () => resolve());
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const answer = await answers.next();
      if (answer.done === true) throw new Error('The Java process has ended.');
      return JSON.parse(answer.value) as Ran;
    },
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}

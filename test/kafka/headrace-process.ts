import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startReaper } from './broker/reaper.ts';

/** How a process ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running `headrace` command. */
export interface HeadraceProcess {
  readonly pid: number;
  /** All that was printed so far. */
  readonly stdout: string;
  readonly stderr: string;
  /** Resolves when it has written to its standard output what nobody reads; the rest of that write stays where it is. */
  wroteUnread(): Promise<void>;
  /** Reads a piece of what is unread, where there is one; the reader is as slow as its caller. */
  takeUnread(): string;
  /** Settles when the process is gone and all its output has been read. */
  readonly exited: Promise<ProcessExit>;
  /** Sends a signal to the process itself: there is no shell or launcher in between. */
  kill(signal: NodeJS.Signals): void;
  /**
   * Resolves with the first match in stdout or stderr, of what was printed before too.
   * Rejects, with the output, when the process ends without one or the deadline has passed.
   */
  waitForOutput(pattern: RegExp, deadlineMs?: number): Promise<RegExpExecArray>;
}

/** What may be chosen about a command. */
export interface HeadraceOptions {
  /** Default: the workspace. */
  readonly cwd?: string;
  /** Joins the environment of the test. */
  readonly env?: Readonly<Record<string, string>>;
  /** A command that becomes the process, such as one that sets its limits. */
  readonly through?: readonly string[];
  /** Whether nobody reads its standard output. */
  readonly unread?: boolean;
}

const workspace = fileURLToPath(new URL('../../', import.meta.url));
const sourceLoader = new URL('../../scripts/source-loader.mjs', import.meta.url).href;
const main = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url));

/** Runs the `headrace` command from its sources. It is killed when the test process ends, however that ends. */
export function startHeadrace(
  args: readonly string[],
  { cwd = workspace, env = {}, through = [], unread = false }: HeadraceOptions = {},
): HeadraceProcess {
  const nodeArgs = ['--conditions=@headrace/source', '--import', sourceLoader, '--enable-source-maps', main, ...args];
  const [command, ...rest] = [...through, process.execPath, ...nodeArgs] as [string, ...string[]];
  const child = spawn(command, rest, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of unread ? (['stderr'] as const) : (['stdout', 'stderr'] as const)) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      for (const listener of listeners) listener();
    });
  }
  const reaper = startReaper(null);
  reaper.watch(child.pid ?? null);
  const exited = new Promise<ProcessExit>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => {
      reaper.watch(null);
      reaper.end();
      if (unread) child.stdout.resume();
    });
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  exited.catch(() => {});
  const describe = (): string => `\nstdout:\n${output.stdout}\nstderr:\n${output.stderr}`;

  return {
    pid: child.pid ?? -1,
    get stdout() {
      return output.stdout;
    },
    get stderr() {
      return output.stderr;
    },
    exited,
    wroteUnread: () =>
      new Promise((resolve, reject) => {
        child.stdout.once('readable', resolve);
        exited.then(() => reject(new Error(`headrace wrote nothing.${describe()}`)), reject);
      }),
    takeUnread() {
      // A stream that nobody listens to reads nothing.
      if (child.stdout.listenerCount('readable') === 0) child.stdout.on('readable', () => {});
      return (child.stdout.read() as Buffer | null)?.toString() ?? '';
    },
    kill: (signal) => void child.kill(signal),
    waitForOutput(pattern, deadlineMs = 60_000) {
      const once = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
      const find = (): RegExpExecArray | null => once.exec(output.stdout) ?? once.exec(output.stderr);
      return new Promise((resolve, reject) => {
        const settle = (act: () => void): void => {
          clearTimeout(deadline);
          listeners.delete(look);
          act();
        };
        const look = (): void => {
          const match = find();
          if (match !== null) settle(() => resolve(match));
        };
        const giveUp = (why: string): void =>
          settle(() => reject(new Error(`headrace printed nothing that matches ${pattern}: ${why}.${describe()}`)));
        const deadline = setTimeout(() => giveUp(`${deadlineMs / 1000} s have passed`), deadlineMs);
        listeners.add(look);
        look();
        exited.then(
          ({ code, signal }) => giveUp(`it ended with ${signal ?? `exit code ${code}`}`),
          (error: unknown) => giveUp(`it could not be started: ${String(error)}`),
        );
      });
    },
  };
}

import { fork, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { FromWorker, ToWorker } from './messages.ts';

/** The verb that starts a worker; it is no part of the command's help. */
export const workerVerb = 'dev-worker';

/** The process that runs one version of a topology: another version is another process, so that modules are loaded anew. */
export class WorkerProcess {
  /** Resolves when it is gone. */
  readonly exited: Promise<void>;
  readonly #child: ChildProcess;

  /** Starts one; `take` is called for what it tells, `print` for lines that functions print. */
  constructor(take: (message: FromWorker) => void, print: (line: string) => void) {
    const [, main = ''] = process.argv;
    this.#child = fork(main, [workerVerb], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.#child.on('message', (message) => take(message as FromWorker));
    linesOf(this.#child.stdout, print);
    linesOf(this.#child.stderr, print);
    this.exited = new Promise((resolve) => {
      this.#child.once('error', () => resolve());
      this.#child.once('close', () => resolve());
    });
  }

  /** Tells it something; one that is gone hears nothing. */
  send(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  /** Lets it deliver and commit what it has taken, and delete its group where that is wanted; ends it where that takes too long. */
  async drain(withinMs: number, forget: boolean): Promise<void> {
    this.send({ kind: 'drain', forget });
    const timer = setTimeout(() => this.kill(), withinMs);
    await this.exited;
    clearTimeout(timer);
  }

  /** Ends it at once. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

function linesOf(stream: Readable | null, print: (line: string) => void): void {
  let rest = '';
  stream?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) print(line);
  });
  stream?.on('end', () => {
    if (rest !== '') print(rest);
  });
}

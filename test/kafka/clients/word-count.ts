import { spawn } from 'node:child_process';
import { startReaper } from '../broker/reaper.ts';
import { waitUntil } from '../wait-until.ts';
import { argumentsOf } from './java-classes.ts';

/** What the application of Kafka Streams is started with. */
export interface WordCountOptions {
  readonly bootstrap: string;
  readonly application: string;
  readonly guarantee: 'at_least_once' | 'exactly_once_v2';
  readonly input: string;
  readonly output: string;
  /** Where its stores are. */
  readonly folder: string;
  readonly commitIntervalMs: number;
}

/** A process that counts words by Kafka Streams. */
export interface WordCount {
  /** All that was printed so far. */
  readonly printed: string;
  signal(signal: NodeJS.Signals): void;
  /** Settles, with the exit code, when it is gone. */
  readonly exited: Promise<number | null>;
}

/** Starts the application and waits until it says that it runs. */
export async function startWordCount(options: WordCountOptions): Promise<WordCount> {
  const { bootstrap, application, guarantee, input, output, folder, commitIntervalMs } = options;
  const args = [bootstrap, application, guarantee, input, output, folder, `${commitIntervalMs}`];
  const child = spawn('java', await argumentsOf('WordCount', args), { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => void (printed += text));
  const reaper = startReaper(null);
  reaper.watch(child.pid ?? null);
  const exited = new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      printed += String(error);
      resolve(null);
    });
    child.once('close', (code) => {
      reaper.watch(null);
      reaper.end();
      resolve(code);
    });
  });
  const running: WordCount = {
    get printed() {
      return printed;
    },
    signal: (signal) => void child.kill(signal),
    exited,
  };
  await waitUntil(
    () => printed,
    (text) => /^RUNNING$/m.test(text),
    { what: 'Kafka Streams runs', deadlineMs: 90_000 },
  );
  return running;
}

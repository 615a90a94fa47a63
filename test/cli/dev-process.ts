import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startReaper } from '../kafka/broker/reaper.ts';

/** An event of `headrace dev --format json`. */
export type Told = Readonly<Record<string, unknown>> & { readonly kind: string };

/** A running `headrace dev`. */
export interface DevProcess {
  /** All that it told so far. */
  readonly events: readonly Told[];
  /** Types a line. */
  type(line: string): void;
  /** Resolves with the first event of this kind, of those before too. Rejects when the process ends without one. */
  event(is: (event: Told) => boolean): Promise<Told>;
  /** Resolves when a node has shown a record of this value. */
  record(node: string, value: string): Promise<Told>;
  /** The values that a node has shown, as JSON. */
  records(node: string): readonly string[];
  signal(signal: NodeJS.Signals): void;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  kill(): Promise<void>;
}

const longestMs = 180_000;
const sourceLoader = new URL('../../scripts/source-loader.mjs', import.meta.url).href;
const main = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url));

/** Starts `headrace dev` from its sources in a folder. It is killed when the test process ends, however that ends. */
export function startDev(args: readonly string[], cwd: string): DevProcess {
  const nodeArgs = [
    '--conditions=@headrace/source',
    '--import',
    sourceLoader,
    main,
    'dev',
    ...args,
    '--format',
    'json',
  ];
  const child = spawn(process.execPath, nodeArgs, { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  const reaper = startReaper(null);
  reaper.watch(child.pid ?? null);
  const events: Told[] = [];
  const listeners = new Set<() => void>();
  let [rest, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) events.push(JSON.parse(line) as Told);
    for (const look of listeners) look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => {
      reaper.watch(null);
      reaper.end();
      resolve({ code, signal });
    });
  });
  const event = (is: (event: Told) => boolean): Promise<Told> =>
    new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(deadline);
        listeners.delete(look);
        act();
      };
      const look = (): void => {
        const found = events.find(is);
        if (found !== undefined) settle(() => resolve(found));
      };
      const giveUp = (why: string): void => {
        const told = events.map((one) => JSON.stringify(one)).join('\n');
        settle(() => reject(new Error(`No such event of ${String(is)}: ${why}.\n${told}\n${errors}`)));
      };
      const deadline = setTimeout(() => giveUp(`${longestMs / 1000} s have passed`), longestMs);
      listeners.add(look);
      void exited.then(({ code, signal }) => giveUp(`it ended with ${String(code ?? signal)}`));
      look();
    });
  return {
    events,
    type: (line) => void child.stdin.write(`${line}\n`),
    event,
    record: (node, value) =>
      event((one) => one.kind === 'record' && one['node'] === node && JSON.stringify(one['value']) === value),
    records: (node) =>
      events.filter((one) => one.kind === 'record' && one['node'] === node).map((one) => JSON.stringify(one['value'])),
    signal: (signal) => void child.kill(signal),
    exited,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

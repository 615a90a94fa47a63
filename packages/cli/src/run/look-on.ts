import type Inspector from 'node:inspector';
import type Fs from 'node:fs';
import type Threads from 'node:worker_threads';
import type { endMainThread } from './end-main-thread.ts';

/** What the thread that looks on knows. */
export interface LookOnFacts {
  readonly cells: Int32Array;
  /** The number of the cell that grows, of that for the node at work, of the first that the thread counts in, of that which says that the run is to stop. */
  readonly at: { readonly beats: number; readonly node: number; readonly seen: number; readonly stopping: number };
  readonly nodes: readonly string[];
  /** How often it looks. */
  readonly everyMs: number;
  /** When it first says that the process stands still; then at each doubling. */
  readonly warnMs: number;
  /** How long the process may stand still, and go on after it was told to stop. */
  readonly longestMs: number;
  /** Whether it may say that the process stands still; the end is always told. */
  readonly warns: boolean;
  readonly json: boolean;
}

interface Modules {
  (name: 'node:worker_threads'): typeof Threads;
  (name: 'node:fs'): typeof Fs;
  (name: 'node:inspector'): typeof Inspector;
}

/**
 * Looks on from a thread of its own while another one runs nodes. It counts its looks instead of reading a clock: a process that was
 * suspended as a whole has not stood still. Its text is run by itself, so it may use nothing but its arguments.
 */
export function lookOn(load: Modules, endMain: typeof endMainThread): void {
  const facts = load('node:worker_threads').workerData as LookOnFacts;
  const { cells, at, everyMs } = facts;
  let beats = -1;
  let stillMs = 0;
  let stoppingMs = 0;
  let warnAt = facts.warnMs;
  let ending = false;

  const write = (level: 'WARN' | 'FATAL', message: string): void => {
    const time = new Date().toISOString();
    const entry = JSON.stringify({ level: level === 'WARN' ? 40 : 60, time, msg: message });
    load('node:fs').writeSync(2, facts.json ? `${entry}\n` : `[${time.slice(11, 23)}] ${level}: ${message}\n`);
  };
  const holder = (): string => {
    const node = facts.nodes[Atomics.load(cells, at.node) - 1];
    return node === undefined ? 'something outside of all nodes' : `node "${node}"`;
  };
  const end = (where: string): void => {
    const seconds = String(Math.round(stillMs / 1000));
    const what = `${holder()} has kept the process for itself for ${seconds} s${where}`;
    write('FATAL', `error TURN_NEVER_ENDS  The run ends here: ${what}. What is not committed will be repeated.`);
  };
  const look = (): void => {
    const now = Atomics.load(cells, at.beats);
    if (Atomics.load(cells, at.stopping) === 1) stoppingMs += everyMs;
    if (now !== beats) {
      if (stillMs > 0) cells.fill(0, at.seen);
      beats = now;
      stillMs = 0;
      warnAt = facts.warnMs;
      return;
    }
    stillMs += everyMs;
    Atomics.add(cells, at.seen + Atomics.load(cells, at.node), 1);
    const late = stillMs >= facts.longestMs || (stoppingMs >= facts.longestMs && stillMs >= facts.warnMs);
    if (late && !ending) {
      ending = true;
      endMain(load, end);
    } else if (stillMs >= warnAt) {
      warnAt *= 2;
      if (facts.warns) write('WARN', `${holder()} has kept the process for itself for ${String(stillMs / 1000)} s`);
    }
  };
  setInterval(look, everyMs);
}

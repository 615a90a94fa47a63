import inspector from 'node:inspector';
import { Worker } from 'node:worker_threads';
import { turnCells, type TurnMarks } from '@headrace/core';
import { endMainThread } from './end-main-thread.ts';
import { lookOn, type LookOnFacts } from './look-on.ts';

const everyMs = 100;
const warnMs = 5000;
/** How much longer than the drain timeout the process may stand still. */
const graceMs = 3000;

/** What is told to the thread that looks on. */
export interface OnlookerOptions {
  readonly marks: TurnMarks;
  readonly drainTimeoutMs: number;
  readonly warns: boolean;
  readonly json: boolean;
}

/** A thread that looks on. */
export interface Onlooker {
  /** Tells it that the run is to stop: it must be over in the drain timeout and a grace. */
  stopping(): void;
}

/**
 * Starts a thread that says which node keeps the process for itself, and ends the process with exit code 1 where a function never
 * comes back. It keeps no process alive. With a debugger there is none: a process that a person has stopped stands still.
 */
export function startOnlooker({ marks, drainTimeoutMs, warns, json }: OnlookerOptions): Onlooker {
  const { cells, nodes } = marks;
  if (inspector.url() !== undefined) return { stopping: () => {} };
  setInterval(() => Atomics.add(cells, turnCells.beats, 1), everyMs).unref();
  const longestMs = drainTimeoutMs + graceMs;
  const workerData: LookOnFacts = { cells, at: turnCells, nodes, everyMs, warnMs, longestMs, warns, json };
  const text = `(${lookOn.toString()})(require, ${endMainThread.toString()})`;
  // A file would have to be found, and from the sources translated as well, by a thread that must be ready at once.
  const worker = new Worker(text, { eval: true, workerData, execArgv: [] });
  // Without it a run goes on as well.
  worker.on('error', () => {});
  worker.unref();
  return { stopping: () => Atomics.store(cells, turnCells.stopping, 1) };
}

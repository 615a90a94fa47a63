import type { Counters } from '../telemetry/counters.ts';
import type { TaskId } from '../record/record-batch.ts';
import type { LifecycleState } from './lifecycle.ts';
import type { RunObservation } from './run-observation.ts';
import { Worker, type RunResult, type WorkerOptions } from './worker.ts';

/** A topology that runs in this process. */
export interface RunningTopology {
  readonly state: LifecycleState;
  readonly counters: Counters;
  readonly tasks: readonly TaskId[];
  /** Says what the run is at and what it has counted since it began. */
  observe(): RunObservation;
  /** Whether nothing that was read waits or is under way. */
  readonly idle: boolean;
  /** Resolves when the sources run or the group is joined, or the start failed. */
  readonly started: Promise<void>;
  /** Resolves when the run has ended; never rejects. */
  readonly finished: Promise<RunResult>;
  /** Stops taking, delivers and commits what was taken, and ends; at the drain timeout the rest is given up and will be repeated. */
  drain(): Promise<void>;
  /** Drops the running incarnation of a task and goes on from what is committed. */
  rewind(task: TaskId): Promise<void>;
}

/** Starts a planned topology in this process. */
export function startTopology(options: WorkerOptions): RunningTopology {
  const worker = new Worker(options);
  const started = worker.start();
  return {
    get state() {
      return worker.state;
    },
    counters: worker.counters,
    observe: () => worker.observe(),
    get tasks() {
      return worker.tasks;
    },
    get idle() {
      return worker.idle;
    },
    started,
    finished: worker.finished,
    drain: () => worker.drain(),
    rewind: (task) => worker.rewind(task),
  };
}

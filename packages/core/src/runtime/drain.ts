import type { Sink } from '../component/sink.ts';
import type { NodeId, TaskId } from '../record/record-batch.ts';

/** What draining needs to see of a task. */
export interface DrainableTask {
  readonly id: TaskId;
  /** The sinks in order of flow. */
  readonly sinks: readonly NodeId[];
  /** Stops taking and closes the epoch. */
  close(): Promise<void>;
  /** Resolves when everything that was taken is written to a sink. */
  written(sink: NodeId): Promise<void>;
  /** Resolves when every epoch is done and committed. */
  committed(): Promise<void>;
}

/** Drains a task: stop taking, close the epoch, wait until written, force the sinks, and commit. Returns whether it got to the end before the signal. */
export async function drainTask(
  task: DrainableTask,
  sink: (id: NodeId) => Sink,
  signal: AbortSignal,
): Promise<boolean> {
  const aborted = new Promise<false>((resolve) => {
    if (signal.aborted) resolve(false);
    signal.addEventListener('abort', () => resolve(false), { once: true });
  });
  const drained = async (): Promise<true> => {
    await task.close();
    for (const id of task.sinks) {
      await task.written(id);
      if (signal.aborted) return true;
      await sink(id).drain(task.id, signal);
    }
    await task.committed();
    return true;
  };
  return Promise.race([drained(), aborted]);
}

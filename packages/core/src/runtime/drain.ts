import type { Sink } from '../component/sink.ts';
import type { NodeId, TaskId } from '../record/record-batch.ts';

/** What draining needs to see of a task. */
export interface DrainableTask {
  readonly id: TaskId;
  /** The sinks that are waited for, in order of flow. */
  readonly sinks: readonly NodeId[];
  /** The others. */
  readonly optional: readonly NodeId[];
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
  moment: () => { readonly over: Promise<void>; readonly cancel: () => void },
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
    // Nobody waits for these, but what they can still take in a moment they may.
    if (task.optional.length === 0) return true;
    const rest = Promise.all(
      task.optional.map((id) => task.written(id).then(() => sink(id).drain(task.id, signal))),
    ).catch(() => {});
    const { over, cancel } = moment();
    await Promise.race([rest, over]);
    cancel();
    return true;
  };
  return Promise.race([drained(), aborted]);
}

import type { NodeId, Port } from '../record/record-batch.ts';
import type { CountedDurations } from '../telemetry/duration-histogram.ts';
import type { RunStatistics } from '../telemetry/run-statistics.ts';
import type { LifecycleState } from './lifecycle.ts';
import type { TaskObservation } from './task-observation.ts';

/** What a run is at and has counted since it began, at one moment; plain data that changes no more. */
export interface RunObservation {
  readonly topology: string;
  readonly state: LifecycleState;
  /** Whether this process has its share of the work: the tasks of its host, and what the group has given to it, if there is one. */
  readonly assigned: boolean;
  /** Tasks that are about to begin or end. */
  readonly changing: number;
  readonly tasks: readonly TaskObservation[];
  readonly memory: { readonly usedBytes: number; readonly limitBytes: number };
  /** Records by node and port, and by reason where they end; `in` for what came into a node. */
  readonly records: Readonly<Record<NodeId, Readonly<Record<Port, number>>>>;
  /** Bytes of keys and values: read by a source, delivered by a sink. */
  readonly bytes: Readonly<Record<NodeId, number>>;
  /** How long batches took: in the stages behind a source, in a write of a sink. */
  readonly durations: Readonly<Record<NodeId, CountedDurations>>;
  readonly commits: Readonly<Record<NodeId, number>>;
  readonly failedCommits: Readonly<Record<NodeId, number>>;
  readonly rewinds: Readonly<Record<NodeId, number>>;
  readonly retries: Readonly<Record<NodeId, number>>;
  readonly slowSteps: number;
}

/** What a worker adds to what was counted. */
export interface RunFactsNow extends Pick<RunObservation, 'topology' | 'state' | 'assigned' | 'changing' | 'tasks'> {
  readonly limitBytes: number;
}

/** Puts together what is so at this moment and what was counted so far. */
export function observeRun(statistics: RunStatistics, { limitBytes, ...now }: RunFactsNow): RunObservation {
  const usedBytes = now.tasks.reduce((sum, { queued, heldBytes }) => sum + queued.bytes + heldBytes, 0);
  return {
    ...now,
    memory: { usedBytes, limitBytes },
    records: statistics.counters.snapshot(),
    bytes: statistics.bytes.snapshot(),
    durations: statistics.durations(),
    commits: statistics.commits.snapshot(),
    failedCommits: statistics.failedCommits.snapshot(),
    rewinds: statistics.rewinds.snapshot(),
    retries: statistics.retries.snapshot(),
    slowSteps: statistics.slowSteps,
  };
}

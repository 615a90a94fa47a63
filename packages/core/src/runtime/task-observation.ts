import type { PlannedPlace } from '../plan/topology-plan.ts';
import type { NodeId, Split, TaskId } from '../record/record-batch.ts';
import type { EpochLedger } from './epochs.ts';

/** How a partition is read. */
export interface PartitionReadingState {
  /** Whether its leader has answered: what there is to read, will be read. */
  readonly isReading: boolean;
  /** How many offsets lie between what is committed, or where reading began, and the end of what may be read; null while that is not known. */
  readonly lagRecords: number | null;
  /** For how long an open transaction has kept the reading where it is; 0 where none does. */
  readonly heldBackMs: number;
}

/** What a task is at, at one moment; sizes in bytes, times in milliseconds. */
export interface TaskObservation {
  readonly task: TaskId;
  readonly source: NodeId;
  readonly split: Split;
  readonly incarnation: number;
  /** Whether its sinks have begun and it reads. */
  readonly running: boolean;
  /** How its partition is read; null where the source does not know. */
  readonly reading: PartitionReadingState | null;
  /** What was read and waits to be taken. */
  readonly queued: { readonly records: number; readonly bytes: number };
  /** What was taken and is not done with. */
  readonly heldBytes: number;
  readonly openEpochs: number;
  /** How long ago the oldest epoch that is not committed was opened; 0 where there is none. */
  readonly oldestEpochMs: number;
  /** The node that keeps the task from taking more; null where nothing does, or nothing waits to be taken. */
  readonly blockedBy: NodeId | null;
  /** Whether something that was read waits or is under way. */
  readonly busy: boolean;
  /** Grows whenever something moves: taken, ended, answered by a sink, committed. */
  readonly moves: number;
  /** How far it is in its split, in whatever the source counts; null where that is not known. */
  readonly share: { readonly done: number; readonly total: number } | null;
}

/** Finds where most of what a task has taken lies: an asynchronous node or a sink, or null for neither. */
export function heaviestNode(ledger: EpochLedger, places: readonly PlannedPlace[]): NodeId | null {
  const handles = places.map(() => 0);
  for (const epoch of ledger.open)
    epoch.handles.forEach((batches, place) => {
      handles[place] = (handles[place] as number) + batches;
    });
  let heaviest: number | null = null;
  handles.forEach((count, place) => {
    if (count > 0 && places[place]?.node !== null && count >= (handles[heaviest ?? place] as number)) heaviest = place;
  });
  return heaviest === null ? null : (places[heaviest]?.node ?? null);
}

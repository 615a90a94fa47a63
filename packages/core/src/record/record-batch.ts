import type { Columns } from './columns.ts';
import type { Failure } from './failure.ts';

/** A node's id in the topology. */
export type NodeId = string;
/** A named output of a node; `out` is the default one. */
export type Port = string;
/** One independent run of a source: `topic/partition`, or what a source names its parts. */
export type Split = string;
/** One sub-topology on one split: unique in a topology, the same in every run. */
export type TaskId = string;

/** The default port of a node. */
export const defaultPort: Port = 'out';

/**
 * A run of records of one task, in order: the unit of flow. A handle is released exactly once by whoever ends it;
 * whoever keeps a batch retains it. Results are born (`view`, `derive`, `retain`) before their input is released.
 * `selection` holds the physical rows that are in the batch, in order; null means all of them.
 */
export interface RecordBatch extends Columns {
  readonly task: TaskId;
  readonly incarnation: number;
  readonly epoch: number;
  readonly source: NodeId;
  readonly split: Split;
  readonly selection: Uint32Array | null;
  /** The running number of each physical row among what one record emitted; null where each emitted at most one. */
  readonly ordinals: Uint32Array | null;
  /** What went wrong with each physical row; null where the batch is not on an error port. */
  readonly failures: readonly (Failure | null)[] | null;
  readonly rows: number;
  /** Returns the physical row of the i-th selected row. */
  row(i: number): number;
  /** Returns a new handle on the same rows. */
  retain(): RecordBatch;
  /** Returns a new handle on some of the rows. */
  view(selection: Uint32Array | null): RecordBatch;
  /** Returns a new batch of the same task, epoch and split with other columns; `bytes` is what it adds to memory beside buffers of bytes. */
  derive(
    columns: Columns,
    ordinals: Uint32Array | null,
    failures: readonly (Failure | null)[] | null,
    bytes: number,
  ): RecordBatch;
  /** Ends this handle. A second release is an error. */
  release(): void;
}

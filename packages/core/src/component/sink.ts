import type { TSchema } from 'typebox';
import type { RecordBatch, Split, TaskId } from '../record/record-batch.ts';
import type { EdgeType } from '../types/edge-type.ts';
import type { StageOp } from './stage-op.ts';
import type { InferContext, LowerContext, SinkContext } from './contexts.ts';
import type { Encoding } from './encoding.ts';
import type { Example } from './example.ts';
import type { Position } from './position.ts';
import type { Refusal } from './refusal.ts';
import type { TopicUse } from './topic-use.ts';

/** Where a task begins: for each of its splits the committed position and the offset of the next record. */
export type TaskStart = ReadonlyMap<Split, { readonly position: Position; readonly offset: number }>;

/** A running sink: one a sink node and worker; it receives the batches of many tasks. Retry, back-off, order and policies are the runtime's. */
export interface Sink {
  /** Start and rewind: nothing of an earlier incarnation becomes visible after it. A split without a committed position is absent from `at`. */
  begin(task: TaskId, incarnation: number, at: TaskStart): Promise<void>;
  /**
   * Takes the selected rows, whose keys and values are bytes in this sink's encodings; has copied them when it resolves, and
   * never releases the batch. One at a time per task. A refused row refuses all later rows of its key in the batch, with
   * `retryAfterMs` where nothing is wrong with them. A rejection means that nothing is known of the whole batch: with `retryable` it is
   * written again, else the incarnation fails.
   */
  write(batch: RecordBatch, signal: AbortSignal): Promise<readonly Refusal[]>;
  /** Once per epoch, after its last write; waits, never forces; rejects on discard. */
  durable(task: TaskId, epoch: number): Promise<void>;
  /** For sinks that publish in two steps. */
  committed?(task: TaskId, epoch: number): void;
  /** Forces what lingers: files closed, batches sent. */
  drain(task: TaskId, signal: AbortSignal): Promise<void>;
  /** The task leaves this worker, or is about to begin anew. */
  discard(task: TaskId, incarnation: number): Promise<void>;
  close(): Promise<void>;
}

/** Says when a sink's work is safe and how it may be called. */
export interface SinkTraits {
  readonly acknowledges: 'write' | 'later';
  readonly epochs: 'inOrder' | 'any';
  readonly concurrency: number;
  readonly transactional: boolean;
  readonly idempotent: boolean;
}

/** A sink as the registry knows it. */
export interface SinkDefinition<O = any> {
  readonly kind: 'sink';
  readonly type: string;
  readonly summary: string;
  readonly options: TSchema;
  readonly examples: readonly Example<O>[];
  /** Says how keys and values are written; null where findings keep it from being known. `input` is after the `lower` of this sink. */
  infer(options: O, input: EdgeType, context: InferContext): { key: Encoding | null; value: Encoding } | null;
  traits(options: O): SinkTraits;
  /** The path that is its own, and examples of the files that it writes there, as written or beside what is written. */
  files?(options: O): { path: string; written: readonly string[] };
  /** The topics of Kafka that it appends to. */
  topics?(options: O): readonly TopicUse[];
  /** Work on each record before it is encoded, such as a new key or headers. */
  lower?(options: O, context: LowerContext): StageOp[];
  create(options: O, context: SinkContext): Sink;
}

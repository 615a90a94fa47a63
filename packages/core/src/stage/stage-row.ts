import { bytesAt, type Columns, type Header } from '../record/columns.ts';
import type { Failure } from '../record/failure.ts';
import type { NodeId, RecordBatch, Split } from '../record/record-batch.ts';

/** Says where the rows of a batch come from; the same for all of them. */
export interface RowSource {
  readonly source: NodeId;
  readonly split: Split;
  readonly topic: string | null;
  readonly partition: number | null;
}

const nowhere: RowSource = { source: '', split: '', topic: null, partition: null };
const noColumns: Columns = {
  count: 0,
  offsets: new Float64Array(0),
  timestamps: new Float64Array(0),
  keys: { kind: 'objects', items: [] },
  values: { kind: 'objects', items: [] },
  headers: { kind: 'objects', items: [] },
};

/**
 * The record that a stage is at work on. There is one for all records of a stage: each node changes it on the way down, and
 * whoever sends it to several places sets it back in between.
 */
export class StageRow {
  key: unknown = null;
  value: unknown = null;
  timestamp = 0;
  headers: readonly Header[] | null = null;
  failure: Failure | null = null;

  /** What no node changes. */
  from: RowSource = nowhere;
  offset = 0;
  ordinal = 0;
  /** Tells one record of a run from the next. */
  serial = 0;

  #columns: Columns = noColumns;
  #physical = 0;
  #headKey: unknown = null;
  #headValue: unknown = null;
  #rawKey: unknown = null;
  #rawValue: unknown = null;

  /** Turns to a row of a batch; key and value are set by whoever decodes them. */
  turnTo(batch: RecordBatch, from: RowSource, physical: number): void {
    this.key = null;
    this.value = null;
    this.timestamp = batch.timestamps[physical] as number;
    this.headers =
      batch.headers.kind === 'objects' ? (batch.headers.items[physical] as readonly Header[] | null) : null;
    this.failure = batch.failures?.[physical] ?? null;
    this.from = from;
    this.offset = batch.offsets[physical] as number;
    this.ordinal = batch.ordinals?.[physical] ?? 0;
    this.serial++;
    this.#columns = batch;
    this.#physical = physical;
  }

  /** Sets what the head of the stage takes for key and value. */
  enter(key: unknown, value: unknown): void {
    this.key = key;
    this.value = value;
    this.#headKey = this.#rawKey = key;
    this.#headValue = this.#rawValue = value;
  }

  /** Lets go of the batch. */
  clear(): void {
    this.enter(null, null);
    this.headers = null;
    this.failure = null;
    this.#columns = noColumns;
  }

  /** Takes the bytes of the batch for key and value, copied, where they lie there as bytes. */
  turnRaw(): void {
    const { keys, values } = this.#columns;
    if (keys.kind === 'bytes') this.key = this.#rawKey = copyOf(bytesAt(keys, this.#physical));
    if (values.kind === 'bytes') this.value = this.#rawValue = copyOf(bytesAt(values, this.#physical));
  }

  /** Returns the key's bytes as they lie in the batch, where the key is still that of the head; undefined elsewhere. */
  rawKey(): Uint8Array | null | undefined {
    const { keys } = this.#columns;
    if (keys.kind !== 'bytes' || (this.key !== this.#headKey && this.key !== this.#rawKey)) return undefined;
    return bytesAt(keys, this.#physical);
  }

  /** Returns the value's bytes as they lie in the batch, where the value is still that of the head; undefined elsewhere. */
  rawValue(): Uint8Array | null | undefined {
    const { values } = this.#columns;
    if (values.kind !== 'bytes' || (this.value !== this.#headValue && this.value !== this.#rawValue)) return undefined;
    return bytesAt(values, this.#physical);
  }
}

// A value outlives the batch that it was read from, so it may not be a view.
function copyOf(bytes: Uint8Array | null): Uint8Array | null {
  return bytes === null ? null : Uint8Array.from(bytes);
}

import type { Decoder } from '../component/encoding.ts';
import { bytesAt, type Column, type Columns, type Header } from '../record/columns.ts';
import type { Failure } from '../record/failure.ts';
import type { NodeId, RecordBatch, Split } from '../record/record-batch.ts';

/** Says where the rows of a batch come from; the same for all of them. */
export interface RowSource {
  readonly source: NodeId;
  readonly split: Split;
  readonly topic: string | null;
  readonly partition: number | null;
}

/** Lies where a key or value would that nobody has asked for: its bytes lie in the batch. */
export const unread = Symbol('unread');

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
 * whoever sends it to several places sets it back in between. A key or value may lie there undecoded until it is asked for; whoever only
 * passes it on takes and sets its slot.
 */
export class StageRow {
  keySlot: unknown = null;
  valueSlot: unknown = null;
  timestamp = 0;
  headers: readonly Header[] | null = null;
  failure: Failure | null = null;

  /** What no node changes. */
  from: RowSource = nowhere;
  offset = 0;
  ordinal = 0;
  /** Tells one record of a run from the next. */
  serial = 0;
  /** The columns of the batch that the record came in, the numbers of their rows among what one record gave, and its row there. */
  columns: Columns = noColumns;
  ordinals: Uint32Array | null = null;
  physical = 0;

  readonly #decodeKey: Decoder | null;
  readonly #decodeValue: Decoder | null;
  #failures: readonly (Failure | null)[] | null = null;
  #headKey: unknown = null;
  #headValue: unknown = null;
  #rawKey: unknown = null;
  #rawValue: unknown = null;

  /** Takes what decodes keys and values that are asked for; null: the bytes are the value. */
  constructor(decodeKey: Decoder | null = null, decodeValue: Decoder | null = null) {
    this.#decodeKey = decodeKey;
    this.#decodeValue = decodeValue;
  }

  get key(): unknown {
    const slot = this.keySlot;
    return slot === unread ? this.keyIn(slot) : slot;
  }
  set key(key: unknown) {
    this.keySlot = key;
  }
  get value(): unknown {
    const slot = this.valueSlot;
    return slot === unread ? this.valueIn(slot) : slot;
  }
  set value(value: unknown) {
    this.valueSlot = value;
  }

  /** Whether the record deletes its key; tells it without decoding anything. */
  get isTombstone(): boolean {
    return this.valueSlot === null;
  }

  /** Turns to a batch; its rows are all of one source. */
  open(batch: RecordBatch, from: RowSource): void {
    const { count, offsets, timestamps, keys, values, headers } = batch;
    // A batch reads its columns out of its parts at each question.
    this.columns = { count, offsets, timestamps, keys, values, headers };
    this.from = from;
    this.ordinals = batch.ordinals;
    this.#failures = batch.failures;
  }

  /** Turns to a row of the batch; key and value are set by whoever decodes them. */
  turnTo(physical: number): void {
    const { timestamps, offsets, headers } = this.columns;
    this.keySlot = null;
    this.valueSlot = null;
    this.timestamp = timestamps[physical] as number;
    this.headers = headers.kind === 'objects' ? (headers.items[physical] as readonly Header[] | null) : null;
    this.failure = this.#failures === null ? null : (this.#failures[physical] ?? null);
    this.offset = offsets[physical] as number;
    this.ordinal = this.ordinals === null ? 0 : (this.ordinals[physical] ?? 0);
    this.serial++;
    this.physical = physical;
  }

  /** Sets what the head of the stage takes for key and value. */
  enter(key: unknown, value: unknown): void {
    this.keySlot = this.#headKey = this.#rawKey = key;
    this.valueSlot = this.#headValue = this.#rawValue = value;
  }

  /** Lets go of the batch. */
  clear(): void {
    this.enter(null, null);
    this.headers = null;
    this.failure = null;
    this.columns = noColumns;
    this.ordinals = null;
    this.#failures = null;
  }

  /** Returns the key that a slot of this record stands for, decoded at the first call. */
  keyIn(slot: unknown): unknown {
    if (slot !== unread) return slot;
    if (this.#headKey === unread) this.#headKey = valueAt(this.columns.keys, this.physical, this.#decodeKey);
    return this.#headKey;
  }

  /** Returns the value that a slot of this record stands for, decoded at the first call. */
  valueIn(slot: unknown): unknown {
    if (slot !== unread) return slot;
    if (this.#headValue === unread) this.#headValue = valueAt(this.columns.values, this.physical, this.#decodeValue);
    return this.#headValue;
  }

  /** Takes the bytes of the batch for key and value, copied, where they lie there as bytes. */
  turnRaw(): void {
    const { keys, values } = this.columns;
    if (keys.kind === 'bytes') this.keySlot = this.#rawKey = copyOf(bytesAt(keys, this.physical));
    if (values.kind === 'bytes') this.valueSlot = this.#rawValue = copyOf(bytesAt(values, this.physical));
  }

  /** Returns the key's bytes as they lie in the batch, where the key is still that of the head; undefined elsewhere. */
  rawKey(): Uint8Array | null | undefined {
    const { keys } = this.columns;
    return keys.kind === 'bytes' && this.#isHeadKey(this.keySlot) ? bytesAt(keys, this.physical) : undefined;
  }

  /** Returns the value's bytes as they lie in the batch, where the value is still that of the head; undefined elsewhere. */
  rawValue(): Uint8Array | null | undefined {
    const { values } = this.columns;
    return values.kind === 'bytes' && this.#isHeadValue(this.valueSlot) ? bytesAt(values, this.physical) : undefined;
  }

  /** Tells whether the bytes in the batch stand for the key. */
  keyIsAsRead(): boolean {
    const { keys } = this.columns;
    const slot = this.keySlot;
    if (keys.kind !== 'bytes') return false;
    return slot === null ? (keys.starts[this.physical] as number) < 0 : this.#isHeadKey(slot);
  }

  /** Tells whether the bytes in the batch stand for the value. */
  valueIsAsRead(): boolean {
    const { values } = this.columns;
    const slot = this.valueSlot;
    if (values.kind !== 'bytes') return false;
    return slot === null ? (values.starts[this.physical] as number) < 0 : this.#isHeadValue(slot);
  }

  #isHeadKey(slot: unknown): boolean {
    return slot === unread || slot === this.#headKey || slot === this.#rawKey;
  }

  #isHeadValue(slot: unknown): boolean {
    return slot === unread || slot === this.#headValue || slot === this.#rawValue;
  }
}

/** Returns what lies in a row of a column: decoded, or the bytes, copied, where there is no decoder. */
export function valueAt(column: Column, row: number, decode: Decoder | null): unknown {
  if (column.kind === 'objects') return column.items[row] ?? null;
  const start = column.starts[row] as number;
  if (start < 0) return null;
  if (decode === null) return copyOf(bytesAt(column, row));
  return decode(column.buffer, start, column.ends[row] as number, column.schemaIds?.[row] ?? -1) ?? null;
}

// A value outlives the batch that it was read from, so it may not be a view.
function copyOf(bytes: Uint8Array | null): Uint8Array | null {
  return bytes === null ? null : Uint8Array.from(bytes);
}

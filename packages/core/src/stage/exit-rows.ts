import { columnsBytes, type BytesColumn, type Column, type Columns, type Header } from '../record/columns.ts';
import { gatherNumbers } from '../record/gather.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import type { Failure } from '../record/failure.ts';
import { BytesBuilder } from '../record/bytes-builder.ts';
import { unread, type StageRow } from './stage-row.ts';

/** What came out of one exit of a stage in one run. */
export interface ExitRows {
  readonly columns: Columns;
  /** Whether the columns are those of the batch that went in, passed on as they are. */
  readonly passed: boolean;
  /** The rows of columns that were passed on; null: all of them. */
  readonly selection: Uint32Array | null;
  /** The running number of each row of the columns among what one record gave; null where each gave at most one. */
  readonly ordinals: Uint32Array | null;
  readonly failures: readonly (Failure | null)[] | null;
  /** What the rows were when they came to the sink, for sinks whose refusals somebody reads; else null. */
  readonly kept: Columns | null;
  /** The memory that the columns hold; of those that were passed on nothing. */
  readonly bytes: number;
}

/** Makes rows of columns that are passed on as they came in. */
export function passedRows(columns: Columns, selection: Uint32Array | null, ordinals: Uint32Array | null): ExitRows {
  return { columns, passed: true, selection, ordinals, failures: null, kept: null, bytes: 0 };
}

/** How keys and values of an exit lie: decoded, or as bytes; and whether a batch all of whose columns stay as they are is passed on. */
export type ExitShape = 'objects' | 'bytes' | 'bytesOrPassed';

/**
 * How often a record may come to an exit: a number of times at most, or any number of times, as the only record of its place in the
 * source (`counted`) or with a number of its own (`paired`).
 */
export type Ways = number | 'counted' | 'paired';

/** Collects the rows of one exit, to which a record may come several times. */
export class ExitCollector {
  readonly #isBytes: boolean;
  readonly #mayPass: boolean;
  readonly #ways: Ways;
  /** The batch that all rows of a run are of, and their rows there. */
  #batch: Columns | null = null;
  #batchOrdinals: Uint32Array | null = null;
  #physical = new Uint32Array(64);
  #count = 0;
  /** Whether all rows up to now are as they lie in the batch. */
  #passes: boolean;
  #timestamps = new Float64Array(64);
  #keys: unknown[] = [];
  #values: unknown[] = [];
  readonly #keyBytes = new BytesBuilder();
  readonly #valueBytes = new BytesBuilder();
  /** Null as long as all are those of the batch. */
  #headers: (readonly Header[] | null)[] | null = null;
  #failures: (Failure | null)[] | null = null;
  #ordinals: number[] | null = null;
  #serial = -1;
  #times = 0;

  constructor(shape: ExitShape, ways: Ways) {
    this.#isBytes = shape !== 'objects';
    // A record that may come twice has numbers that tell its rows apart.
    this.#mayPass = this.#passes = shape === 'bytesOrPassed' && ways === 1;
    this.#ways = ways;
  }

  /** Adds the record that the stage is at work on, with key and value as this exit has them; for bytes, `unread` means those of the batch. */
  add(row: StageRow, key: unknown, value: unknown, headers: readonly Header[] | null): void {
    this.#times = row.serial === this.#serial ? this.#times + 1 : 0;
    this.#serial = row.serial;
    // The same in every replay, however the records are cut into batches: no two rows of one record get the same number.
    const ordinal = ordinalOf(row.ordinal, this.#times, this.#ways);
    const at = this.#count++;
    if (at === this.#physical.length) this.#grow();
    const { columns, physical, timestamp } = row;
    this.#batch = columns;
    this.#batchOrdinals = row.ordinals;
    this.#physical[at] = physical;
    this.#timestamps[at] = timestamp;
    if (this.#isBytes) {
      addBytes(this.#keyBytes, columns.keys, physical, key);
      addBytes(this.#valueBytes, columns.values, physical, value);
      if (key !== unread || value !== unread || timestamp !== columns.timestamps[physical]) this.#passes = false;
    } else {
      this.#keys.push(key);
      this.#values.push(value);
    }
    this.#addHeaders(columns.headers, at, physical, headers);
    // Most exits see neither: their columns begin with the first row that has something to say.
    if (row.failure !== null || this.#failures !== null) this.#failures = append(this.#failures, at, row.failure, null);
    if (ordinal > 0 || this.#ordinals !== null) this.#ordinals = append(this.#ordinals, at, ordinal, 0);
  }

  /** Returns what was added since the last call, or null for nothing. */
  take(): ExitRows | null {
    const batch = this.#batch;
    if (batch === null) return null;
    const count = this.#count;
    const rows = this.#physical.slice(0, count);
    const failures = this.#failures;
    if (this.#passes && this.#headers === null && failures === null) {
      const passed = passedRows(batch, count === batch.count ? null : rows, this.#batchOrdinals);
      this.clear();
      return passed;
    }
    const ordinals = this.#ordinals === null ? null : new Uint32Array(this.#ordinals);
    const columns: Columns = {
      count,
      offsets: gatherNumbers(batch.offsets, rows),
      timestamps: this.#timestamps.slice(0, count),
      keys: this.#isBytes ? this.#keyBytes.take() : { kind: 'objects', items: this.#keys },
      values: this.#isBytes ? this.#valueBytes.take() : { kind: 'objects', items: this.#values },
      headers: { kind: 'objects', items: this.#headers ?? readHeaders(batch.headers, rows, count) },
    };
    this.clear();
    const bytes = columnsBytes(columns);
    return { columns, passed: false, selection: null, ordinals, failures, kept: null, bytes };
  }

  /** Forgets what was added. */
  clear(): void {
    this.#batch = null;
    this.#batchOrdinals = null;
    this.#count = 0;
    this.#passes = this.#mayPass;
    this.#keys = [];
    this.#values = [];
    this.#keyBytes.clear();
    this.#valueBytes.clear();
    this.#headers = null;
    this.#failures = null;
    this.#ordinals = null;
    this.#serial = -1;
  }

  #addHeaders(read: Column, at: number, physical: number, headers: readonly Header[] | null): void {
    if (this.#headers === null) {
      if (headers === headersIn(read, physical)) return;
      this.#headers = readHeaders(read, this.#physical, at);
    }
    this.#headers.push(headers);
  }

  #grow(): void {
    const physical = new Uint32Array(this.#physical.length * 2);
    physical.set(this.#physical);
    this.#physical = physical;
    const timestamps = new Float64Array(physical.length);
    timestamps.set(this.#timestamps);
    this.#timestamps = timestamps;
  }
}

function addBytes(builder: BytesBuilder, read: Column, physical: number, cell: unknown): void {
  if (cell === unread) {
    const { buffer, starts, ends } = read as BytesColumn;
    builder.addRange(buffer, starts[physical] as number, ends[physical] as number);
  } else if (cell === null) builder.addNull();
  else builder.addBytes(cell as Uint8Array);
}

function headersIn(column: Column, physical: number): readonly Header[] | null {
  return column.kind === 'objects' ? ((column.items[physical] as readonly Header[] | null) ?? null) : null;
}

function readHeaders(column: Column, rows: Uint32Array, count: number): (readonly Header[] | null)[] {
  const headers: (readonly Header[] | null)[] = [];
  for (let at = 0; at < count; at++) headers.push(headersIn(column, rows[at] as number));
  return headers;
}

// Pairs two numbers below 2^16 to one below 2^32, each pair to another one (Szudzik).
function ordinalOf(before: number, times: number, ways: Ways): number {
  if (ways === 'counted') return times;
  const ordinal =
    ways !== 'paired'
      ? before * ways + times
      : before < times
        ? times * times + before
        : before * before + before + times;
  if (ordinal < 2 ** 32) return ordinal;
  throw new HeadraceError('TOO_MANY_ITEMS', 'One record became more others than can be told apart.');
}

function append<T>(column: T[] | null, before: number, item: T, empty: T): T[] {
  if (column === null) return [...Array.from({ length: before }, () => empty), item];
  column.push(item);
  return column;
}

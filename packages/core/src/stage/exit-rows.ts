import { bytesColumn, columnsBytes, type Columns, type Header } from '../record/columns.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import type { Failure } from '../record/failure.ts';
import type { StageRow } from './stage-row.ts';

/** What came out of one exit of a stage in one run. */
export interface ExitRows {
  readonly columns: Columns;
  /** The running number of each row among what one record gave; null where each gave at most one. */
  readonly ordinals: Uint32Array | null;
  readonly failures: readonly (Failure | null)[] | null;
  /** What the rows were when they came to the sink, for sinks whose refusals somebody reads; else null. */
  readonly kept: Columns | null;
  /** The memory that the columns hold. */
  readonly bytes: number;
}

/** How keys and values of an exit lie: decoded, or as bytes. */
export type ExitShape = 'objects' | 'bytes';

/**
 * How often a record may come to an exit: a number of times at most, or any number of times, as the only record of its place in the
 * source (`counted`) or with a number of its own (`paired`).
 */
export type Ways = number | 'counted' | 'paired';

/** Collects the rows of one exit, to which a record may come several times. */
export class ExitCollector {
  readonly #shape: ExitShape;
  readonly #ways: Ways;
  #offsets: number[] = [];
  #timestamps: number[] = [];
  #keys: unknown[] = [];
  #values: unknown[] = [];
  #headers: (readonly Header[] | null)[] = [];
  #failures: (Failure | null)[] | null = null;
  #ordinals: number[] | null = null;
  #serial = -1;
  #times = 0;

  constructor(shape: ExitShape, ways: Ways) {
    this.#shape = shape;
    this.#ways = ways;
  }

  /** Adds the record that the stage is at work on, with key and value as this exit has them. */
  add(row: StageRow, key: unknown, value: unknown, headers: readonly Header[] | null): void {
    this.#times = row.serial === this.#serial ? this.#times + 1 : 0;
    this.#serial = row.serial;
    // The same in every replay, however the records are cut into batches: no two rows of one record get the same number.
    const ordinal = ordinalOf(row.ordinal, this.#times, this.#ways);
    const count = this.#offsets.push(row.offset);
    this.#timestamps.push(row.timestamp);
    this.#keys.push(key);
    this.#values.push(value);
    this.#headers.push(headers);
    // Most exits see neither: their columns begin with the first row that has something to say.
    if (row.failure !== null || this.#failures !== null)
      this.#failures = append(this.#failures, count, row.failure, null);
    if (ordinal > 0 || this.#ordinals !== null) this.#ordinals = append(this.#ordinals, count, ordinal, 0);
  }

  /** Returns what was added since the last call, or null for nothing. */
  take(): ExitRows | null {
    const count = this.#offsets.length;
    if (count === 0) return null;
    const columns: Columns = {
      count,
      offsets: new Float64Array(this.#offsets),
      timestamps: new Float64Array(this.#timestamps),
      keys: this.#column(this.#keys),
      values: this.#column(this.#values),
      headers: { kind: 'objects', items: this.#headers },
    };
    const ordinals = this.#ordinals === null ? null : new Uint32Array(this.#ordinals);
    const failures = this.#failures;
    this.clear();
    return { columns, ordinals, failures, kept: null, bytes: columnsBytes(columns) };
  }

  /** Forgets what was added. */
  clear(): void {
    this.#offsets = [];
    this.#timestamps = [];
    this.#keys = [];
    this.#values = [];
    this.#headers = [];
    this.#failures = null;
    this.#ordinals = null;
    this.#serial = -1;
  }

  #column(items: readonly unknown[]): Columns['keys'] {
    if (this.#shape === 'objects') return { kind: 'objects', items };
    return bytesColumn(items as readonly (Uint8Array | null)[]);
  }
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

function append<T>(column: T[] | null, count: number, item: T, before: T): T[] {
  if (column === null) return [...Array.from({ length: count - 1 }, () => before), item];
  column.push(item);
  return column;
}

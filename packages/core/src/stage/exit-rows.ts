import { bytesColumn, columnsBytes, type Columns, type Header } from '../record/columns.ts';
import type { Failure } from '../record/failure.ts';
import type { StageRow } from './stage-row.ts';

/** What came out of one exit of a stage in one run. */
export interface ExitRows {
  readonly columns: Columns;
  /** The running number of each row among what one record gave; null where each gave at most one. */
  readonly ordinals: Uint32Array | null;
  readonly failures: readonly (Failure | null)[] | null;
  /** The memory that the columns hold. */
  readonly bytes: number;
}

/** How keys and values of an exit lie: decoded, or as bytes. */
export type ExitShape = 'objects' | 'bytes';

/** Collects the rows of one exit. A record may come several times: `paths` is how often at most. */
export class ExitCollector {
  readonly #shape: ExitShape;
  readonly #paths: number;
  #offsets: number[] = [];
  #timestamps: number[] = [];
  #keys: unknown[] = [];
  #values: unknown[] = [];
  #headers: (readonly Header[] | null)[] = [];
  #failures: (Failure | null)[] = [];
  #ordinals: number[] = [];
  #hasFailures = false;
  #hasOrdinals = false;
  #serial = -1;
  #times = 0;

  constructor(shape: ExitShape, paths: number) {
    this.#shape = shape;
    this.#paths = paths;
  }

  /** Adds the record that the stage is at work on, with key and value as this exit has them. */
  add(row: StageRow, key: unknown, value: unknown, headers: readonly Header[] | null): void {
    this.#times = row.serial === this.#serial ? this.#times + 1 : 0;
    this.#serial = row.serial;
    // The same in every replay, however the records are cut into batches: no two rows of one record get the same number.
    const ordinal = row.ordinal * this.#paths + this.#times;
    this.#hasOrdinals ||= ordinal > 0;
    this.#hasFailures ||= row.failure !== null;
    this.#offsets.push(row.offset);
    this.#timestamps.push(row.timestamp);
    this.#keys.push(key);
    this.#values.push(value);
    this.#headers.push(headers);
    this.#failures.push(row.failure);
    this.#ordinals.push(ordinal);
  }

  /** Returns what was added since the last call, or null for nothing. */
  take(): ExitRows | null {
    const count = this.#offsets.length;
    if (count === 0) return null;
    const columns: Columns = {
      count,
      offsets: Float64Array.from(this.#offsets),
      timestamps: Float64Array.from(this.#timestamps),
      keys: this.#column(this.#keys),
      values: this.#column(this.#values),
      headers: { kind: 'objects', items: this.#headers },
    };
    const ordinals = this.#hasOrdinals ? Uint32Array.from(this.#ordinals) : null;
    const failures = this.#hasFailures ? this.#failures : null;
    this.clear();
    return { columns, ordinals, failures, bytes: columnsBytes(columns) };
  }

  /** Forgets what was added. */
  clear(): void {
    this.#offsets = [];
    this.#timestamps = [];
    this.#keys = [];
    this.#values = [];
    this.#headers = [];
    this.#failures = [];
    this.#ordinals = [];
    this.#hasFailures = false;
    this.#hasOrdinals = false;
    this.#serial = -1;
  }

  #column(items: readonly unknown[]): Columns['keys'] {
    if (this.#shape === 'objects') return { kind: 'objects', items };
    return bytesColumn(items as readonly (Uint8Array | null)[]);
  }
}

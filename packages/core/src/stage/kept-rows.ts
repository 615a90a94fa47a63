import { columnsBytes, type Columns, type Header } from '../record/columns.ts';
import type { ExitRows } from './exit-rows.ts';

/** A record as it came into a node. */
export interface KeptRow {
  readonly key: unknown;
  readonly value: unknown;
  readonly timestamp: number;
  readonly headers: readonly Header[] | null;
}

/** Collects, beside the rows of an exit, what they were before their last node, for those that come back from a sink. */
export class KeptCollector {
  #rows: KeptRow[] = [];

  /** Adds a record; what it holds then is kept. */
  add({ key, value, timestamp, headers }: KeptRow): void {
    this.#rows.push({ key, value, timestamp, headers });
  }

  /** Returns the rows of the exit with what was added since the last call beside them. */
  beside(rows: ExitRows): ExitRows {
    const before = this.#rows;
    this.clear();
    const kept: Columns = {
      count: rows.columns.count,
      offsets: rows.columns.offsets,
      timestamps: Float64Array.from(before, ({ timestamp }) => timestamp),
      keys: { kind: 'objects', items: before.map(({ key }) => key) },
      values: { kind: 'objects', items: before.map(({ value }) => value) },
      headers: { kind: 'objects', items: before.map(({ headers }) => headers) },
    };
    return { ...rows, kept, bytes: rows.bytes + columnsBytes(kept) };
  }

  /** Forgets what was added. */
  clear(): void {
    this.#rows = [];
  }
}

import type { Column } from './columns.ts';
import { headersAt, type Header } from './columns.ts';
import type { RecordBatch } from './record-batch.ts';

/** A record of a batch whose keys and values are decoded. */
export interface BatchRecord<V = unknown, K = unknown> {
  readonly key: K | null;
  readonly value: V;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly offset: number;
  readonly headers: readonly Header[];
}

/** Lists the selected records of a batch in order; for operators of RxJS, which get batches. */
export function* recordsOf<V = unknown, K = unknown>(batch: RecordBatch): Generator<BatchRecord<V, K>> {
  for (let i = 0; i < batch.rows; i++) {
    const row = batch.row(i);
    yield {
      key: itemAt(batch.keys, row) as K | null,
      value: itemAt(batch.values, row) as V,
      timestamp: batch.timestamps[row] as number,
      offset: batch.offsets[row] as number,
      headers: headersAt(batch.headers, row),
    };
  }
}

/** Returns the decoded item of a row; null where the column has bytes. */
export function itemAt(column: Column, row: number): unknown {
  return column.kind === 'objects' ? (column.items[row] ?? null) : null;
}

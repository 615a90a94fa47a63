import { bytesAt, bytesColumn, type Column, type Columns } from './columns.ts';
import type { TaskBatch } from './task-batch.ts';

/** Makes one batch of the selected rows of several, in order; they are of one epoch and place. The result is a new handle, charged with the bytes of all. */
export function joinBatches(batches: readonly [TaskBatch, ...TaskBatch[]]): TaskBatch {
  const rows = batches.flatMap((batch) => Array.from({ length: batch.rows }, (_, i) => ({ batch, row: batch.row(i) })));
  const numbers = (of: (batch: TaskBatch) => Float64Array): Float64Array =>
    Float64Array.from(rows, ({ batch, row }) => of(batch)[row] as number);
  const column = (of: (batch: TaskBatch) => Column): Column => {
    if (batches.every((batch) => of(batch).kind === 'objects'))
      return { kind: 'objects', items: rows.map(({ batch, row }) => itemOf(of(batch), row)) };
    return bytesColumn(rows.map(({ batch, row }) => itemOf(of(batch), row) as Uint8Array | null));
  };
  const columns: Columns = {
    count: rows.length,
    offsets: numbers((batch) => batch.offsets),
    timestamps: numbers((batch) => batch.timestamps),
    keys: column((batch) => batch.keys),
    values: column((batch) => batch.values),
    headers: column((batch) => batch.headers),
  };
  const ordinals = Uint32Array.from(rows, ({ batch, row }) => batch.ordinals?.[row] ?? 0);
  const failures = rows.map(({ batch, row }) => batch.failures?.[row] ?? null);
  const bytes = batches.reduce((sum, batch) => sum + batch.bytes, 0);
  return batches[0].derive(columns, ordinals, failures.some((one) => one !== null) ? failures : null, bytes);
}

function itemOf(column: Column, row: number): unknown {
  return column.kind === 'bytes' ? bytesAt(column, row) : (column.items[row] ?? null);
}

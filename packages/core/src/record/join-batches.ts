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
  const columns = (of: (batch: TaskBatch) => Columns): Columns => ({
    count: rows.length,
    offsets: numbers((batch) => of(batch).offsets),
    timestamps: numbers((batch) => of(batch).timestamps),
    keys: column((batch) => of(batch).keys),
    values: column((batch) => of(batch).values),
    headers: column((batch) => of(batch).headers),
  });
  const ordinals = Uint32Array.from(rows, ({ batch, row }) => batch.ordinals?.[row] ?? 0);
  const failures = rows.map(({ batch, row }) => batch.failures?.[row] ?? null);
  const bytes = batches.reduce((sum, batch) => sum + batch.bytes, 0);
  const kept = batches[0].kept === null ? null : columns((batch) => batch.kept as Columns);
  const failed = failures.some((one) => one !== null);
  return batches[0].derive(
    columns((batch) => batch),
    ordinals,
    failed ? failures : null,
    bytes,
    kept,
  );
}

function itemOf(column: Column, row: number): unknown {
  return column.kind === 'bytes' ? bytesAt(column, row) : (column.items[row] ?? null);
}

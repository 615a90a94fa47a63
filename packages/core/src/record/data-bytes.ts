import type { BytesColumn, Columns } from './columns.ts';

/** Sums the bytes of keys and values of rows, all of them unless some are selected. Values that lie decoded have no bytes. */
export function dataBytes({ count, keys, values }: Columns, selection: Uint32Array | null = null): number {
  return [keys, values].reduce(
    (total, column) => (column.kind === 'bytes' ? total + columnBytes(column, count, selection) : total),
    0,
  );
}

function columnBytes({ starts, ends }: BytesColumn, count: number, selection: Uint32Array | null): number {
  const rows = selection?.length ?? count;
  let total = 0;
  for (let i = 0; i < rows; i++) {
    const row = selection === null ? i : (selection[i] as number);
    const start = starts[row] as number;
    if (start >= 0) total += (ends[row] as number) - start;
  }
  return total;
}

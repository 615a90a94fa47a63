import type { BytesColumn, Column, Columns } from './columns.ts';

/** Returns some numbers of a column, in the order of their rows. */
export function gatherNumbers(column: Float64Array, rows: ArrayLike<number>): Float64Array {
  const count = rows.length;
  const gathered = new Float64Array(count);
  for (let at = 0; at < count; at++) gathered[at] = column[rows[at] as number] as number;
  return gathered;
}

/** Returns some rows of columns, in the order of their numbers; buffers are shared. */
export function gatherRows(columns: Columns, rows: ArrayLike<number>): Columns {
  const { offsets, timestamps, keys, values, headers } = columns;
  return {
    count: rows.length,
    offsets: gatherNumbers(offsets, rows),
    timestamps: gatherNumbers(timestamps, rows),
    keys: gatherColumn(keys, rows),
    values: gatherColumn(values, rows),
    headers: gatherColumn(headers, rows),
  };
}

function gatherColumn(column: Column, rows: ArrayLike<number>): Column {
  if (column.kind === 'bytes') return gatherBytes(column, rows);
  const { items } = column;
  const gathered: unknown[] = [];
  for (let at = 0; at < rows.length; at++) gathered.push(items[rows[at] as number]);
  return { kind: 'objects', items: gathered };
}

function gatherBytes({ buffer, starts, ends, schemaIds }: BytesColumn, rows: ArrayLike<number>): BytesColumn {
  return {
    kind: 'bytes',
    buffer,
    starts: gatherInts(starts, rows),
    ends: gatherInts(ends, rows),
    schemaIds: schemaIds === null ? null : gatherInts(schemaIds, rows),
  };
}

function gatherInts(column: Int32Array, rows: ArrayLike<number>): Int32Array {
  const count = rows.length;
  const gathered = new Int32Array(count);
  for (let at = 0; at < count; at++) gathered[at] = column[rows[at] as number] as number;
  return gathered;
}

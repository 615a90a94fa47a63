import { headersAt, withoutRoutes } from '@headrace/core';
import type { BytesColumn, Column, Columns, Header, RecordBatch } from '@headrace/core';

/** Returns the selected rows of a batch as columns of their own; buffers are shared. */
export function selectedRows(batch: RecordBatch): Columns {
  const { selection, count, offsets, timestamps, keys, values, headers } = batch;
  if (selection === null) return { count, offsets, timestamps, keys, values, headers };
  return rowsOf({ count, offsets, timestamps, keys, values, headers }, selection);
}

/** Returns some rows of columns, in the order of their numbers; buffers are shared. */
export function rowsOf(columns: Columns, rows: ArrayLike<number>): Columns {
  const { offsets, timestamps, keys, values, headers } = columns;
  return {
    count: rows.length,
    offsets: Float64Array.from(rows, (row) => offsets[row] as number),
    timestamps: Float64Array.from(rows, (row) => timestamps[row] as number),
    keys: cellsOf(keys, rows),
    values: cellsOf(values, rows),
    headers: cellsOf(headers, rows),
  };
}

/** Returns columns whose headers are the records' own: what said where they go is no part of them. */
export function withOwnHeaders(columns: Columns): Columns {
  const { headers } = columns;
  if (headers.kind === 'bytes') return columns;
  const own = headers.items.map((item) => withoutRoutes(item as readonly Header[] | null));
  if (own.every((item, row) => item === headers.items[row])) return columns;
  return { ...columns, headers: { kind: 'objects', items: own } };
}

/** Returns the headers of a row. */
export function headersOf(columns: Columns, row: number): readonly Header[] {
  return headersAt(columns.headers, row);
}

/** Returns a text that rows of one key share; null for no key. */
export function keyText({ keys }: Columns, row: number): string | null {
  if (keys.kind === 'objects') {
    const key = keys.items[row];
    return key instanceof Uint8Array ? Buffer.from(key).toString('latin1') : null;
  }
  const start = keys.starts[row] as number;
  return start < 0 ? null : Buffer.from(keys.buffer.subarray(start, keys.ends[row])).toString('latin1');
}

function cellsOf(column: Column, rows: ArrayLike<number>): Column {
  if (column.kind === 'objects') return { kind: 'objects', items: Array.from(rows, (row) => column.items[row]) };
  const pick = (from: Int32Array): Int32Array => Int32Array.from(rows, (row) => from[row] as number);
  const { kind, buffer, starts, ends, schemaIds } = column;
  return {
    kind,
    buffer,
    starts: pick(starts),
    ends: pick(ends),
    schemaIds: schemaIds === null ? null : pick(schemaIds),
  } satisfies BytesColumn;
}

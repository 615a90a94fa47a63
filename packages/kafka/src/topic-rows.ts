import { gatherRows, headersAt, withoutRoutes } from '@headrace/core';
import type { Columns, Header, RecordBatch } from '@headrace/core';

/** Returns the selected rows of a batch as columns of their own; buffers are shared. */
export function selectedRows(batch: RecordBatch): Columns {
  const { selection, count, offsets, timestamps, keys, values, headers } = batch;
  if (selection === null) return { count, offsets, timestamps, keys, values, headers };
  return gatherRows({ count, offsets, timestamps, keys, values, headers }, selection);
}

/** Returns columns whose headers are the records' own: what said where they go is no part of them. */
export function withOwnHeaders(columns: Columns): Columns {
  const { headers } = columns;
  if (headers.kind === 'bytes') return columns;
  const { items } = headers;
  let own: unknown[] | null = null;
  for (let row = 0; row < items.length; row++) {
    const item = items[row] as readonly Header[] | null;
    if (item === null) continue;
    const without = withoutRoutes(item);
    if (without === item) continue;
    own ??= [...items];
    own[row] = without;
  }
  return own === null ? columns : { ...columns, headers: { kind: 'objects', items: own } };
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

import { bytesAt, headersAt, HeadraceError } from '@headrace/core';
import type { Column, Columns } from '@headrace/core';
import type { IHeaders, Message } from 'kafkajs';

/** Makes kafkajs messages of rows, all for one partition. Kafka's timestamps are whole milliseconds. */
export function producerMessages(records: Columns, rows: readonly number[], partition: number): Message[] {
  return rows.map((row) => {
    const headers = headersOf(records.headers, row);
    return {
      partition,
      key: cellOf(records.keys, row, 'key'),
      value: cellOf(records.values, row, 'value'),
      timestamp: String(Math.floor(records.timestamps[row] as number)),
      ...(headers === null ? {} : { headers }),
    };
  });
}

/** Estimates the bytes that a row takes in a record batch, rather too many than too few. */
export function messageSize(records: Columns, row: number): number {
  let size = 40 + cellSize(records.keys, row) + cellSize(records.values, row);
  for (const { name, value } of headersAt(records.headers, row)) size += 10 + name.length * 3 + (value?.length ?? 0);
  return size;
}

/** Returns the bytes of a key as a text to compare by, or null for none. */
export function keyText(records: Columns, row: number): string | null {
  return cellOf(records.keys, row, 'key')?.toString('latin1') ?? null;
}

function cellOf(column: Column, row: number, what: string): Buffer | null {
  const bytes = column.kind === 'bytes' ? bytesAt(column, row) : column.items[row];
  if (bytes === null) return null;
  if (!(bytes instanceof Uint8Array))
    throw new HeadraceError('NOT_BYTES', `The ${what} of row ${row} is not encoded: a Log holds bytes only.`);
  // kafkajs writes the text of what is not a Buffer.
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function cellSize(column: Column, row: number): number {
  if (column.kind === 'bytes') return (column.ends[row] as number) - (column.starts[row] as number);
  const item = column.items[row];
  return item instanceof Uint8Array ? item.length : 0;
}

// kafkajs takes an object: a name that repeats becomes a list, and its encoder throws on a null, which is written as no bytes.
function headersOf(column: Column, row: number): IHeaders | null {
  const headers = headersAt(column, row);
  if (headers.length === 0) return null;
  const result = Object.create(null) as Record<string, Buffer[]>;
  for (const { name, value } of headers) (result[name] ??= []).push(Buffer.from(value ?? []));
  return result;
}

import { bytesColumn, HeadraceError, headersAt, type Column, type Columns, type ObjectsColumn } from '@headrace/core';
import { isWritableTime, writeRecordHeaders, type RecordRows, type RowRanges } from '@headrace/protocol';
import type { RowReason } from '../send-rows.ts';

/** What batches of one append are written from, by physical row; which rows is said batch by batch. */
export type RecordSource = Omit<RecordRows, 'rows'>;

/** Makes columns ready to be written. Bytes stay where they are. Kafka's timestamps are whole milliseconds: parts of them are cut off. */
export function recordSource(records: Columns): RecordSource {
  return {
    timestamps: wholeMilliseconds(records.timestamps),
    keys: rangesOf(records.keys, 'key'),
    values: rangesOf(records.values, 'value'),
    headers: headerRanges(records),
  };
}

/** Tells of rows whose time no batch can hold, as Kafka refuses those that its topic does not take; undefined where there are none. */
export function timeFault({ timestamps }: RecordSource): ((row: number) => RowReason | null) | undefined {
  if (timestamps.every(isWritableTime)) return undefined;
  return (row) => {
    const time = timestamps[row] as number;
    if (isWritableTime(time)) return null;
    return { code: 'INVALID_TIMESTAMP', message: `The time of the record, ${time} ms, is beyond what can be written.` };
  };
}

/** Estimates the bytes that a row takes in a batch, rather too many than too few. */
export function rowBytes({ keys, values, headers }: RecordSource, row: number): number {
  return 40 + lengthOf(keys, row) + lengthOf(values, row) + lengthOf(headers, row);
}

/** Returns the bytes of a key as a text to compare by, or null for none. */
export function keyText({ keys }: RecordSource, row: number): string | null {
  const start = keys?.starts[row] ?? -1;
  if (keys === null || start < 0) return null;
  const { buffer } = keys;
  return Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength).toString('latin1', start, keys.ends[row]);
}

function wholeMilliseconds(timestamps: Float64Array): Float64Array {
  const whole = new Float64Array(timestamps.length);
  for (let row = 0; row < whole.length; row++) whole[row] = Math.floor(timestamps[row] as number);
  return whole;
}

function isEmpty({ items }: ObjectsColumn): boolean {
  for (let row = 0; row < items.length; row++) if (items[row] !== null) return false;
  return true;
}

function lengthOf(ranges: RowRanges | null, row: number): number {
  return ranges === null ? 0 : (ranges.ends[row] as number) - (ranges.starts[row] as number);
}

function rangesOf(column: Column, what: string): RowRanges | null {
  if (column.kind === 'bytes') return column;
  if (isEmpty(column)) return null;
  return bytesColumn(
    column.items.map((item, row) => {
      if (item === null || item instanceof Uint8Array) return item;
      throw new HeadraceError('NOT_BYTES', `The ${what} of row ${row} is not encoded: a Log holds bytes only.`);
    }),
  );
}

function headerRanges({ headers, count }: Columns): RowRanges | null {
  if (headers.kind === 'objects' && isEmpty(headers)) return null;
  const rows = Array.from({ length: count }, (_, row) => {
    const some = headersAt(headers, row);
    return some.length === 0 ? null : writeRecordHeaders(some);
  });
  return rows.every((row) => row === null) ? null : bytesColumn(rows);
}

import { ProtocolError } from '../protocol-error.ts';
import { varintSize, varlongSize, writeVarint, writeVarlong } from './varint.ts';

/** The ranges of a column of bytes; a null is a row whose start is -1. */
export interface RowRanges {
  readonly buffer: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** The rows that a batch is written from. */
export interface RecordRows {
  /** The physical rows in the order in which they are written. */
  readonly rows: Int32Array | Uint32Array;
  /** Epoch milliseconds, by physical row. */
  readonly timestamps: Float64Array;
  /** By physical row; null where every key is null. */
  readonly keys: RowRanges | null;
  /** By physical row; null where every value is null. */
  readonly values: RowRanges | null;
  /** Headers as a record holds them, their count first; null, or a row whose start is -1, where there are none. */
  readonly headers: RowRanges | null;
}

/** What the header of a batch says of its records. */
export interface RowsExtent {
  /** The bytes of all records. */
  readonly bytes: number;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
}

const greatestTime = 2 ** 51;

/** Tells whether a time can be written: whole milliseconds, not beyond 2^51 in either direction. */
export function isWritableTime(timestamp: number): boolean {
  return timestamp === Math.floor(timestamp) && timestamp <= greatestTime && timestamp >= -greatestTime;
}

/** Measures records before a byte is written: the batch is allocated once and exactly. Refuses ranges outside their buffer and times beyond 2^51. */
export function measureRows(source: RecordRows): RowsExtent {
  const { rows, timestamps } = source;
  const baseTimestamp = rows.length === 0 ? -1 : (timestamps[rows[0] as number] as number);
  let maxTimestamp = -1;
  let bytes = 0;
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] as number;
    const timestamp = timestamps[row] as number;
    if (!isWritableTime(timestamp))
      throw new ProtocolError('NOT_ENCODABLE', 'A timestamp is whole milliseconds.', `rows[${index}]`);
    if (timestamp > maxTimestamp) maxTimestamp = timestamp;
    const size = bodySize(source, row, index, timestamp - baseTimestamp);
    bytes += varintSize(size) + size;
  }
  return { bytes, baseTimestamp, maxTimestamp };
}

/** Writes the records from `at` on and returns the place after them. The rows have been measured. */
export function writeRows(target: Buffer, at: number, source: RecordRows, baseTimestamp: number): number {
  const { rows, timestamps, headers } = source;
  const to = new DataView(target.buffer, target.byteOffset, target.byteLength);
  const keys = fieldOf(source.keys);
  const values = fieldOf(source.values);
  const headerField = fieldOf(headers);
  let next = at;
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] as number;
    const delta = (timestamps[row] as number) - baseTimestamp;
    next = writeVarint(target, next, bodySize(source, row, index, delta));
    target[next++] = 0;
    next = writeVarlong(target, next, delta);
    next = writeVarint(target, next, index);
    next = writeField(target, to, next, keys, row);
    next = writeField(target, to, next, values, row);
    if (headerField === null || (headerField.ranges.starts[row] as number) < 0) target[next++] = 0;
    else next = copyRange(target, to, next, headerField, row);
  }
  return next;
}

/** A column with the views to copy from. */
interface Field {
  readonly ranges: RowRanges;
  readonly bytes: Buffer;
  readonly words: DataView;
}

function fieldOf(ranges: RowRanges | null): Field | null {
  if (ranges === null) return null;
  const { buffer } = ranges;
  return {
    ranges,
    bytes: Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength),
    words: new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength),
  };
}

function bodySize(source: RecordRows, row: number, offsetDelta: number, timestampDelta: number): number {
  const { keys, values, headers } = source;
  const plain = headers === null || (headers.starts[row] as number) < 0;
  const headerBytes = plain ? 1 : lengthOf(headers, row);
  return (
    1 +
    varlongSize(timestampDelta) +
    varintSize(offsetDelta) +
    fieldSize(keys, row) +
    fieldSize(values, row) +
    headerBytes
  );
}

function fieldSize(ranges: RowRanges | null, row: number): number {
  const length = ranges === null ? -1 : lengthOf(ranges, row);
  return varintSize(length) + Math.max(0, length);
}

/** Returns -1 for a null. */
function lengthOf(ranges: RowRanges, row: number): number {
  const start = ranges.starts[row];
  if (start !== undefined && start < 0) return -1;
  const length = (ranges.ends[row] as number) - (start as number);
  if (length >= 0 && (ranges.ends[row] as number) <= ranges.buffer.length) return length;
  throw new ProtocolError('NOT_ENCODABLE', `Row ${row} lies outside its buffer.`);
}

function writeField(target: Buffer, to: DataView, at: number, field: Field | null, row: number): number {
  const length = field === null ? -1 : lengthOf(field.ranges, row);
  const next = writeVarint(target, at, length);
  return length <= 0 ? next : copyRange(target, to, next, field as Field, row);
}

/** Up to so many bytes a loop over words is faster than a call into native code. */
const shortRange = 160;

function copyRange(target: Buffer, to: DataView, at: number, field: Field, row: number): number {
  const { ranges, bytes, words } = field;
  let from = ranges.starts[row] as number;
  const end = ranges.ends[row] as number;
  if (end - from > shortRange) return at + bytes.copy(target, at, from, end);
  let next = at;
  for (; from <= end - 16; from += 16, next += 16) {
    to.setInt32(next, words.getInt32(from, true), true);
    to.setInt32(next + 4, words.getInt32(from + 4, true), true);
    to.setInt32(next + 8, words.getInt32(from + 8, true), true);
    to.setInt32(next + 12, words.getInt32(from + 12, true), true);
  }
  for (; from < end; from++) target[next++] = bytes[from] as number;
  return next;
}

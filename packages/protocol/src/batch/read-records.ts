import { ProtocolError, within } from '../protocol-error.ts';
import { attribute, batchHeaderBytes } from './batch-header.ts';
import type { BatchHeader } from './batch-header.ts';
import { expand } from './compression.ts';
import type { Compressions } from './compression.ts';
import type { RecordColumns } from './record-columns.ts';
import { VarintCursor } from './varint-cursor.ts';

/** A length, attributes, two deltas, two lengths of null and a count of no headers take a byte each. */
const leastRecordBytes = 7;

/** Says how compressed batches are read. */
export interface ReadRecordsOptions {
  readonly compressions: Compressions;
  /** The most bytes that the records of one batch may expand to. */
  readonly maxExpandedBytes: number;
}

/**
 * Reads the records of the batch that `header` describes into the columns, in place of what they held. No object is made
 * for a record, and what is read is ranges of the buffer, or of the expanded records of a compressed batch.
 * Every length is checked: a record's parts lie inside it, offsets grow and end with the batch, nothing is left over.
 */
export function readRecords(
  buffer: Buffer,
  header: BatchHeader,
  columns: RecordColumns,
  options: ReadRecordsOptions,
): void {
  columns.count = 0;
  let at = header.start + batchHeaderBytes;
  let end = header.end;
  columns.buffer = buffer;
  if (header.compression !== 'none') {
    const compressed = buffer.subarray(at, end);
    const bytes = expand(header.compression, compressed, options.compressions, options.maxExpandedBytes);
    columns.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    at = 0;
    end = bytes.length;
  }
  if (header.count * leastRecordBytes > end - at)
    throw new ProtocolError('TOO_MANY_ITEMS', `${header.count} records cannot be in ${end - at} bytes.`);
  columns.reserve(header.count);
  readRows(new VarintCursor(columns.buffer, at, end), header, columns);
  columns.count = header.count;
}

function readRows(cursor: VarintCursor, header: BatchHeader, columns: RecordColumns): void {
  const { count, baseOffset, lastOffset, baseTimestamp } = header;
  const appended = (header.attributes & attribute.logAppendTime) !== 0;
  const { offsets, timestamps } = columns;
  const end = cursor.end;
  let last = -1;
  let row = 0;
  try {
    for (; row < count; row++) {
      const recordEnd = recordEndOf(cursor);
      cursor.end = recordEnd;
      cursor.byte();
      const timestampDelta = cursor.long();
      const offsetDelta = cursor.int();
      if (offsetDelta <= last || baseOffset + offsetDelta > lastOffset)
        throw new ProtocolError('BAD_BATCH', `Offset delta ${offsetDelta} comes after ${last}.`);
      last = offsetDelta;
      offsets[row] = baseOffset + offsetDelta;
      timestamps[row] = appended ? header.maxTimestamp : baseTimestamp + timestampDelta;
      readRanges(cursor, row, columns);
      cursor.at = recordEnd;
      cursor.end = end;
    }
  } catch (error) {
    throw within(`records[${row}]`, error);
  }
  if (cursor.at !== end)
    throw new ProtocolError('TRAILING_BYTES', `${end - cursor.at} bytes are left after the records of a batch.`);
}

function recordEndOf(cursor: VarintCursor): number {
  const length = cursor.length();
  if (length < 0) throw new ProtocolError('NEGATIVE_LENGTH', 'The length of a record is -1.');
  return cursor.at + length;
}

function readRanges(cursor: VarintCursor, row: number, columns: RecordColumns): void {
  const keyLength = cursor.length();
  const keyStart = cursor.at;
  if (keyLength > 0) cursor.at = keyStart + keyLength;
  columns.keyStarts[row] = keyLength < 0 ? -1 : keyStart;
  columns.keyEnds[row] = keyLength < 0 ? -1 : keyStart + keyLength;
  const valueLength = cursor.length();
  const valueStart = cursor.at;
  if (valueLength > 0) cursor.at = valueStart + valueLength;
  columns.valueStarts[row] = valueLength < 0 ? -1 : valueStart;
  columns.valueEnds[row] = valueLength < 0 ? -1 : valueStart + valueLength;
  columns.headerStarts[row] = cursor.at;
  columns.headerEnds[row] = cursor.end;
  // A count of none is one zero byte, the last of the record.
  if (cursor.at === cursor.end - 1 && cursor.bytes[cursor.at] === 0) return;
  checkHeaders(cursor);
}

/** Walks over the headers, so that whoever reads them later, or copies them, has whole ones. */
function checkHeaders(cursor: VarintCursor): void {
  const count = cursor.int();
  if (count < 0) throw new ProtocolError('NEGATIVE_LENGTH', `The count of headers is ${count}.`);
  if (count * 2 > cursor.end - cursor.at)
    throw new ProtocolError('TOO_MANY_ITEMS', `${count} headers cannot be in ${cursor.end - cursor.at} bytes.`);
  for (let index = 0; index < count; index++) {
    const name = cursor.length();
    if (name < 0) throw new ProtocolError('NULL_NOT_ALLOWED', 'The name of a header is null.');
    cursor.at += name;
    const value = cursor.length();
    if (value > 0) cursor.at += value;
  }
  if (cursor.at !== cursor.end)
    throw new ProtocolError('TRAILING_BYTES', `${cursor.end - cursor.at} bytes are left after a record's headers.`);
}

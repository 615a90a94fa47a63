import { ProtocolError } from '../protocol-error.ts';
import { varintSize, writeVarint } from './varint.ts';
import { VarintCursor } from './varint-cursor.ts';

/** A header of a record: names may repeat; a value is bytes or null. */
export interface RecordHeader {
  readonly name: string;
  readonly value: Uint8Array | null;
}

/** Reads the headers in a range of `RecordColumns`; values are views. */
export function readRecordHeaders(buffer: Buffer, start: number, end: number): RecordHeader[] {
  const cursor = new VarintCursor(buffer, start, end);
  const count = cursor.int();
  if (count < 0 || count * 2 > end - cursor.at)
    throw new ProtocolError('TOO_MANY_ITEMS', `${count} headers cannot be in ${end - cursor.at} bytes.`);
  const headers: RecordHeader[] = [];
  for (let index = 0; index < count; index++) {
    const nameLength = Math.max(0, cursor.length());
    const name = buffer.toString('utf8', cursor.at, cursor.at + nameLength);
    cursor.at += nameLength;
    const length = cursor.length();
    headers.push({ name, value: length < 0 ? null : buffer.subarray(cursor.at, cursor.at + length) });
    if (length > 0) cursor.at += length;
  }
  return headers;
}

/** Writes headers as a record holds them, their count first. */
export function writeRecordHeaders(headers: readonly RecordHeader[]): Buffer {
  let size = varintSize(headers.length);
  for (const { name, value } of headers) {
    const bytes = Buffer.byteLength(name);
    size += varintSize(bytes) + bytes + varintSize(value === null ? -1 : value.length) + (value?.length ?? 0);
  }
  const buffer = Buffer.allocUnsafe(size);
  let at = writeVarint(buffer, 0, headers.length);
  for (const { name, value } of headers) {
    at = writeVarint(buffer, at, Buffer.byteLength(name));
    at += buffer.write(name, at, 'utf8');
    at = writeVarint(buffer, at, value === null ? -1 : value.length);
    if (value !== null) buffer.set(value, at);
    at += value?.length ?? 0;
  }
  return buffer;
}

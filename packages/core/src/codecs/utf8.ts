import { isUtf8 } from 'node:buffer';
import { DataFault } from './data-fault.ts';

/** Reads UTF-8; bytes that are not are an error, never a replacement character. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = buffer.toString('utf8', start, end);
  // Invalid bytes become U+FFFD, which may also have been written as such.
  if (text.includes('\ufffd') && !isUtf8(buffer.subarray(start, end))) {
    throw new DataFault('BAD_UTF8', 'the bytes are not UTF-8');
  }
  return text;
}

const loneSurrogate = /\p{Surrogate}/u;

/** Writes UTF-8; half a surrogate pair has no bytes and is an error. */
export function encodeUtf8(text: string): Uint8Array {
  if (loneSurrogate.test(text)) throw new DataFault('NOT_ENCODABLE', 'the text holds half a surrogate pair');
  return Buffer.from(text, 'utf8');
}

import { isUtf8 } from 'node:buffer';
import { MAX_SHORT_TEXT, shortText } from './short-text.ts';

/** Returns the text of some bytes, null where they are no UTF-8. */
export type ReadText = (buffer: Buffer, start: number, length: number) => string | null;

/** Is what `toString` calls, without its looking at the name of the encoding, which takes as long as a short text. */
interface SlicingBuffer extends Buffer {
  utf8Slice(start: number, end: number): string;
}

const MAX_SHORT = 24;
const NOT_ASCII = 0x80808080 | 0;
const SLOTS = 128;
// Of so many looks into the table this many must find their text, else the table rests for a while.
const TRIALS = 256;
const FEWEST_HITS = 96;
const REST = 8192;

/**
 * Returns a function that makes texts of bytes, for one field. Making a string costs some 100 ns whatever its length,
 * so short ones that come again (a status, a currency) are found in a small table by their bytes;
 * a field whose texts do not come again is found out after 256 of them and pays nothing for the table afterwards.
 */
export function createTextReader(): ReadText {
  const table = Array.from({ length: SLOTS }, () => '');
  let left = TRIALS;
  let hits = 0;
  let rest = 0;
  return (buffer, start, length) => {
    if (length > MAX_SHORT) return makeText(buffer, start, length);
    if (rest > 0) {
      rest--;
      return makeText(buffer, start, length);
    }
    if (--left < 0) {
      if (hits < FEWEST_HITS) rest = REST;
      left = TRIALS;
      hits = 0;
    }
    const end = start + length;
    let hash = length;
    for (let position = start; position < end; position++) hash = (hash * 31 + (buffer[position] as number)) | 0;
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const known = table[slot] as string;
    if (known.length === length && isAt(known, buffer, start)) {
      hits++;
      return known;
    }
    const text = makeText(buffer, start, length);
    if (text !== null && text.length === length) table[slot] = text;
    return text;
  };
}

/** Tells whether the bytes at a position are those of an ASCII text. */
function isAt(text: string, buffer: Buffer, start: number): boolean {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) !== buffer[start + index]) return false;
  }
  return true;
}

/** Returns the text of some bytes, null where they are no UTF-8. */
function makeText(buffer: Buffer, start: number, length: number): string | null {
  if (length <= MAX_SHORT_TEXT) {
    const short = shortText(buffer, start, length);
    if (short !== null) return short;
  }
  const end = start + length;
  const text = (buffer as SlicingBuffer).utf8Slice(start, end);
  // Invalid bytes become U+FFFD, which may also have been written as such.
  return text.includes('\ufffd') && !isUtf8(buffer.subarray(start, end)) ? null : text;
}

/** Tells whether bytes are UTF-8, without making a text of them; `view` shows the same bytes. */
export function isText(buffer: Buffer, view: DataView, start: number, length: number): boolean {
  const end = start + length;
  let position = start;
  for (; position + 4 <= end; position += 4) {
    if ((view.getInt32(position, true) & NOT_ASCII) !== 0) return isUtf8(buffer.subarray(position, end));
  }
  for (; position < end; position++) {
    if ((buffer[position] as number) > 0x7f) return isUtf8(buffer.subarray(position, end));
  }
  return true;
}

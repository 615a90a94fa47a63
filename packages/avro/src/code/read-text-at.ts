import { createTextReader, isText } from './text-reader.ts';
import { afterVarint, lengthAt } from './varint.ts';

/** Returns the function that reads the text whose length is at a position; null for what is no UTF-8. */
export function readTextAt(): (buffer: Buffer, at: number) => string | null {
  const read = createTextReader();
  return function text(buffer, at) {
    const byte = buffer[at] as number;
    if (byte > 0x7f) return read(buffer, afterVarint(buffer, at), lengthAt(buffer, at));
    return read(buffer, at + 1, byte >>> 1);
  };
}

/** Tells whether the text whose length is at a position is UTF-8. */
export function isTextAt(buffer: Buffer, view: DataView, at: number): boolean {
  const byte = buffer[at] as number;
  if (byte > 0x7f) return isText(buffer, view, afterVarint(buffer, at), lengthAt(buffer, at));
  return isText(buffer, view, at + 1, byte >>> 1);
}

/**
 * Looks again at a text whose bytes are not those of a constant: false where it is another text, null where that has
 * to be found out by reading it, because it is no UTF-8 or its length is written in another form.
 */
export function isOtherTextAt(buffer: Buffer, view: DataView, at: number): false | null {
  const byte = buffer[at] as number;
  return byte <= 0x7f && isText(buffer, view, at + 1, byte >>> 1) ? false : null;
}

import snappy from 'snappyjs';

/** More bytes than one byte of Snappy can stand for: a copy of 64 takes three. */
const MAX_RATIO = 32;

/** Compresses to a raw Snappy block. */
export function compressSnappy(bytes: Uint8Array): Uint8Array {
  return snappy.compress(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
}

/**
 * Decompresses a raw Snappy block to at most so many bytes; throws a RangeError for more, an Error for one that is broken. Our own: snappyjs goes round for ever on a literal of negative length, and takes a
 * block that is shorter than it says. Format: "Snappy compressed format description" of google/snappy.
 */
export function decompressSnappy(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const { length, start } = readLength(bytes);
  if (length > maxBytes) throw new RangeError(`more than ${maxBytes} bytes`);
  if (length > bytes.length * MAX_RATIO) throw new Error('the block is shorter than its length says');
  const result = Buffer.allocUnsafe(length);
  let read = start;
  let written = 0;
  while (read < bytes.length) {
    const tag = bytes[read++] as number;
    const kind = tag & 3;
    if (kind === 0) {
      const wide = (tag >>> 2) - 59;
      const size = wide > 0 ? readNumber(bytes, read, wide) + 1 : (tag >>> 2) + 1;
      if (wide > 0) read += wide;
      if (size > bytes.length - read || size > length - written) throw new Error('a literal does not fit');
      result.set(bytes.subarray(read, read + size), written);
      read += size;
      written += size;
      continue;
    }
    const width = kind === 3 ? 4 : kind;
    const size = kind === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
    const low = readNumber(bytes, read, width);
    const offset = kind === 1 ? low + (tag >>> 5) * 256 : low;
    read += width;
    if (offset === 0 || offset > written || size > length - written) throw new Error('a copy does not fit');
    // The copy may overlap what it writes, so that byte goes by byte.
    for (const end = written + size; written < end; written++) result[written] = result[written - offset] as number;
  }
  if (written !== length) throw new Error('the block is shorter than its length says');
  return result;
}

function readLength(bytes: Uint8Array): { length: number; start: number } {
  let length = 0;
  for (let index = 0; index < 5; index++) {
    const byte = bytes[index];
    if (byte === undefined) break;
    length += (byte & 0x7f) * 128 ** index;
    if (byte < 0x80) return { length, start: index + 1 };
  }
  throw new Error('the length of the block is broken');
}

function readNumber(bytes: Uint8Array, start: number, width: number): number {
  if (start + width > bytes.length) throw new Error('the block ends within a number');
  let value = 0;
  for (let index = width - 1; index >= 0; index--) value = value * 256 + (bytes[start + index] as number);
  return value;
}

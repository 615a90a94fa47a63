const SURROGATE = /\p{Surrogate}/u;
const SHORT_TEXT = 64;

/** Writes the zig-zag varint of a safe integer at a position and returns the position after it. */
export function writeLongAt(buffer: Uint8Array, at: number, value: number): number {
  let position = at;
  let bits: number;
  if ((value | 0) === value) {
    bits = ((value << 1) ^ (value >> 31)) >>> 0;
  } else {
    // Zig-zag needs one bit more than a number holds exactly: the lowest 28 bits are written on their own.
    const half = value < 0 ? -value - 1 : value;
    const low = half % 2 ** 27;
    const first = (low << 1) | (value < 0 ? 1 : 0);
    buffer[position++] = first | 0x80;
    buffer[position++] = (first >>> 7) | 0x80;
    buffer[position++] = (first >>> 14) | 0x80;
    buffer[position++] = (first >>> 21) | 0x80;
    bits = (half - low) / 2 ** 27;
  }
  while (bits > 0x7f) {
    buffer[position++] = bits | 0x80;
    bits >>>= 7;
  }
  buffer[position++] = bits;
  return position;
}

/** Returns a bigint of 64 bits as a number while that is exact, else as it is; null for everything else. */
export function exactLong(value: unknown): number | bigint | null {
  if (typeof value !== 'bigint' || BigInt.asIntN(64, value) !== value) return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Writes the zig-zag varint of what `exactLong` gives and returns the position after it. */
export function writeWideLongAt(buffer: Uint8Array, at: number, value: number | bigint): number {
  if (typeof value === 'number') return writeLongAt(buffer, at, value);
  let position = at;
  let bits = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  for (; bits > 0x7fn; bits >>= 7n) buffer[position++] = Number(bits & 0x7fn) | 0x80;
  buffer[position++] = Number(bits);
  return position;
}

/**
 * Writes a text with its length before it and returns the position after it; -1 where half of a surrogate pair stands
 * alone, which UTF-8 does not have. Needs room for three times its length and five.
 */
export function writeTextAt(buffer: Buffer, at: number, text: string): number {
  const { length } = text;
  if (length < SHORT_TEXT) {
    let position = at + 1;
    let index = 0;
    for (; index < length; index++) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) break;
      buffer[position++] = unit;
    }
    if (index === length) {
      buffer[at] = length << 1;
      return position;
    }
  }
  const bytes = Buffer.byteLength(text);
  if (bytes !== length && SURROGATE.test(text)) return -1;
  const start = writeLongAt(buffer, at, bytes);
  return start + buffer.write(text, start, 'utf8');
}

/** Writes bytes and returns the position after them. */
export function writeBytesAt(buffer: Uint8Array, at: number, bytes: Uint8Array): number {
  buffer.set(bytes, at);
  return at + bytes.length;
}

/**
 * Returns the position after the zig-zag varint at a position, -1 where it has more than 64 bits.
 * Bytes are not held to the end of a datum: whoever walks it compares the position with the end.
 */
export function afterVarint(buffer: Uint8Array, at: number): number {
  const last = at + 9;
  let position = at;
  while (position < last) if (!((buffer[position++] as number) > 0x7f)) return position;
  return (buffer[last] as number) > 1 ? -1 : last + 1;
}

/** Returns the long whose varint is at a position; NaN where it is no safe integer or has more than 64 bits. */
export function longAt(buffer: Uint8Array, at: number): number {
  let position = at;
  let byte = buffer[position++] as number;
  let low = byte & 0x7f;
  for (let shift = 7; byte > 0x7f && shift < 28; shift += 7) {
    byte = buffer[position++] as number;
    low |= (byte & 0x7f) << shift;
  }
  if (!(byte > 0x7f)) return (low >>> 1) ^ -(low & 1);
  return wideLong(buffer, position, low);
}

function wideLong(buffer: Uint8Array, at: number, low: number): number {
  let position = at;
  let byte = 0x80;
  let middle = 0;
  let high = 0;
  for (let shift = 0; byte > 0x7f && shift < 42; shift += 7) {
    byte = buffer[position++] as number;
    if (shift < 28) middle |= (byte & 0x7f) << shift;
    else high |= (byte & 0x7f) << (shift - 28);
  }
  if (byte > 0x7f || high > 0xff) return Number.NaN;
  const half = (low >>> 1) + middle * 2 ** 27 + high * 2 ** 55;
  const value = (low & 1) === 0 ? half : -half - 1;
  return Number.isSafeInteger(value) ? value : Number.NaN;
}

/** Returns the length, count or index whose varint is at a position; -1 where it is negative or no safe integer. */
export function lengthAt(buffer: Uint8Array, at: number): number {
  const value = longAt(buffer, at);
  return value >= 0 ? value : -1;
}

/**
 * Returns how many items the block has whose head is at a position, -1 where the head is not one.
 * The size beside a negative count must fit into what is left before `end`, and is otherwise not relied on.
 */
export function blockCount(buffer: Uint8Array, at: number, end: number): number {
  const count = longAt(buffer, at);
  if (count >= 0) return count;
  const next = afterVarint(buffer, at);
  if (Number.isNaN(count) || next < 0) return -1;
  const size = lengthAt(buffer, next);
  const after = afterVarint(buffer, next);
  return size < 0 || after < 0 || size > end - after ? -1 : -count;
}

/** Returns the position of the first item of the block whose head is at a position; the head was looked at before. */
export function afterBlockHead(buffer: Uint8Array, at: number): number {
  const next = afterVarint(buffer, at);
  return longAt(buffer, at) < 0 ? afterVarint(buffer, next) : next;
}

/** Returns how many bytes an integer of 32 bits takes as a zigzag varint. */
export function varintSize(value: number): number {
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  if (zigzag < 0x80) return 1;
  if (zigzag < 0x4000) return 2;
  if (zigzag < 0x200000) return 3;
  return zigzag < 0x10000000 ? 4 : 5;
}

/** Writes an integer of 32 bits as a zigzag varint and returns the place after it. */
export function writeVarint(buffer: Uint8Array, at: number, value: number): number {
  let zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  if (zigzag < 0x80) {
    buffer[at] = zigzag;
    return at + 1;
  }
  if (zigzag < 0x4000) {
    buffer[at] = (zigzag & 0x7f) | 0x80;
    buffer[at + 1] = zigzag >>> 7;
    return at + 2;
  }
  let next = at;
  while (zigzag > 0x7f) {
    buffer[next++] = (zigzag & 0x7f) | 0x80;
    zigzag >>>= 7;
  }
  buffer[next++] = zigzag;
  return next;
}

/** Returns how many bytes an integer below 2^52 takes as a zigzag varint. */
export function varlongSize(value: number): number {
  if (value === (value | 0)) return varintSize(value);
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  let size = 1;
  while (rest > 0x7f) {
    rest = Math.floor(rest / 128);
    size++;
  }
  return size;
}

/** Writes an integer below 2^52 as a zigzag varint and returns the place after it. */
export function writeVarlong(buffer: Uint8Array, at: number, value: number): number {
  if (value === (value | 0)) return writeVarint(buffer, at, value);
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  let next = at;
  while (rest > 0x7f) {
    buffer[next++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  buffer[next++] = rest;
  return next;
}

const BYTES = new Uint8Array(8);
const DOUBLES = new Float64Array(BYTES.buffer);
const FLOATS = new Float32Array(BYTES.buffer);

// Platforms with the other order of bytes have no Node.
/** Returns the double at a position, without a view of the buffer, which costs more to make than it saves for one datum. */
export function doubleAt(buffer: Uint8Array, at: number): number {
  BYTES[0] = buffer[at] as number;
  BYTES[1] = buffer[at + 1] as number;
  BYTES[2] = buffer[at + 2] as number;
  BYTES[3] = buffer[at + 3] as number;
  BYTES[4] = buffer[at + 4] as number;
  BYTES[5] = buffer[at + 5] as number;
  BYTES[6] = buffer[at + 6] as number;
  BYTES[7] = buffer[at + 7] as number;
  return DOUBLES[0] as number;
}

/** Returns the float at a position. */
export function floatAt(buffer: Uint8Array, at: number): number {
  BYTES[0] = buffer[at] as number;
  BYTES[1] = buffer[at + 1] as number;
  BYTES[2] = buffer[at + 2] as number;
  BYTES[3] = buffer[at + 3] as number;
  return FLOATS[0] as number;
}

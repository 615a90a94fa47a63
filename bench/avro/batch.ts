/** Holds encoded records as a batch does: in one buffer, one after another. */
export interface Batch {
  readonly buffer: Buffer;
  readonly view: DataView;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Puts encoded records into one buffer. */
export function batchOf(encoded: readonly Uint8Array[]): Batch {
  const size = encoded.reduce((sum, bytes) => sum + bytes.length, 0);
  const buffer = Buffer.allocUnsafeSlow(size);
  const starts = new Int32Array(encoded.length);
  const ends = new Int32Array(encoded.length);
  let position = 0;
  for (const [index, bytes] of encoded.entries()) {
    starts[index] = position;
    buffer.set(bytes, position);
    position += bytes.length;
    ends[index] = position;
  }
  return { buffer, view: new DataView(buffer.buffer), starts, ends };
}

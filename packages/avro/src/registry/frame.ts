import { AvroError } from '../avro-error.ts';

/** States how many bytes stand before the datum in a frame of the Confluent wire format. */
export const FRAME_BYTES = 5;

const MAGIC = 0;
const MAX_ID = 0x7fff_ffff;

/**
 * Returns the schema id of the frame from `start` to `end` (Confluent wire format: a zero byte, the id in four bytes,
 * big-endian, then the datum, which begins FRAME_BYTES after `start`). Throws AvroError BAD_FRAME.
 */
export function readFrame(buffer: Uint8Array, start: number, end: number): number {
  if (end - start < FRAME_BYTES) {
    throw new AvroError('BAD_FRAME', `${end - start} bytes are too few for a schema id`);
  }
  if (buffer[start] !== MAGIC) {
    throw new AvroError('BAD_FRAME', `the first byte is ${buffer[start]}, not 0: no schema id stands before the datum`);
  }
  const id =
    (((buffer[start + 1] as number) << 24) |
      ((buffer[start + 2] as number) << 16) |
      ((buffer[start + 3] as number) << 8) |
      (buffer[start + 4] as number)) >>>
    0;
  if (id > MAX_ID) throw new AvroError('BAD_FRAME', `${id} is no schema id`);
  return id;
}

/** Writes what stands before a datum at `at` and returns the position after it; throws AvroError BAD_FRAME. */
export function writeFrame(buffer: Uint8Array, at: number, id: number): number {
  if (!Number.isInteger(id) || id < 0 || id > MAX_ID) throw new AvroError('BAD_FRAME', `${id} is no schema id`);
  if (at + FRAME_BYTES > buffer.length) throw new AvroError('BAD_FRAME', 'the buffer has no room for a schema id');
  buffer[at] = MAGIC;
  buffer[at + 1] = id >>> 24;
  buffer[at + 2] = id >>> 16;
  buffer[at + 3] = id >>> 8;
  buffer[at + 4] = id;
  return at + FRAME_BYTES;
}

import { ProtocolError } from '../protocol-error.ts';
import type { ByteReader } from './byte-reader.ts';
import { unsignedVarintSize } from './byte-writer.ts';
import type { ByteWriter } from './byte-writer.ts';

/** Reads, measures and writes a length before what it counts; null stands for a null value. */
export interface LengthCodec {
  readonly minimum: number;
  read(reader: ByteReader): number | null;
  size(length: number | null): number;
  write(writer: ByteWriter, length: number | null): void;
}

function checked(length: number): number | null {
  if (length >= 0) return length;
  if (length === -1) return null;
  throw new ProtocolError('NEGATIVE_LENGTH', `A length is ${length}.`);
}

function below(length: number | null, limit: number): number {
  if (length === null) return -1;
  if (length > limit) throw new ProtocolError('TOO_LARGE', `A length of ${length} is beyond ${limit}.`);
  return length;
}

/** Carries the lengths of strings before the flexible versions: 16 bits, -1 for null. */
export const shortLength: LengthCodec = {
  minimum: 2,
  read: (reader) => checked(reader.int16()),
  size: (length) => (below(length, 0x7fff), 2),
  write: (writer, length) => writer.int16(below(length, 0x7fff)),
};

/** Carries the lengths of bytes and arrays before the flexible versions: 32 bits, -1 for null. */
export const intLength: LengthCodec = {
  minimum: 4,
  read: (reader) => checked(reader.int32()),
  size: (length) => (below(length, 0x7fffffff), 4),
  write: (writer, length) => writer.int32(below(length, 0x7fffffff)),
};

/** Carries all lengths of the flexible versions: an unsigned varint, one more than the length, 0 for null. */
export const compactLength: LengthCodec = {
  minimum: 1,
  read(reader) {
    const length = reader.unsignedVarint();
    return length === 0 ? null : length - 1;
  },
  size: (length) => unsignedVarintSize(below(length, 0x7ffffffe) + 1),
  write: (writer, length) => writer.unsignedVarint(below(length, 0x7ffffffe) + 1),
};

/** Refuses the null of a field that cannot be null in this version. */
export function nullNotAllowed(): ProtocolError {
  return new ProtocolError('NULL_NOT_ALLOWED', 'A null is not allowed in this version.');
}

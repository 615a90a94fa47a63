import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** Reads, measures and writes the values of one field in one version. */
export interface Codec {
  /** The fewest bytes that a value takes; it bounds the count of an array before its items are read. */
  readonly minimum: number;
  read(reader: ByteReader): unknown;
  /** Returns how many bytes `write` writes; refuses what cannot be written. */
  size(value: unknown): number;
  write(writer: ByteWriter, value: unknown): void;
  /** Tells whether the value is the zero of its type, which struct defaults consist of. */
  isZero(value: unknown): boolean;
  /** The value of a field of this type that is absent and has no default of its own. */
  zero(): unknown;
}

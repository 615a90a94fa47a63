import { ProtocolError } from '../protocol-error.ts';
import type { PrimitiveType } from '../schema/field.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { Codec } from './codec.ts';
import { compactLength, intLength, nullNotAllowed, shortLength } from './length.ts';
import type { LengthCodec } from './length.ts';

/** The UUID of which all bits are 0: no id. */
export const zeroUuid = 'AAAAAAAAAAAAAAAAAAAAAA';

const noBytes = Buffer.alloc(0);

function fixed<T>(
  bytes: number,
  zero: T,
  read: (reader: ByteReader) => T,
  write: (writer: ByteWriter, value: T) => void,
): Codec {
  return {
    minimum: bytes,
    read,
    size: () => bytes,
    write: (writer, value) => write(writer, value as T),
    isZero: (value) => value === zero,
    zero: () => zero,
  };
}

const fixedCodecs: Partial<Record<PrimitiveType, Codec>> = {
  boolean: fixed(
    1,
    false,
    (reader) => reader.int8() !== 0,
    (writer, value) => writer.int8(truth(value)),
  ),
  int8: fixed(
    1,
    0,
    (reader) => reader.int8(),
    (writer, value) => writer.int8(value),
  ),
  int16: fixed(
    2,
    0,
    (reader) => reader.int16(),
    (writer, value) => writer.int16(value),
  ),
  int32: fixed(
    4,
    0,
    (reader) => reader.int32(),
    (writer, value) => writer.int32(value),
  ),
  int64: fixed(
    8,
    0,
    (reader) => reader.int64(),
    (writer, value) => writer.int64(value),
  ),
  uuid: fixed(
    16,
    zeroUuid,
    (reader) => reader.uuid(),
    (writer, value) => writer.uuid(value),
  ),
};

/** Makes the codec of a primitive type; `flexible` chooses compact lengths. */
export function primitiveCodec(type: PrimitiveType, flexible: boolean, nullable: boolean): Codec {
  const codec = fixedCodecs[type];
  if (codec !== undefined) return codec;
  if (type === 'string') return textCodec(flexible ? compactLength : shortLength, nullable);
  return bytesCodec(flexible ? compactLength : intLength, nullable, type === 'records');
}

function textCodec(lengths: LengthCodec, nullable: boolean): Codec {
  return {
    minimum: lengths.minimum,
    read(reader) {
      const length = lengths.read(reader);
      if (length !== null) return reader.text(length);
      if (!nullable) throw nullNotAllowed();
      return null;
    },
    size(value) {
      if (value === null && !nullable) throw nullNotAllowed();
      if (value === null) return lengths.size(null);
      if (typeof value !== 'string') throw new ProtocolError('NOT_ENCODABLE', 'A string is needed.');
      if (/\p{Surrogate}/u.test(value)) throw new ProtocolError('NOT_ENCODABLE', 'A string has half a character.');
      const length = Buffer.byteLength(value);
      return lengths.size(length) + length;
    },
    write(writer, value) {
      const text = value as string | null;
      lengths.write(writer, text === null ? null : Buffer.byteLength(text));
      if (text !== null) writer.text(text);
    },
    isZero: (value) => value === '',
    zero: () => '',
  };
}

function bytesCodec(lengths: LengthCodec, nullable: boolean, records: boolean): Codec {
  return {
    minimum: lengths.minimum,
    read(reader) {
      const length = lengths.read(reader);
      if (length !== null) return reader.bytes(length);
      if (!nullable) throw nullNotAllowed();
      return null;
    },
    size(value) {
      if (value === null && !nullable) throw nullNotAllowed();
      if (value === null) return lengths.size(null);
      if (!(value instanceof Uint8Array)) throw new ProtocolError('NOT_ENCODABLE', 'Bytes are needed.');
      return lengths.size(value.length) + value.length;
    },
    write(writer, value) {
      const bytes = value as Uint8Array | null;
      lengths.write(writer, bytes === null ? null : bytes.length);
      if (bytes !== null) writer.bytes(bytes);
    },
    isZero: records ? (value) => value === null : (value) => value !== null && (value as Uint8Array).length === 0,
    zero: () => (records && nullable ? null : noBytes),
  };
}

function truth(value: unknown): number {
  if (typeof value !== 'boolean') throw new ProtocolError('NOT_ENCODABLE', 'A boolean is needed.');
  return value ? 1 : 0;
}

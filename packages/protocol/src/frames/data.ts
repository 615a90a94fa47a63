import type { DataDefinition } from '../schema/api.ts';
import type { Fields, StructInput, StructValue } from '../schema/field.ts';
import { ByteReader } from '../wire/byte-reader.ts';
import { ByteWriter } from '../wire/byte-writer.ts';
import { dataCodec } from '../wire/message-codec.ts';

/** Writes a message that stands by itself, its version of 16 bits first. */
export function writeData<F extends Fields>(data: DataDefinition<F>, version: number, value: StructInput<F>): Buffer {
  const codec = dataCodec(data as unknown as DataDefinition, version);
  const writer = new ByteWriter(Buffer.allocUnsafe(2 + codec.size(value)));
  writer.int16(version);
  codec.write(writer, value);
  return writer.buffer;
}

/**
 * Reads a message that stands by itself, its version of 16 bits first. One of a newer version is read as the last that is
 * described, and what follows is left unread: members of groups promise each other that versions only append.
 */
export function readData<F extends Fields>(
  data: DataDefinition<F>,
  bytes: Uint8Array,
): { readonly version: number; readonly value: StructValue<F> } {
  const reader = new ByteReader(bytes);
  const version = reader.int16();
  const codec = dataCodec(data as unknown as DataDefinition, Math.min(version, data.versions[1]));
  return { version, value: codec.read(reader) as StructValue<F> };
}

import { conversionOf } from './logical.ts';
import { logicalsMatch, namesMatch } from './matching.ts';
import type { Read } from './reader.ts';
import type { FixedSchema, PrimitiveSchema, Schema } from './schema.ts';

const PROMOTIONS: Readonly<Record<string, Read>> = {
  'null>null': () => null,
  'boolean>boolean': (reader) => reader.readBoolean(),
  'int>int': (reader) => reader.readInt(),
  'int>long': (reader) => reader.readInt(),
  'int>float': (reader) => Math.fround(reader.readInt()),
  'int>double': (reader) => reader.readInt(),
  'long>long': (reader) => reader.readLong(),
  'long>float': (reader) => Math.fround(reader.readLongAsDouble()),
  'long>double': (reader) => reader.readLongAsDouble(),
  'float>float': (reader) => reader.readFloat(),
  'float>double': (reader) => reader.readFloat(),
  'double>double': (reader) => reader.readDouble(),
  'string>string': (reader) => reader.readString(),
  'string>bytes': (reader) => reader.readBytes(),
  'bytes>bytes': (reader) => reader.readBytes(),
  'bytes>string': (reader) => reader.readString(),
};

/** Builds the function that reads a primitive or fixed, promoted where needed; null where there is none. */
export function readPlain(writer: Schema, reader: Schema): Read | null {
  if (writer.kind === 'fixed' && reader.kind === 'fixed') {
    const { size } = writer;
    if (size !== reader.size || !namesMatch(writer, reader) || !logicalsMatch(writer.logical, reader.logical)) {
      return null;
    }
    return converted(reader, (source) => source.readFixed(size));
  }
  const read = PROMOTIONS[`${writer.kind}>${reader.kind}`];
  if (read === undefined || !isPrimitive(writer) || !isPrimitive(reader)) return null;
  return logicalsMatch(writer.logical, reader.logical) ? converted(reader, read) : null;
}

function converted(schema: PrimitiveSchema | FixedSchema, read: Read): Read {
  const conversion = conversionOf(schema);
  return conversion === null ? read : (source) => conversion.read(read(source));
}

function isPrimitive(schema: Schema): schema is PrimitiveSchema {
  return `${schema.kind}>${schema.kind}` in PROMOTIONS;
}

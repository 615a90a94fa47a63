import { conversionOf } from './logical.ts';
import { longFormIn } from './long-form.ts';
import { logicalsMatch, namesMatch } from './matching.ts';
import type { Read, Reader } from './reader.ts';
import type { ResolvedPlain } from './resolved.ts';
import type { LongForm, PrimitiveSchema, Schema } from './schema.ts';

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

const BIG_LONGS: Readonly<Record<string, Read>> = {
  int: (reader) => BigInt(reader.readInt()),
  long: (reader) => reader.readBigLong(),
};

/** Tells how a primitive or fixed is read as another; null where it cannot be. */
export function plainFits(writer: Schema, reader: Schema): ResolvedPlain | null {
  if (writer.kind === 'fixed' && reader.kind === 'fixed') {
    const isSame = writer.size === reader.size && namesMatch(writer, reader);
    return isSame && logicalsMatch(writer.logical, reader.logical) ? { kind: 'plain', writer, reader } : null;
  }
  if (!isPrimitive(writer) || !isPrimitive(reader) || !(`${writer.kind}>${reader.kind}` in PROMOTIONS)) return null;
  return logicalsMatch(writer.logical, reader.logical) ? { kind: 'plain', writer, reader } : null;
}

/** Builds the function that reads a primitive or fixed, promoted where needed. */
export function readPlain({ writer, reader }: ResolvedPlain, long: LongForm): Read {
  const conversion = conversionOf(reader, long);
  const isBig = reader.kind === 'long' && longFormIn(reader, long) === 'bigint';
  const read =
    writer.kind === 'fixed'
      ? (source: Reader) => source.readFixed(writer.size)
      : ((isBig ? BIG_LONGS[writer.kind] : PROMOTIONS[`${writer.kind}>${reader.kind}`]) as Read);
  return conversion === null ? read : (source) => conversion.read(read(source));
}

function isPrimitive(schema: Schema): schema is PrimitiveSchema {
  return `${schema.kind}>${schema.kind}` in PROMOTIONS;
}

import { refuse } from './describe.ts';
import { conversionOf } from './logical.ts';
import type { FixedSchema, LongForm, PrimitiveSchema } from './schema.ts';
import type { Write } from './writer.ts';

/** Builds the function that writes a primitive or fixed; a long may come as a number or a bigint, whatever its form. */
export function writePlain(schema: PrimitiveSchema | FixedSchema, long: LongForm): Write {
  const conversion = conversionOf(schema, long);
  const write = writeKind(schema);
  if (conversion === null) return write;
  return (writer, value) => {
    const plain = conversion.write(value);
    if (plain === undefined) return refuse(conversion.expects, value);
    write(writer, plain);
  };
}

function writeKind(schema: PrimitiveSchema | FixedSchema): Write {
  const expected = schema.logical === undefined ? schema.kind : `${schema.logical.type} (${schema.kind})`;
  switch (schema.kind) {
    case 'null':
      return (_, value) => (value === null ? undefined : refuse(expected, value));
    case 'boolean':
      return (writer, value) => (typeof value === 'boolean' ? writer.writeBoolean(value) : refuse(expected, value));
    case 'int':
      return (writer, value) =>
        typeof value === 'number' && (value | 0) === value ? writer.writeLong(value) : refuse(expected, value);
    case 'long':
      return (writer, value) => {
        if (Number.isSafeInteger(value)) writer.writeLong(value as number);
        else if (typeof value === 'bigint' && BigInt.asIntN(64, value) === value) writer.writeBigLong(value);
        else refuse(expected, value);
      };
    case 'float':
      return (writer, value) =>
        typeof value === 'number' && fitsFloat(value) ? writer.writeFloat(value) : refuse(expected, value);
    case 'double':
      return (writer, value) => (typeof value === 'number' ? writer.writeDouble(value) : refuse(expected, value));
    case 'string':
      return (writer, value) => {
        if (typeof value !== 'string') return refuse(expected, value);
        if (!writer.writeString(value)) refuse('well-formed text', value);
      };
    case 'bytes':
      return (writer, value) => {
        if (!(value instanceof Uint8Array)) return refuse(expected, value);
        writer.writeLong(value.length);
        writer.writeFixed(value);
      };
    case 'fixed':
      return (writer, value) =>
        value instanceof Uint8Array && value.length === schema.size
          ? writer.writeFixed(value)
          : refuse(`${schema.size} bytes`, value);
  }
}

/** Tells whether a number stays finite as a float; digits that a float lacks are rounded away. */
function fitsFloat(value: number): boolean {
  return Number.isFinite(Math.fround(value)) || !Number.isFinite(value);
}

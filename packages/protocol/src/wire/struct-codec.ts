import { ProtocolError, within } from '../protocol-error.ts';
import type { Fields } from '../schema/field.ts';
import { arrayCodec } from './array-codec.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { Codec } from './codec.ts';
import { nullNotAllowed } from './length.ts';
import { primitiveCodec } from './primitive-codec.ts';
import { structFields, writtenValue } from './struct-field.ts';
import type { StructField } from './struct-field.ts';
import { readTags, tagsSize, writeTags } from './tags.ts';
import type { Field, PrimitiveType } from '../schema/field.ts';

type Struct = Record<string, unknown>;

/** Says how a message is written: its version, whether that is flexible, and what to do with a value that the version cannot carry. */
export interface WireForm {
  readonly version: number;
  readonly flexible: boolean;
  /** Refuses values of fields that the version does not have; else they are left out. */
  readonly strict: boolean;
}

/** Makes the codec of a struct in one version, as closures over its fields. */
export function structCodec(fields: Fields, form: WireForm): Codec {
  const all = structFields(fields, form.version, (field) => fieldCodec(field, form));
  const body = all.filter((field) => field.present && field.tag === null);
  const tagged = new Map(all.flatMap((field) => (field.present && field.tag !== null ? [[field.tag, field]] : [])));
  const absent = all.filter((field) => !field.present);
  const { flexible } = form;
  return {
    minimum: body.reduce((sum, field) => sum + field.codec.minimum, flexible ? 1 : 0),
    read(reader) {
      const struct: Struct = {};
      for (const field of all) struct[field.name] = undefined;
      readFields(reader, body, struct);
      if (flexible) readTags(reader, tagged, struct);
      for (const field of all) if (struct[field.name] === undefined) struct[field.name] = field.absent();
      return struct;
    },
    size(value) {
      const struct = asStruct(value);
      if (form.strict) refuseAbsent(absent, struct, form.version);
      if (!flexible && struct['unknownTags'] !== undefined)
        throw new ProtocolError('NOT_IN_VERSION', `Version ${form.version} has no tagged fields.`);
      return fieldsSize(body, struct) + (flexible ? tagsSize(tagged, struct) : 0);
    },
    write(writer, value) {
      const struct = value as Struct;
      writeFields(writer, body, struct);
      if (flexible) writeTags(writer, tagged, struct);
    },
    isZero(value) {
      const struct = value as Struct | null;
      if (struct === null || struct['unknownTags'] !== undefined) return false;
      return all.every((field) => field.isDefault(writtenValue(field, struct)));
    },
    zero: () => Object.fromEntries(all.map((field) => [field.name, field.absent()])),
  };
}

function fieldCodec(field: Field, form: WireForm): Codec {
  const from = field.options.nullable;
  const nullable = from !== undefined && form.version >= from;
  if (field.type === 'array') return arrayCodec(fieldCodec(field.item as Field, form), form.flexible, nullable);
  if (field.type !== 'struct') return primitiveCodec(field.type as PrimitiveType, form.flexible, nullable);
  const codec = structCodec(field.fields as Fields, form);
  return from === undefined ? codec : nullableStruct(codec, nullable);
}

/** A struct that may be null stands behind a byte: -1 for null, 1 for a value. */
function nullableStruct(codec: Codec, nullable: boolean): Codec {
  return {
    ...codec,
    minimum: 1,
    read(reader) {
      const mark = reader.int8();
      if (mark >= 0) return codec.read(reader);
      if (!nullable) throw nullNotAllowed();
      return null;
    },
    size(value) {
      if (value !== null) return 1 + codec.size(value);
      if (!nullable) throw nullNotAllowed();
      return 1;
    },
    write(writer, value) {
      writer.int8(value === null ? -1 : 1);
      if (value !== null) codec.write(writer, value);
    },
  };
}

function readFields(reader: ByteReader, fields: readonly StructField[], struct: Struct): void {
  let index = 0;
  try {
    for (; index < fields.length; index++) {
      const field = fields[index] as StructField;
      struct[field.name] = field.codec.read(reader);
    }
  } catch (error) {
    throw within((fields[index] as StructField).name, error);
  }
}

function fieldsSize(fields: readonly StructField[], struct: Struct): number {
  let index = 0;
  let size = 0;
  try {
    for (; index < fields.length; index++) {
      const field = fields[index] as StructField;
      const value = writtenValue(field, struct);
      if (value === undefined) throw new ProtocolError('NOT_ENCODABLE', 'A value is needed.');
      size += field.codec.size(value);
    }
  } catch (error) {
    throw within((fields[index] as StructField).name, error);
  }
  return size;
}

function writeFields(writer: ByteWriter, fields: readonly StructField[], struct: Struct): void {
  let index = 0;
  try {
    for (; index < fields.length; index++) {
      const field = fields[index] as StructField;
      field.codec.write(writer, writtenValue(field, struct));
    }
  } catch (error) {
    throw within((fields[index] as StructField).name, error);
  }
}

function asStruct(value: unknown): Struct {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Struct;
  throw new ProtocolError('NOT_ENCODABLE', 'An object is needed.');
}

function refuseAbsent(absent: readonly StructField[], struct: Struct, version: number): void {
  for (const field of absent) {
    const value = struct[field.name];
    if (value === undefined || field.isDefault(value)) continue;
    throw new ProtocolError('NOT_IN_VERSION', `Version ${version} does not have this field.`, field.name);
  }
}

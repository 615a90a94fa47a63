import { AvroError, within } from './avro-error.ts';
import { nonNullBranch } from './branches.ts';
import { defaultValue } from './default-value.ts';
import { isObject, refuse } from './describe.ts';
import type { Field, LongForm, RecordSchema, Schema } from './schema.ts';
import type { Write } from './writer.ts';

/** Builds the function that writes a record; keys that are no fields are passed over. */
export function writeRecord(
  schema: RecordSchema,
  long: LongForm,
  known: Map<RecordSchema, Write>,
  compile: (schema: Schema) => Write,
): Write {
  const before = known.get(schema);
  if (before !== undefined) return before;
  const names = schema.fields.map((field) => field.name);
  const writes: Write[] = [];
  const { length } = names;
  const expected = schema.name === null ? 'record' : `record ${schema.name}`;
  const write: Write = (writer, value) => {
    if (!isObject(value)) return refuse(expected, value);
    writer.enter();
    let index = 0;
    try {
      for (; index < length; index++) (writes[index] as Write)(writer, value[names[index] as string]);
    } catch (error) {
      throw within(names[index] as string, error);
    }
    writer.leave();
  };
  known.set(schema, write);
  for (const field of schema.fields) writes.push(writeField(field, long, compile(field.type)));
  return write;
}

function writeField(field: Field, long: LongForm, write: Write): Write {
  // A record that lacks a field of such a name inherits what it seems to have.
  const inherited: unknown = (Object.prototype as Record<string, unknown>)[field.name];
  let fallback: unknown;
  return (writer, value) => {
    if (value !== undefined && (value !== inherited || inherited === undefined)) return write(writer, value);
    fallback ??= defaultValue(field, long);
    if (fallback === undefined) throw missing(field);
    write(writer, fallback);
  };
}

function missing(field: Field): AvroError {
  const hint = nonNullBranch(field.type) === null ? '' : ': null must be given as such';
  return new AvroError('NOT_ENCODABLE', `the field is missing and has no default${hint}`);
}

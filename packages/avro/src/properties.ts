import { SchemaError } from './schema-error.ts';
import type { LongForm, Properties, Schema } from './schema.ts';
import { count, inside, type Json, type Parsing, type Place } from './parsing.ts';

/** The attribute of a long, or of a field with longs, that says how they are held in memory. */
export const LONG_PROPERTY = 'headrace.long';

/** Returns the attributes that are not among the known ones, undefined for none; counted, since they are untrusted too. */
export function propertiesOf(
  json: Json,
  known: ReadonlySet<string>,
  place: Place,
  parsing: Parsing,
): { properties?: Properties } {
  let properties: Record<string, unknown> | null = null;
  for (const [name, value] of Object.entries(json)) {
    if (known.has(name)) continue;
    countValue(value, inside(place, name), parsing);
    properties ??= Object.create(null) as Record<string, unknown>;
    properties[name] = value;
  }
  return properties === null ? {} : { properties: Object.freeze(properties) };
}

/** Counts the parts of a value of JSON against the limits of a schema. */
export function countValue(json: unknown, place: Place, parsing: Parsing): void {
  count(1, place, parsing);
  if (typeof json !== 'object' || json === null) return;
  for (const [step, value] of Object.entries(json)) countValue(value, inside(place, step), parsing);
}

/** Reads the attribute that says how longs are held; undefined where it is missing. */
export function longFormOf(json: Json, place: Place): LongForm | undefined {
  const form = json[LONG_PROPERTY];
  if (form === undefined || form === 'number' || form === 'bigint') return form;
  const { pointer } = inside(place, LONG_PROPERTY);
  throw new SchemaError('BAD_PROPERTY', pointer, `"${LONG_PROPERTY}" is "number" or "bigint".`);
}

/** Gives the longs of a field's type a form, those of named types and those that say it themselves aside. */
export function withLongForm(schema: Schema, form: LongForm | undefined): Schema {
  if (form === undefined) return schema;
  switch (schema.kind) {
    case 'long':
      return schema.long === undefined ? Object.freeze({ ...schema, long: form }) : schema;
    case 'array':
      return Object.freeze({ ...schema, items: withLongForm(schema.items, form) });
    case 'map':
      return Object.freeze({ ...schema, values: withLongForm(schema.values, form) });
    case 'union':
      return Object.freeze({
        ...schema,
        branches: Object.freeze(schema.branches.map((branch) => withLongForm(branch, form))),
      });
    default:
      return schema;
  }
}

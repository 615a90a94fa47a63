import { MAX_DEFAULT_VALUES } from './limits.ts';
import { branchName, isTagged } from './branches.ts';
import { AvroError } from './avro-error.ts';
import { conversionOf } from './logical.ts';
import { longFormIn } from './long-form.ts';
import { SchemaError } from './schema-error.ts';
import type { Field, FixedSchema, LongForm, PrimitiveSchema, RecordSchema, Schema, UnionSchema } from './schema.ts';

/**
 * Returns a field's default as a fresh value in memory; undefined where the field has none.
 * A default of a union belongs to the first branch that takes it (Avro 1.12, "Complex Types: Records").
 * `long` says how longs are held; throws AvroError LONG_NOT_SAFE for one that a number does not hold exactly.
 */
export function defaultValue(field: Field, long: LongForm = 'number'): unknown {
  if (field.default === undefined) return undefined;
  return valueOfDefault(field.type, field.default, { left: MAX_DEFAULT_VALUES }, long);
}

/** Counts down the values that defaults may still spell out: records of records multiply. */
export interface DefaultBudget {
  left: number;
}

class Mismatch extends Error {}

/** Turns the JSON of a default into the value in memory; throws SchemaError where it does not fit its type. */
export function valueOfDefault(
  schema: Schema,
  json: unknown,
  budget: DefaultBudget,
  long: LongForm,
  pointer = '',
): unknown {
  try {
    return convert(schema, json, { budget, long });
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    throw new SchemaError('BAD_DEFAULT', pointer, error.message);
  }
}

interface Conversion {
  readonly budget: DefaultBudget;
  readonly long: LongForm;
}

function convert(schema: Schema, json: unknown, how: Conversion): unknown {
  if (--how.budget.left < 0) {
    throw new SchemaError('TOO_LARGE', '', `The defaults hold more than ${MAX_DEFAULT_VALUES} values.`);
  }
  switch (schema.kind) {
    case 'array':
      if (!Array.isArray(json)) return mismatch('an array', json);
      return json.map((item) => convert(schema.items, item, how));
    case 'map': {
      const entries: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
      for (const [key, value] of Object.entries(object(json))) entries[key] = convert(schema.values, value, how);
      return entries;
    }
    case 'record':
      return convertRecord(schema, object(json), how);
    case 'enum':
      return typeof json === 'string' && schema.symbols.includes(json) ? json : mismatch('one of its symbols', json);
    case 'union':
      return convertUnion(schema, json, how);
    default:
      return convertPlain(schema, json, how.long);
  }
}

function convertRecord(schema: RecordSchema, json: Record<string, unknown>, how: Conversion): unknown {
  const record: Record<string, unknown> = {};
  for (const field of schema.fields) {
    const given = Object.hasOwn(json, field.name) ? json[field.name] : field.default;
    if (given === undefined) throw new Mismatch(`The default has no value for the field "${field.name}".`);
    record[field.name] = convert(field.type, given, how);
  }
  return record;
}

function convertUnion(schema: UnionSchema, json: unknown, how: Conversion): unknown {
  for (const branch of schema.branches) {
    try {
      const value = convert(branch, json, how);
      return branch.kind === 'null' || !isTagged(schema) ? value : { [branchName(branch)]: value };
    } catch (error) {
      if (!(error instanceof Mismatch)) throw error;
    }
  }
  return mismatch('a value of one of the branches', json);
}

function convertPlain(schema: PrimitiveSchema | FixedSchema, json: unknown, long: LongForm): unknown {
  const plain = schema.kind === 'long' ? longValue(json, longFormIn(schema, long)) : plainValue(schema, json);
  const conversion = conversionOf(schema, long);
  if (conversion === null) return plain;
  try {
    return conversion.read(plain);
  } catch {
    return mismatch(conversion.expects, json);
  }
}

function plainValue(schema: PrimitiveSchema | FixedSchema, json: unknown): unknown {
  switch (schema.kind) {
    case 'null':
      return json === null ? null : mismatch('null', json);
    case 'boolean':
      return typeof json === 'boolean' ? json : mismatch('a boolean', json);
    case 'int':
      return typeof json === 'number' && (json | 0) === json ? json : mismatch('a 32-bit integer', json);
    case 'long':
      return longValue(json, 'number');
    case 'float':
    case 'double':
      return typeof json === 'number' || typeof json === 'bigint' ? Number(json) : mismatch('a number', json);
    case 'string':
      return typeof json === 'string' ? json : mismatch('a string', json);
    case 'bytes':
    case 'fixed': {
      // Code points 0 to 255 stand for bytes.
      // eslint-disable-next-line no-control-regex
      if (typeof json !== 'string' || !/^[\0-\xff]*$/.test(json)) return mismatch('a string of bytes', json);
      if (schema.kind === 'fixed' && json.length !== schema.size) return mismatch(`${schema.size} bytes`, json);
      return new Uint8Array(Buffer.from(json, 'latin1'));
    }
  }
}

function longValue(json: unknown, form: LongForm): number | bigint {
  if (typeof json === 'number' && Number.isInteger(json) && !Number.isSafeInteger(json)) {
    return mismatch('an integer of at most 53 bits where the schema is not read from its text', json);
  }
  if (typeof json === 'bigint' ? BigInt.asIntN(64, json) !== json : !Number.isSafeInteger(json)) {
    return mismatch('a 64-bit integer', json);
  }
  if (form === 'bigint') return BigInt(json as number | bigint);
  if (typeof json === 'number') return json;
  throw new AvroError('LONG_NOT_SAFE', `the default ${String(json)} cannot be held exactly in a number`);
}

function object(json: unknown): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return mismatch('an object', json);
  return json as Record<string, unknown>;
}

function mismatch(expected: string, json: unknown): never {
  const text = typeof json === 'object' && json !== null ? (Array.isArray(json) ? 'an array' : 'an object') : undefined;
  const shown = typeof json === 'bigint' ? String(json) : JSON.stringify(json);
  throw new Mismatch(`The default must be ${expected}, not ${text ?? shown?.slice(0, 40)}.`);
}

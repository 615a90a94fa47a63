import { nonNullBranch, type RecordSchema, type Schema } from '@headrace/avro';
import type { CelType } from '@headrace/cel';
import { isDynamic, type ValueType } from './edge-type.ts';

const dyn: CelType = { kind: 'dyn' };
const plain = {
  null: { kind: 'null' },
  boolean: { kind: 'bool' },
  int: { kind: 'int' },
  long: { kind: 'int' },
  float: { kind: 'double' },
  double: { kind: 'double' },
  bytes: { kind: 'bytes' },
  fixed: { kind: 'bytes' },
  string: { kind: 'string' },
} as const satisfies Record<string, CelType>;
const durationFields: ReadonlyMap<string, CelType> = new Map(
  ['months', 'days', 'milliseconds'].map((name) => [name, plain.int]),
);
const timestamp: CelType = { kind: 'timestamp' };
const duration: CelType = { kind: 'duration' };

const types = new WeakMap<Schema, CelType>();
const origins = new WeakMap<CelType, Schema>();

/** Gives the type that expressions see: an int for every whole number, a nullable for null or T, `dyn` for other unions and dynamic values. */
export function celTypeOf(type: ValueType): CelType {
  if (isDynamic(type)) return dyn;
  const known = types.get(type);
  if (known !== undefined) return known;
  if (type.kind === 'record') return recordTypeOf(type);
  const result = partTypeOf(type);
  types.set(type, result);
  if (result.kind === 'decimal' || result.kind === 'record') origins.set(result, type);
  return result;
}

/** Returns the schema that a record or decimal type of an expression was made from; null where it was computed. */
export function originOf(type: CelType): Schema | null {
  return origins.get(type) ?? null;
}

const builtTypes = new WeakMap<Schema, CelType>();

/**
 * Gives the type of a record that an expression builds. It is not the type of records that are read: those fit their schema, while
 * the parts of this one are looked at when it is written (an int may not fit into 32 bits).
 */
export function builtTypeOf(schema: RecordSchema): CelType & { kind: 'record' } {
  return builtType(celTypeOf(schema), schema) as CelType & { kind: 'record' };
}

function builtType(type: CelType, schema: Schema | null): CelType {
  switch (type.kind) {
    case 'record': {
      const origin = schema ?? originOf(type);
      return origin === null ? type : builtRecord(type, origin);
    }
    case 'list':
      return { kind: 'list', element: builtType(type.element, null) };
    case 'map':
      return { kind: 'map', key: type.key, value: builtType(type.value, null) };
    case 'nullable':
      return { kind: 'nullable', of: builtType(type.of, null) };
    default:
      return type;
  }
}

function builtRecord(type: CelType & { kind: 'record' }, origin: Schema): CelType {
  const known = builtTypes.get(origin);
  if (known !== undefined) return known;
  const fields = new Map<string, CelType>();
  const result: CelType = { kind: 'record', name: type.name, fields };
  builtTypes.set(origin, result);
  origins.set(result, origin);
  for (const [name, field] of type.fields) fields.set(name, builtType(field, null));
  return result;
}

// The type is known before its fields are, so that a record may contain itself.
function recordTypeOf(schema: Schema & { kind: 'record' }): CelType {
  const fields = new Map<string, CelType>();
  const result: CelType = { kind: 'record', name: schema.name, fields };
  types.set(schema, result);
  origins.set(result, schema);
  for (const field of schema.fields) fields.set(field.name, celTypeOf(field.type));
  return result;
}

function partTypeOf(schema: Exclude<Schema, { kind: 'record' }>): CelType {
  switch (schema.kind) {
    case 'array':
      return { kind: 'list', element: celTypeOf(schema.items) };
    case 'map':
      return { kind: 'map', key: plain.string, value: celTypeOf(schema.values) };
    case 'enum':
      return { kind: 'string', symbols: schema.symbols };
    case 'union': {
      const branch = nonNullBranch(schema);
      return branch === null ? dyn : nullable(celTypeOf(branch));
    }
    default:
      return logicalTypeOf(schema) ?? plain[schema.kind];
  }
}

function logicalTypeOf(
  schema: Exclude<Schema, { kind: 'record' | 'array' | 'map' | 'enum' | 'union' }>,
): CelType | null {
  // In its own unit, a long that is held as a bigint is a whole number like any other.
  if (schema.kind === 'long' && schema.long === 'bigint') return plain.long;
  switch (schema.logical?.type) {
    case 'date':
    case 'timestamp-millis':
    case 'timestamp-micros':
    case 'local-timestamp-millis':
    case 'local-timestamp-micros':
      return timestamp;
    case 'time-millis':
    case 'time-micros':
      return duration;
    case 'decimal':
      return { kind: 'decimal' };
    case 'uuid':
      return plain.string;
    case 'duration':
      return { kind: 'record', name: null, fields: durationFields };
    case 'timestamp-nanos':
    case 'local-timestamp-nanos':
      return plain.long;
    default:
      return null;
  }
}

function nullable(of: CelType): CelType {
  return of.kind === 'dyn' || of.kind === 'null' || of.kind === 'nullable' ? of : { kind: 'nullable', of };
}

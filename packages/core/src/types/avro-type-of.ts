import type { Field, Schema } from '@headrace/avro';
import type { CelType } from '@headrace/cel';
import { originOf } from './cel-type-of.ts';

/**
 * Gives the schema of a new field or key whose expression has this type; null where it cannot be known.
 * Instants become `timestamp-millis` and durations `time-micros`, the only type of Avro that expressions read as a duration.
 * Records and decimals keep the schema that they were read with; symbols of an enum become text.
 */
export function avroTypeOf(type: CelType): Schema | null {
  const origin = originOf(type);
  if (origin !== null) return origin;
  switch (type.kind) {
    case 'bool':
      return { kind: 'boolean' };
    case 'int':
    case 'uint':
      return { kind: 'long' };
    case 'double':
    case 'string':
    case 'bytes':
    case 'null':
      return { kind: type.kind };
    case 'timestamp':
      return { kind: 'long', logical: { type: 'timestamp-millis' } };
    case 'duration':
      return { kind: 'long', logical: { type: 'time-micros' } };
    case 'type':
      return { kind: 'string' };
    // An optional leaves its expression as its value or null.
    case 'optional':
    case 'nullable':
      return nullableOf(avroTypeOf(type.of));
    case 'list': {
      const items = avroTypeOf(type.element);
      return items === null ? null : { kind: 'array', items };
    }
    case 'map': {
      const values = type.key.kind === 'string' ? avroTypeOf(type.value) : null;
      return values === null ? null : { kind: 'map', values };
    }
    case 'record':
      return recordOf(type.fields);
    case 'decimal':
    case 'dyn':
    case 'error':
      return null;
  }
}

function nullableOf(schema: Schema | null): Schema | null {
  if (schema === null || schema.kind === 'null') return schema;
  if (schema.kind === 'union' && schema.branches.some(({ kind }) => kind === 'null')) return schema;
  return { kind: 'union', branches: [{ kind: 'null' }, schema] };
}

function recordOf(types: ReadonlyMap<string, CelType>): Schema | null {
  const fields: Field[] = [];
  for (const [name, type] of types) {
    const schema = avroTypeOf(type);
    if (schema === null) return null;
    fields.push({ name, type: schema, aliases: [] });
  }
  return { kind: 'record', name: null, fields };
}

import { SchemaError } from '../schema-error.ts';
import type { Field, RecordSchema, Schema } from '../schema.ts';
import { Evidence } from './evidence.ts';
import { isFieldName } from './field-name.ts';
import { textType } from './text-kind.ts';

/** Says how values are looked at. */
export interface InferSchemaOptions {
  /** `csv`: every value is a text, the empty one is null, and texts of numbers are numbers; `json` unless given. */
  readonly from?: 'json' | 'csv';
}

/** Holds a schema that was inferred, and what the sample left open. */
export interface InferredSchema {
  /** A record without a name; `schemaToText` and `schemaToJson` give it one. */
  readonly schema: RecordSchema;
  /** Sentences on places of which the sample says too little. */
  readonly notes: readonly string[];
}

/**
 * Infers the schema of records from a sample: a field that is null or missing somewhere is nullable, whole numbers are
 * `int` where all of them fit, else `long`, other numbers `double`, texts that all are dates or times of ISO 8601 the
 * logical type that holds them exactly; enums are not guessed. The same sample gives the same schema. Throws
 * SchemaError NOT_A_SCHEMA where a field is of two types that no schema reads, BAD_NAME where the
 * name of a field is none of Avro, TOO_DEEP and TOO_LARGE.
 */
export function inferSchema(records: Iterable<unknown>, options: InferSchemaOptions = {}): InferredSchema {
  const evidence = new Evidence(options.from ?? 'json');
  let count = 0;
  for (const record of records) {
    if (typeof record !== 'object' || record === null || Array.isArray(record)) {
      throw new SchemaError('NOT_A_SCHEMA', '', `Record ${count + 1} is no object.`);
    }
    evidence.add(record, 0);
    count++;
  }
  if (count === 0) throw new SchemaError('NOT_A_SCHEMA', '', 'The sample has no records.');
  const notes: string[] = [];
  const schema = recordOf(evidence, '', notes, options.from ?? 'json');
  return { schema, notes };
}

type From = 'json' | 'csv';

function typeOf(evidence: Evidence, path: string, notes: string[], from: From): Schema {
  const kinds = evidence.kinds();
  if (kinds.length > 1) {
    if (from === 'csv') return { kind: 'string' };
    const message = `The field "${path}" is ${kinds.join(' in one record and ')} in another: no schema reads both from JSON.`;
    throw new SchemaError('NOT_A_SCHEMA', `/${path}`, message);
  }
  const [kind] = kinds;
  switch (kind) {
    case 'a boolean':
      return { kind: 'boolean' };
    case 'a number':
      return { kind: evidence.numberKind() };
    case 'a text':
      return textType(evidence.texts);
    case 'a list':
      return { kind: 'array', items: itemsOf(evidence, path, notes, from) };
    case 'an object':
      return objectOf(evidence, path, notes, from);
    default:
      notes.push(`The sample shows nothing but null at "${path}".`);
      return { kind: 'null' };
  }
}

function itemsOf(evidence: Evidence, path: string, notes: string[], from: From): Schema {
  const items = evidence.items;
  if (items === null) {
    notes.push(`The sample shows only empty lists at "${path}".`);
    return { kind: 'null' };
  }
  return nullable(items, typeOf(items, `${path}[]`, notes, from));
}

function objectOf(evidence: Evidence, path: string, notes: string[], from: From): Schema {
  if (evidence.fields.size > 0 && [...evidence.fields.keys()].every(isFieldName)) {
    return recordOf(evidence, path, notes, from);
  }
  // Keys that are no names can only be those of a map.
  const values = new Evidence(from);
  for (const field of evidence.fields.values()) values.merge(field);
  if (evidence.fields.size === 0) notes.push(`The sample shows only empty objects at "${path}".`);
  return { kind: 'map', values: nullable(values, typeOf(values, `${path}{}`, notes, from)) };
}

function recordOf(evidence: Evidence, path: string, notes: string[], from: From): RecordSchema {
  const fields = [...evidence.fields].map(([name, field]): Field => {
    const place = path === '' ? name : `${path}.${name}`;
    if (!isFieldName(name)) {
      throw new SchemaError('BAD_NAME', `/${place}`, `"${name.slice(0, 100)}" cannot be the name of a field of Avro.`);
    }
    const type = typeOf(field, place, notes, from);
    const isOptional = field.hasNull || field.count < evidence.objects;
    if (!isOptional) return { name, type, aliases: [] };
    return { name, type: type.kind === 'null' ? type : orNull(type), default: null, aliases: [] };
  });
  return { kind: 'record', name: null, fields };
}

function nullable(evidence: Evidence, type: Schema): Schema {
  return evidence.hasNull && type.kind !== 'null' ? orNull(type) : type;
}

function orNull(type: Schema): Schema {
  return { kind: 'union', branches: [{ kind: 'null' }, type] };
}

import { namespaceOf, qualify, shortName } from './names.ts';
import { SchemaError } from './schema-error.ts';
import { LONG_PROPERTY } from './properties.ts';
import type { EnumSchema, Field, FixedSchema, Logical, PrimitiveSchema, RecordSchema, Schema } from './schema.ts';
import { schemasEqual } from './schemas-equal.ts';

/** Says how `schemaToJson` names what has no name. */
export interface SchemaJsonOptions {
  /** The full name of an outermost record without one: `Record` unless given. */
  readonly name?: string;
}

/**
 * Returns the JSON of a schema, which `parseSchema` turns into an equal one.
 * A named type is spelled out where it stands first and named after that; an inner record without a name takes one
 * from the record and field that hold it: `Order_items`. A default beyond 53 bits is a bigint, which `JSON.stringify`
 * refuses: `schemaToText` writes it.
 */
export function schemaToJson(schema: Schema, options: SchemaJsonOptions = {}): unknown {
  const naming: Naming = { defined: new Map(), taken: new Set(), names: new Map() };
  collectNames(schema, naming.taken, new Set());
  return typeToJson(schema, { suggestion: options.name ?? 'Record', namespace: '' }, naming);
}

interface Naming {
  readonly defined: Map<string, Schema>;
  /** Full names that the schema has, so that no derived name meets them. */
  readonly taken: Set<string>;
  /** Names given to records that have none. */
  readonly names: Map<RecordSchema, string>;
}

interface Place {
  readonly suggestion: string;
  readonly namespace: string;
}

type Named = EnumSchema | FixedSchema | RecordSchema;

function typeToJson(schema: Schema, place: Place, naming: Naming): unknown {
  switch (schema.kind) {
    case 'array':
      return { type: 'array', items: typeToJson(schema.items, place, naming), ...schema.properties };
    case 'map':
      return { type: 'map', values: typeToJson(schema.values, place, naming), ...schema.properties };
    case 'union':
      return schema.branches.map((branch) => typeToJson(branch, place, naming));
    case 'record':
    case 'enum':
    case 'fixed':
      return namedToJson(schema, place, naming);
    default:
      return primitiveToJson(schema);
  }
}

function primitiveToJson({ kind, logical, long, properties }: PrimitiveSchema): unknown {
  if (logical === undefined && long === undefined && properties === undefined) return kind;
  const form = long === undefined ? {} : { [LONG_PROPERTY]: long };
  return { type: kind, ...logicalToJson(logical), ...form, ...properties };
}

function namedToJson(schema: Named, place: Place, naming: Naming): unknown {
  const name = schema.name ?? nameRecord(schema, place, naming);
  const before = naming.defined.get(name);
  if (before !== undefined) {
    if (before === schema || schemasEqual(before, schema)) return name;
    throw new SchemaError('DUPLICATE_NAME', '', `Two different types have the name "${name}".`);
  }
  naming.defined.set(name, schema);
  const json = {
    type: schema.kind,
    name: shortName(name),
    ...(namespaceOf(name) === place.namespace ? {} : { namespace: namespaceOf(name) }),
    ...(schema.doc === undefined ? {} : { doc: schema.doc }),
    ...(schema.aliases === undefined || schema.aliases.length === 0 ? {} : { aliases: [...schema.aliases] }),
  };
  if (schema.kind === 'record') {
    const fields = schema.fields.map((field) => fieldToJson(field, name, naming));
    return { ...json, fields, ...schema.properties };
  }
  if (schema.kind === 'fixed')
    return { ...json, size: schema.size, ...logicalToJson(schema.logical), ...schema.properties };
  const fallback = schema.default === undefined ? {} : { default: schema.default };
  return { ...json, symbols: [...schema.symbols], ...fallback, ...schema.properties };
}

function fieldToJson(field: Field, recordName: string, naming: Naming): unknown {
  const namespace = namespaceOf(recordName);
  const suggestion = qualify(`${shortName(recordName)}_${field.name}`, namespace);
  return {
    name: field.name,
    type: typeToJson(field.type, { suggestion, namespace }, naming),
    ...(field.default === undefined ? {} : { default: field.default }),
    ...(field.aliases.length === 0 ? {} : { aliases: [...field.aliases] }),
    ...(field.order === undefined ? {} : { order: field.order }),
    ...(field.doc === undefined ? {} : { doc: field.doc }),
    ...field.properties,
  };
}

function nameRecord(schema: Named, place: Place, naming: Naming): string {
  if (schema.kind !== 'record') return place.suggestion;
  const before = naming.names.get(schema);
  if (before !== undefined) return before;
  let name = place.suggestion;
  for (let number = 2; naming.taken.has(name); number++) name = `${place.suggestion}_${number}`;
  naming.taken.add(name);
  naming.names.set(schema, name);
  return name;
}

function logicalToJson(logical: Logical | undefined): object {
  if (logical === undefined) return {};
  const { type, ...rest } = logical;
  return { logicalType: type, ...rest };
}

function collectNames(schema: Schema, names: Set<string>, seen: Set<Schema>): void {
  if (schema.kind === 'array') collectNames(schema.items, names, seen);
  if (schema.kind === 'map') collectNames(schema.values, names, seen);
  if (schema.kind === 'union') for (const branch of schema.branches) collectNames(branch, names, seen);
  if ('name' in schema && schema.name !== null) names.add(schema.name);
  if (schema.kind !== 'record' || seen.has(schema)) return;
  seen.add(schema);
  for (const field of schema.fields) collectNames(field.type, names, seen);
}

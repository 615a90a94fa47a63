import { branchName } from './branches.ts';
import { qualify } from './names.ts';
import { parseEnum, parseFixed, parseRecord } from './parse-named.ts';
import { parseLogical } from './parse-logical.ts';
import { count, inside, kindOfJson, type Json, type Parsing, type Place } from './parsing.ts';
import { LONG_PROPERTY, longFormOf, propertiesOf } from './properties.ts';
import { SchemaError } from './schema-error.ts';
import type { PrimitiveSchema, Schema } from './schema.ts';

const PRIMITIVES: ReadonlyMap<unknown, PrimitiveSchema> = new Map(
  (['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const).map((kind) => [
    kind,
    Object.freeze({ kind }),
  ]),
);
const PART = { array: new Set(['type', 'items']), map: new Set(['type', 'values']) };
const PRIMITIVE_ATTRIBUTES = new Set(['type']);
const LONG_ATTRIBUTES = new Set(['type', LONG_PROPERTY]);
const LOGICAL_ATTRIBUTES = ['logicalType', 'precision', 'scale'];

/** Parses a type of a schema's JSON: a name, an object, or the array of a union. */
export function parseType(json: unknown, place: Place, parsing: Parsing): Schema {
  count(1, place, parsing);
  if (typeof json === 'string') return PRIMITIVES.get(json) ?? parseReference(json, place, parsing);
  if (Array.isArray(json)) return parseUnion(json, place, parsing);
  if (typeof json !== 'object' || json === null) {
    const message = `A type is a name, an object or an array of types, not ${kindOfJson(json)}.`;
    throw new SchemaError('NOT_A_SCHEMA', place.pointer, message);
  }
  const object = json as Json;
  const type = object['type'];
  if (type === undefined) throw new SchemaError('NOT_A_SCHEMA', place.pointer, 'The object of a type needs "type".');
  if (typeof type !== 'string') return parseType(type, inside(place, 'type'), parsing);
  switch (type) {
    case 'array':
      return parseParts('array', object, place, parsing);
    case 'map':
      return parseParts('map', object, place, parsing);
    case 'enum':
      return parseEnum(object, place, parsing);
    case 'fixed':
      return parseFixed(object, place, parsing);
    case 'record':
    case 'error':
      return parseRecord(object, place, parsing);
    default:
      return parsePrimitive(type, object, place, parsing);
  }
}

function parseParts(kind: 'array' | 'map', json: Json, place: Place, parsing: Parsing): Schema {
  const part = kind === 'array' ? 'items' : 'values';
  if (json[part] === undefined) {
    const message = `${kind === 'array' ? 'An array' : 'A map'} needs "${part}".`;
    throw new SchemaError('NOT_A_SCHEMA', place.pointer, message);
  }
  const schema = parseType(json[part], inside(place, part), parsing);
  const properties = propertiesOf(json, PART[kind], place, parsing);
  return Object.freeze(
    kind === 'array' ? { kind, items: schema, ...properties } : { kind, values: schema, ...properties },
  );
}

function parsePrimitive(type: string, json: Json, place: Place, parsing: Parsing): Schema {
  const primitive = PRIMITIVES.get(type);
  if (primitive === undefined) return parseReference(type, inside(place, 'type'), parsing);
  const logical = parseLogical(type, json, place.pointer);
  const isLong = type === 'long';
  const long = isLong ? longFormOf(json, place) : undefined;
  // A logical type that is ignored is kept like any other attribute.
  const own = isLong ? LONG_ATTRIBUTES : PRIMITIVE_ATTRIBUTES;
  const known = logical === undefined ? own : new Set([...own, ...LOGICAL_ATTRIBUTES]);
  const schema = {
    ...primitive,
    ...(logical === undefined ? {} : { logical }),
    ...(long === undefined ? {} : { long }),
    ...propertiesOf(json, known, place, parsing),
  };
  return Object.keys(schema).length === 1 ? primitive : Object.freeze(schema);
}

function parseReference(name: string, place: Place, parsing: Parsing): Schema {
  const fullName = qualify(name, place.namespace);
  const schema = parsing.names.get(fullName) ?? parsing.names.get(name);
  if (schema !== undefined) return schema;
  const found = parsing.find(fullName, place) ?? (fullName === name ? undefined : parsing.find(name, place));
  if (found !== undefined) return found;
  throw new SchemaError(
    'UNKNOWN_TYPE',
    place.pointer,
    `There is no type "${name.slice(0, 100)}".${hint(name, parsing)}`,
  );
}

function hint(name: string, parsing: Parsing): string {
  const wanted = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  for (const known of [...PRIMITIVES.keys(), ...parsing.names.keys()] as string[]) {
    if (known.slice(known.lastIndexOf('.') + 1).toLowerCase() === wanted) return ` Did you mean "${known}"?`;
  }
  return ' A type must be defined before it is named.';
}

function parseUnion(json: readonly unknown[], place: Place, parsing: Parsing): Schema {
  if (json.length === 0) throw new SchemaError('EMPTY_UNION', place.pointer, 'A union needs a branch.');
  const names = new Set<string>();
  const branches = json.map((item, index) => {
    const at = inside(place, index);
    const branch = parseType(item, at, parsing);
    if (branch.kind === 'union') throw new SchemaError('NESTED_UNION', at.pointer, 'A union stands in a union.');
    const name = branchName(branch);
    if (names.has(name)) {
      throw new SchemaError('DUPLICATE_BRANCH', at.pointer, `The union has two branches "${name}".`);
    }
    names.add(name);
    return branch;
  });
  return Object.freeze({ kind: 'union', branches: Object.freeze(branches) });
}

import { branchName } from './branches.ts';
import { valueOfDefault, type DefaultBudget } from './default-value.ts';
import {
  MAX_DEFAULT_VALUES,
  MAX_EMPTY_VALUES,
  MAX_SCHEMA_DEPTH,
  MAX_SCHEMA_HEIGHT,
  MAX_SCHEMA_NODES,
} from './limits.ts';
import { checkFieldName, checkFullName, checkSimpleName, namespaceOf, qualify } from './names.ts';
import { parseLogical } from './parse-logical.ts';
import { SchemaError } from './schema-error.ts';
import type { Field, PrimitiveSchema, Schema } from './schema.ts';
import { sizeOf, type Size } from './sizes.ts';

/**
 * Parses the JSON of a schema (Avro 1.12, "Schema Declaration"), given as the value that `JSON.parse` returns.
 * Names are resolved, attributes that Avro does not know are dropped, unknown logical types are ignored.
 * Throws SchemaError, also for what is valid and larger than the limits of this package.
 */
export function parseSchema(json: unknown): Schema {
  const parsing: Parsing = { names: new Map(), sizes: new Map(), defaults: [], nodes: 0 };
  const schema = parseType(json, { pointer: '', namespace: '', depth: 0 }, parsing);
  const budget: DefaultBudget = { left: MAX_DEFAULT_VALUES };
  for (const { field, pointer } of parsing.defaults) valueOfDefault(field.type, field.default, budget, pointer);
  return schema;
}

interface Parsing {
  readonly names: Map<string, Schema>;
  readonly sizes: Map<Schema, Size>;
  /** Checked at the end, when all names are known. */
  readonly defaults: { field: Field; pointer: string }[];
  nodes: number;
}

interface Place {
  readonly pointer: string;
  readonly namespace: string;
  readonly depth: number;
}

type Json = Record<string, unknown>;

const PRIMITIVES: ReadonlyMap<unknown, PrimitiveSchema> = new Map(
  (['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const).map((kind) => [
    kind,
    Object.freeze({ kind }),
  ]),
);

function parseType(json: unknown, place: Place, parsing: Parsing): Schema {
  count(1, place.pointer, parsing);
  if (place.depth > MAX_SCHEMA_DEPTH) {
    throw new SchemaError('TOO_DEEP', place.pointer, `Types nest more than ${MAX_SCHEMA_DEPTH} deep.`);
  }
  if (typeof json === 'string') return PRIMITIVES.get(json) ?? parseReference(json, place, parsing);
  if (Array.isArray(json)) return parseUnion(json, place, parsing);
  if (typeof json !== 'object' || json === null) {
    throw new SchemaError('NOT_A_SCHEMA', place.pointer, 'A type is a name, an object or an array of types.');
  }
  const object = json as Json;
  const type = object['type'];
  if (typeof type !== 'string') return parseType(type, inside(place, 'type'), parsing);
  switch (type) {
    case 'array':
      return Object.freeze({ kind: 'array', items: parsePart(object, 'items', place, parsing) });
    case 'map':
      return Object.freeze({ kind: 'map', values: parsePart(object, 'values', place, parsing) });
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

function parsePrimitive(type: string, json: Json, place: Place, parsing: Parsing): Schema {
  const primitive = PRIMITIVES.get(type);
  if (primitive === undefined) return parseReference(type, place, parsing);
  const logical = parseLogical(type, json, place.pointer);
  return logical === undefined ? primitive : Object.freeze({ ...primitive, logical });
}

function parseReference(name: string, place: Place, parsing: Parsing): Schema {
  const schema = parsing.names.get(qualify(name, place.namespace)) ?? parsing.names.get(name);
  if (schema !== undefined) return schema;
  throw new SchemaError('UNKNOWN_TYPE', place.pointer, `There is no type "${name.slice(0, 100)}".`);
}

function parsePart(json: Json, part: 'items' | 'values', place: Place, parsing: Parsing): Schema {
  if (json[part] !== undefined) return parseType(json[part], inside(place, part), parsing);
  throw new SchemaError('NOT_A_SCHEMA', place.pointer, `The type has no "${part}".`);
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

function parseEnum(json: Json, place: Place, parsing: Parsing): Schema {
  const named = parseNamed(json, place, parsing);
  const symbols = list(json['symbols'], 'symbols', place, parsing);
  const seen = new Set<string>();
  for (const [index, symbol] of symbols.entries()) {
    const { pointer } = inside(inside(place, 'symbols'), index);
    const checked = checkSimpleName(symbol, 'symbol', pointer);
    if (seen.has(checked)) {
      throw new SchemaError('DUPLICATE_SYMBOL', pointer, `The symbol "${checked}" stands twice.`);
    }
    seen.add(checked);
  }
  const fallback = json['default'];
  if (fallback === undefined) return define({ kind: 'enum', ...named, symbols: Object.freeze([...seen]) }, parsing);
  if (typeof fallback !== 'string' || !seen.has(fallback)) {
    throw new SchemaError('BAD_DEFAULT', inside(place, 'default').pointer, 'The default is not one of the symbols.');
  }
  return define({ kind: 'enum', ...named, symbols: Object.freeze([...seen]), default: fallback }, parsing);
}

function parseFixed(json: Json, place: Place, parsing: Parsing): Schema {
  const named = parseNamed(json, place, parsing);
  const size = json['size'];
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || size > 0x7fff_ffff) {
    throw new SchemaError('BAD_SIZE', inside(place, 'size').pointer, 'The size of a fixed is a number of bytes.');
  }
  const logical = parseLogical('fixed', json, place.pointer, size);
  return define({ kind: 'fixed', ...named, size, ...(logical === undefined ? {} : { logical }) }, parsing);
}

function parseRecord(json: Json, place: Place, parsing: Parsing): Schema {
  const named = parseNamed(json, place, parsing);
  const fields: Field[] = [];
  const schema: Schema = { kind: 'record', ...named, fields };
  parsing.names.set(named.name, schema);
  parsing.sizes.set(schema, { bytes: 0, empties: 0, height: 0 });
  const inner = { ...place, namespace: namespaceOf(named.name), depth: place.depth + 1 };
  const names = new Set<string>();
  for (const [index, item] of list(json['fields'], 'fields', place, parsing).entries()) {
    const at = inside(inside(inner, 'fields'), index);
    const field = parseField(item, { ...at, depth: inner.depth }, parsing);
    if (names.has(field.name)) {
      throw new SchemaError('DUPLICATE_FIELD', at.pointer, `The record has two fields "${field.name}".`);
    }
    names.add(field.name);
    fields.push(field);
  }
  Object.freeze(fields);
  parsing.sizes.delete(schema);
  const size = sizeOf(schema, parsing.sizes);
  if (size.empties > MAX_EMPTY_VALUES) {
    throw new SchemaError('TOO_LARGE', place.pointer, `The record holds more than ${MAX_EMPTY_VALUES} empty values.`);
  }
  if (size.height > MAX_SCHEMA_HEIGHT) {
    throw new SchemaError('TOO_DEEP', place.pointer, `The record holds types more than ${MAX_SCHEMA_HEIGHT} deep.`);
  }
  return Object.freeze(schema);
}

function parseField(json: unknown, place: Place, parsing: Parsing): Field {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new SchemaError('NOT_A_SCHEMA', place.pointer, 'A field is an object.');
  }
  const object = json as Json;
  const name = checkFieldName(object['name'], inside(place, 'name').pointer);
  if (object['type'] === undefined) {
    throw new SchemaError('NOT_A_SCHEMA', place.pointer, `The field "${name}" has no type.`);
  }
  const type = parseType(object['type'], { ...inside(place, 'type'), depth: place.depth }, parsing);
  const aliases = parseAliases(object, place, parsing, (alias, at) => checkSimpleName(alias, 'field', at));
  const field: Field = Object.freeze({ name, type, aliases, ...docOf(object), ...defaultOf(object) });
  if ('default' in field) parsing.defaults.push({ field, pointer: inside(place, 'default').pointer });
  return field;
}

function defaultOf(json: Json): { default?: unknown } {
  return json['default'] === undefined ? {} : { default: json['default'] };
}

function docOf(json: Json): { doc?: string } {
  return typeof json['doc'] === 'string' ? { doc: json['doc'] } : {};
}

function parseNamed(json: Json, place: Place, parsing: Parsing): { name: string; aliases?: readonly string[] } {
  const { pointer } = inside(place, 'name');
  const name = checkFullName(json['name'], json['namespace'], place.namespace, pointer);
  if (parsing.names.has(name)) throw new SchemaError('DUPLICATE_NAME', pointer, `Two types have the name "${name}".`);
  const namespace = namespaceOf(name);
  const aliases = parseAliases(json, place, parsing, (alias, at) => checkFullName(alias, undefined, namespace, at));
  return { name, ...(aliases.length === 0 ? {} : { aliases }), ...docOf(json) };
}

function parseAliases(
  json: Json,
  place: Place,
  parsing: Parsing,
  check: (alias: unknown, pointer: string) => string,
): readonly string[] {
  if (json['aliases'] === undefined) return NO_ALIASES;
  const at = inside(place, 'aliases');
  const aliases = list(json['aliases'], 'aliases', place, parsing);
  return Object.freeze(aliases.map((alias, index) => check(alias, inside(at, index).pointer)));
}

const NO_ALIASES: readonly string[] = Object.freeze([]);

function define(schema: Schema & { name: string }, parsing: Parsing): Schema {
  parsing.names.set(schema.name, schema);
  return Object.freeze(schema);
}

function list(json: unknown, what: string, place: Place, parsing: Parsing): readonly unknown[] {
  if (!Array.isArray(json)) throw new SchemaError('NOT_A_SCHEMA', place.pointer, `"${what}" must be an array.`);
  count(json.length, inside(place, what).pointer, parsing);
  return json;
}

function count(nodes: number, pointer: string, parsing: Parsing): void {
  parsing.nodes += nodes;
  if (parsing.nodes <= MAX_SCHEMA_NODES) return;
  throw new SchemaError('TOO_LARGE', pointer, `The schema has more than ${MAX_SCHEMA_NODES} types and fields.`);
}

function inside(place: Place, step: string | number): Place {
  return { pointer: `${place.pointer}/${step}`, namespace: place.namespace, depth: place.depth + 1 };
}

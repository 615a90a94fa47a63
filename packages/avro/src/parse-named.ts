import { MAX_EMPTY_VALUES, MAX_SCHEMA_HEIGHT } from './limits.ts';
import { checkFullName, checkSimpleName, namespaceOf } from './names.ts';
import { parseAliases, parseField } from './parse-field.ts';
import { parseLogical } from './parse-logical.ts';
import { inside, kindOfJson, list, type Json, type Parsing, type Place } from './parsing.ts';
import { propertiesOf } from './properties.ts';
import { SchemaError } from './schema-error.ts';
import type { Field, Schema } from './schema.ts';
import { sizeOf } from './sizes.ts';

const NAMED = ['type', 'name', 'namespace', 'doc', 'aliases'];
const ENUM_ATTRIBUTES = new Set([...NAMED, 'symbols', 'default']);
const FIXED_ATTRIBUTES = new Set([...NAMED, 'size']);
const LOGICAL_FIXED_ATTRIBUTES = new Set([...FIXED_ATTRIBUTES, 'logicalType', 'precision', 'scale']);
const RECORD_ATTRIBUTES = new Set([...NAMED, 'fields']);

/** Parses the object of an enum. */
export function parseEnum(json: Json, place: Place, parsing: Parsing): Schema {
  const named = parseName(json, place, parsing);
  const symbols = list(json, 'symbols', place, parsing);
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
  if (fallback !== undefined && (typeof fallback !== 'string' || !seen.has(fallback))) {
    throw new SchemaError('BAD_DEFAULT', inside(place, 'default').pointer, 'The default is not one of the symbols.');
  }
  const schema = {
    kind: 'enum' as const,
    ...named,
    symbols: Object.freeze([...seen]),
    ...(fallback === undefined ? {} : { default: fallback }),
    ...propertiesOf(json, ENUM_ATTRIBUTES, place, parsing),
  };
  return define(schema, parsing);
}

/** Parses the object of a fixed. */
export function parseFixed(json: Json, place: Place, parsing: Parsing): Schema {
  const named = parseName(json, place, parsing);
  const size = json['size'];
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || size > 0x7fff_ffff) {
    const found = typeof size === 'number' ? String(size) : kindOfJson(size);
    const message = `The size of a fixed is a number of bytes below 2^31, not ${size === undefined ? 'missing' : found}.`;
    throw new SchemaError('BAD_SIZE', inside(place, 'size').pointer, message);
  }
  const logical = parseLogical('fixed', json, place.pointer, size);
  const known = logical === undefined ? FIXED_ATTRIBUTES : LOGICAL_FIXED_ATTRIBUTES;
  const properties = propertiesOf(json, known, place, parsing);
  return define(
    { kind: 'fixed', ...named, size, ...(logical === undefined ? {} : { logical }), ...properties },
    parsing,
  );
}

/** Parses the object of a record; its name is known before its fields are, so that it may contain itself. */
export function parseRecord(json: Json, place: Place, parsing: Parsing): Schema {
  const named = parseName(json, place, parsing);
  const fields: Field[] = [];
  const schema: Schema = { kind: 'record', ...named, fields, ...propertiesOf(json, RECORD_ATTRIBUTES, place, parsing) };
  parsing.names.set(named.name, schema);
  parsing.sizes.set(schema, { bytes: 0, empties: 0, height: 0 });
  const inner = { ...place, namespace: namespaceOf(named.name), depth: place.depth + 1 };
  const names = new Set<string>();
  for (const [index, item] of list(json, 'fields', place, parsing).entries()) {
    const at = inside(inside(inner, 'fields'), index);
    const field = parseField(item, { ...at, depth: inner.depth }, parsing);
    if (names.has(field.name)) {
      throw new SchemaError('DUPLICATE_FIELD', at.pointer, `The record has two fields "${field.name}".`);
    }
    names.add(field.name);
    fields.push(field);
  }
  Object.freeze(fields);
  checkSize(schema, place, parsing);
  return Object.freeze(schema);
}

function checkSize(schema: Schema, place: Place, parsing: Parsing): void {
  parsing.sizes.delete(schema);
  const size = sizeOf(schema, parsing.sizes);
  if (size.empties > MAX_EMPTY_VALUES) {
    throw new SchemaError('TOO_LARGE', place.pointer, `The record holds more than ${MAX_EMPTY_VALUES} empty values.`);
  }
  if (size.height > MAX_SCHEMA_HEIGHT) {
    throw new SchemaError('TOO_DEEP', place.pointer, `The record holds types more than ${MAX_SCHEMA_HEIGHT} deep.`);
  }
}

function parseName(
  json: Json,
  place: Place,
  parsing: Parsing,
): { name: string; aliases?: readonly string[]; doc?: string } {
  const { pointer } = inside(place, 'name');
  const name = checkFullName(json['name'], json['namespace'], place.namespace, pointer);
  if (parsing.names.has(name)) throw new SchemaError('DUPLICATE_NAME', pointer, `Two types have the name "${name}".`);
  const namespace = namespaceOf(name);
  const aliases = parseAliases(json, place, parsing, (alias, at) => checkFullName(alias, undefined, namespace, at));
  const doc = typeof json['doc'] === 'string' ? { doc: json['doc'] } : {};
  return { name, ...(aliases.length === 0 ? {} : { aliases }), ...doc };
}

function define(schema: Schema & { name: string }, parsing: Parsing): Schema {
  parsing.names.set(schema.name, schema);
  return Object.freeze(schema);
}

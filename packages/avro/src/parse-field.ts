import { checkFieldName, checkSimpleName } from './names.ts';
import { inside, kindOfJson, list, type Json, type Parsing, type Place } from './parsing.ts';
import { countValue, LONG_PROPERTY, longFormOf, propertiesOf, withLongForm } from './properties.ts';
import { SchemaError } from './schema-error.ts';
import type { Field } from './schema.ts';

const FIELD_ATTRIBUTES = new Set(['name', 'type', 'doc', 'default', 'order', 'aliases', LONG_PROPERTY]);
const ORDERS: ReadonlySet<unknown> = new Set(['ascending', 'descending', 'ignore']);
const NO_ALIASES: readonly string[] = Object.freeze([]);

/** Parses the object of a record's field; its default is checked later, when all types are known. */
export function parseField(json: unknown, place: Place, parsing: Parsing): Field {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new SchemaError('NOT_A_SCHEMA', place.pointer, `A field is an object, not ${kindOfJson(json)}.`);
  }
  const object = json as Json;
  const name = checkFieldName(object['name'], inside(place, 'name').pointer);
  if (object['type'] === undefined) {
    throw new SchemaError('NOT_A_SCHEMA', place.pointer, `The field "${name}" has no type.`);
  }
  const type = parsing.parseType(object['type'], { ...inside(place, 'type'), depth: place.depth });
  const aliases = parseAliases(object, place, parsing, (alias, at) => checkSimpleName(alias, 'field', at));
  const field: Field = Object.freeze({
    name,
    type: withLongForm(type, longFormOf(object, place)),
    aliases,
    ...(typeof object['doc'] === 'string' ? { doc: object['doc'] } : {}),
    ...orderOf(object, place),
    ...(object['default'] === undefined ? {} : { default: object['default'] }),
    ...propertiesOf(object, FIELD_ATTRIBUTES, place, parsing),
  });
  if ('default' in field) {
    const at = inside(place, 'default');
    countValue(field.default, at, parsing);
    parsing.defaults.push({ field, pointer: at.pointer, source: parsing.source });
  }
  return field;
}

/** Parses the aliases of a field or a named type. */
export function parseAliases(
  json: Json,
  place: Place,
  parsing: Parsing,
  check: (alias: unknown, pointer: string) => string,
): readonly string[] {
  if (json['aliases'] === undefined) return NO_ALIASES;
  const at = inside(place, 'aliases');
  const aliases = list(json, 'aliases', place, parsing);
  return Object.freeze(aliases.map((alias, index) => check(alias, inside(at, index).pointer)));
}

function orderOf(json: Json, place: Place): { order?: 'ascending' | 'descending' | 'ignore' } {
  const order = json['order'];
  if (order === undefined) return {};
  if (ORDERS.has(order)) return { order: order as 'ascending' };
  const message = 'The order of a field is "ascending", "descending" or "ignore".';
  throw new SchemaError('BAD_ORDER', inside(place, 'order').pointer, message);
}

import { valueOfDefault } from './default-value.ts';
import { MAX_DEFAULT_VALUES, MAX_SCHEMA_HEIGHT, MAX_SCHEMAS } from './limits.ts';
import { collectNamed, definedNames } from './named-types.ts';
import { parseJson } from './parse-json.ts';
import { parseType } from './parse-type.ts';
import { ROOT, type Parsing, type Place } from './parsing.ts';
import { SchemaError } from './schema-error.ts';
import type { Schema } from './schema.ts';

/** Says what a schema may refer to besides the types that it defines. */
export interface ParseOptions {
  /** Schemas that were parsed before: it may name their types, those inside of them too. */
  readonly types?: Iterable<Schema>;
  /**
   * Returns the JSON of the schema that defines a type, undefined where there is none; called once for each name that
   * is not known. The name is the full one, and checked: letters, digits, `_` and dots.
   */
  readonly find?: (fullName: string) => { readonly source: string; readonly json: unknown } | undefined;
}

/**
 * Parses the JSON of a schema (Avro 1.12, "Schema Declaration"), given as the value that `JSON.parse` returns.
 * Names are resolved; attributes that Avro does not know are kept as properties, also those of logical types that are
 * unknown or do not fit, which are ignored otherwise. Throws SchemaError, also for what is valid and larger than the
 * limits of this package.
 */
export function parseSchema(json: unknown, options: ParseOptions = {}): Schema {
  const parsing = beginParsing();
  for (const type of options.types ?? []) collectNamed(type, parsing.names);
  const asked = new Set<string>();
  parsing.find = (fullName, place) => {
    if (asked.has(fullName) || options.find === undefined || !NAME.test(fullName)) return undefined;
    asked.add(fullName);
    const found = options.find(fullName);
    if (found === undefined) return undefined;
    if (asked.size > MAX_SCHEMAS)
      throw new SchemaError('TOO_LARGE', place.pointer, `More than ${MAX_SCHEMAS} schemas.`);
    parseSource(found.source, found.json, parsing, place.depth);
    return parsing.names.get(fullName);
  };
  const schema = parseType(json, ROOT, parsing);
  checkDefaults(parsing);
  return schema;
}

/**
 * Parses the text of a schema: as `parseSchema`, but a default beyond 53 bits keeps all of its digits.
 * Throws SchemaError NOT_JSON for a text that is no JSON.
 */
export function parseSchemaText(text: string, options: ParseOptions = {}): Schema {
  return parseSchema(parseJson(text), options);
}

/**
 * Parses schemas that were given together: each may name types that another one defines, in any order.
 * The keys of `sources`, names of files for instance, say in an error's `source` where it is. Throws SchemaError.
 */
export function parseSchemas(sources: ReadonlyMap<string, unknown>): ReadonlyMap<string, Schema> {
  if (sources.size > MAX_SCHEMAS) throw new SchemaError('TOO_LARGE', '', `More than ${MAX_SCHEMAS} schemas.`);
  const parsing = beginParsing();
  const definers = new Map<string, string>();
  for (const [source, json] of sources) {
    for (const name of definedNames(json)) if (!definers.has(name)) definers.set(name, source);
  }
  const schemas = new Map<string, Schema>();
  const begun = new Set<string>();
  const parseOne = (source: string, depth: number): void => {
    if (begun.has(source)) return;
    begun.add(source);
    schemas.set(source, parseSource(source, sources.get(source), parsing, depth));
  };
  parsing.find = (fullName, place) => {
    const source = definers.get(fullName);
    if (source !== undefined) parseOne(source, place.depth);
    return parsing.names.get(fullName);
  };
  for (const source of sources.keys()) parseOne(source, 0);
  checkDefaults(parsing);
  return new Map([...sources.keys()].map((source) => [source, schemas.get(source) as Schema]));
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/;

function beginParsing(): Parsing {
  const parsing: Parsing = {
    names: new Map(),
    sizes: new Map(),
    defaults: [],
    budget: { left: MAX_DEFAULT_VALUES },
    source: null,
    nodes: 0,
    outerDepth: 0,
    parseType: (json, place) => parseType(json, place, parsing),
    find: () => undefined,
  };
  return parsing;
}

/** Parses a source in the middle of another one, whose counts are kept for later. */
function parseSource(source: string, json: unknown, parsing: Parsing, depth: number): Schema {
  const outer = { source: parsing.source, nodes: parsing.nodes, outerDepth: parsing.outerDepth };
  Object.assign(parsing, { source, nodes: 0, outerDepth: outer.outerDepth + depth + 1 });
  return inSource(source, () => {
    if (parsing.outerDepth > MAX_SCHEMA_HEIGHT) {
      throw new SchemaError('TOO_DEEP', '', `The schemas refer to each other more than ${MAX_SCHEMA_HEIGHT} deep.`);
    }
    const schema = parseType(json, ROOT satisfies Place, parsing);
    Object.assign(parsing, outer);
    return schema;
  });
}

function checkDefaults(parsing: Parsing): void {
  for (const { field, pointer, source } of parsing.defaults) {
    inSource(source, () => valueOfDefault(field.type, field.default, parsing.budget, 'bigint', pointer));
  }
}

function inSource<T>(source: string | null, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof SchemaError) error.source ??= source;
    throw error;
  }
}

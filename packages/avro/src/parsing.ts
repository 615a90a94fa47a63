import type { DefaultBudget } from './default-value.ts';
import { MAX_SCHEMA_DEPTH, MAX_SCHEMA_NODES } from './limits.ts';
import { SchemaError } from './schema-error.ts';
import type { Field, Schema } from './schema.ts';
import type { Size } from './sizes.ts';

/** An object of the schema's JSON. */
export type Json = Readonly<Record<string, unknown>>;

/** Says where in the schema's JSON the parser stands. */
export interface Place {
  /** A JSON pointer (RFC 6901). */
  readonly pointer: string;
  readonly namespace: string;
  readonly depth: number;
}

/** Holds what the parser of one set of schemas has found. */
export interface Parsing {
  readonly names: Map<string, Schema>;
  readonly sizes: Map<Schema, Size>;
  /** Checked at the end, when all names are known. */
  readonly defaults: { readonly field: Field; readonly pointer: string; readonly source: string | null }[];
  readonly budget: DefaultBudget;
  /** The source that is being parsed. */
  source: string | null;
  /** Types and fields of that source so far. */
  nodes: number;
  /** How deep the sources stand that wait for this one. */
  outerDepth: number;
  /** Parses a type; here, so that the files of the parser need not import each other in a circle. */
  parseType(json: unknown, place: Place): Schema;
  /** Finds a type that none of the parsed sources has defined so far. */
  find(fullName: string, place: Place): Schema | undefined;
}

/** The place at which a schema begins. */
export const ROOT: Place = { pointer: '', namespace: '', depth: 0 };

/** Returns the place one step further down. */
export function inside(place: Place, step: string | number): Place {
  const escaped = typeof step === 'number' ? step : step.replaceAll('~', '~0').replaceAll('/', '~1');
  return { pointer: `${place.pointer}/${escaped}`, namespace: place.namespace, depth: place.depth + 1 };
}

/** Counts parts of the schema and throws where there are too many, or they stand too deep. */
export function count(nodes: number, place: Place, parsing: Parsing): void {
  parsing.nodes += nodes;
  if (parsing.nodes > MAX_SCHEMA_NODES) {
    const message = `The schema has more than ${MAX_SCHEMA_NODES} types, fields and attributes.`;
    throw new SchemaError('TOO_LARGE', place.pointer, message);
  }
  if (place.depth > MAX_SCHEMA_DEPTH) {
    throw new SchemaError('TOO_DEEP', place.pointer, `The schema nests more than ${MAX_SCHEMA_DEPTH} deep.`);
  }
}

/** Returns an attribute that must be an array, counted. */
export function list(json: Json, attribute: string, place: Place, parsing: Parsing): readonly unknown[] {
  const items = json[attribute];
  if (!Array.isArray(items)) {
    const found = items === undefined ? 'it is missing' : `it is ${kindOfJson(items)}`;
    throw new SchemaError('NOT_A_SCHEMA', place.pointer, `"${attribute}" must be an array, but ${found}.`);
  }
  count(items.length, { ...inside(place, attribute), depth: 0 }, parsing);
  return items;
}

/** Names the kind of a value of JSON, for messages. */
export function kindOfJson(json: unknown): string {
  if (json === null) return 'null';
  if (Array.isArray(json)) return 'an array';
  return typeof json === 'object' ? 'an object' : `a ${typeof json === 'bigint' ? 'number' : typeof json}`;
}

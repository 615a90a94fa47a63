import type { Schema } from '@headrace/avro';
import { branchName, nonNullBranch } from '@headrace/avro';

/** Gives numbers from 0 to 1, the same for the same seed. */
export type Random = () => number;

/** Makes a source of numbers for one record: the same for the same seed and index (mulberry32 over a mix of both). */
export function randomOf(seed: number, index: number): Random {
  let state = (Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(index | 0, 0x85ebca6b) ^ Math.floor(index / 2 ** 32)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const dayMs = 86_400_000;
const newYear = Date.UTC(2026, 0, 1);

/** Tells why values of a schema cannot be made up; null where they can. */
export function notRandom(schema: Schema, seen: readonly Schema[] = []): string | null {
  if (seen.includes(schema)) return 'a record that contains itself';
  const inner = [...seen, schema];
  switch (schema.kind) {
    case 'record':
      return schema.fields.reduce<string | null>((found, { type }) => found ?? notRandom(type, inner), null);
    case 'array':
      return notRandom(schema.items, inner);
    case 'map':
      return notRandom(schema.values, inner);
    case 'union':
      return schema.branches.reduce<string | null>((found, branch) => found ?? notRandom(branch, inner), null);
    default: {
      const type = 'logical' in schema ? schema.logical?.type : undefined;
      return type === undefined || known.has(type) ? null : `the logical type "${type}"`;
    }
  }
}

const known = new Set(['date', 'timestamp-millis', 'local-timestamp-millis', 'time-millis', 'uuid', 'decimal']);

/** Makes a value of a schema up. */
export function randomValue(schema: Schema, random: Random): unknown {
  const below = (n: number): number => Math.floor(random() * n);
  switch (schema.kind) {
    case 'record':
      return Object.fromEntries(schema.fields.map(({ name, type }) => [name, randomValue(type, random)]));
    case 'array':
      return Array.from({ length: below(4) }, () => randomValue(schema.items, random));
    case 'map':
      return Object.assign(
        Object.create(null) as object,
        Object.fromEntries(Array.from({ length: below(4) }, (_, i) => [`key${i}`, randomValue(schema.values, random)])),
      );
    case 'union': {
      const only = nonNullBranch(schema);
      if (only !== null) return random() < 0.1 ? null : randomValue(only, random);
      const branch = schema.branches[below(schema.branches.length)] as Schema;
      return branch.kind === 'null' ? null : { [branchName(branch)]: randomValue(branch, random) };
    }
    case 'enum':
      return schema.symbols[below(schema.symbols.length)];
    default:
      return randomScalar(schema, below, random);
  }
}

function randomScalar(
  schema: Exclude<Schema, { kind: 'record' | 'array' | 'map' | 'union' | 'enum' }>,
  below: (n: number) => number,
  random: Random,
): unknown {
  switch ('logical' in schema ? schema.logical?.type : undefined) {
    case 'date':
      return newYear + below(365) * dayMs;
    case 'timestamp-millis':
    case 'local-timestamp-millis':
      return newYear + below(365) * dayMs + below(dayMs);
    case 'time-millis':
      return below(dayMs);
    case 'uuid':
      return 'xxxxxxxx-xxxx-4xxx-axxx-xxxxxxxxxxxx'.replaceAll('x', () => below(16).toString(16));
    case 'decimal': {
      const { precision, scale } = schema.logical as { readonly precision: number; readonly scale: number };
      return { unscaled: BigInt(below(10 ** Math.min(6, precision))), scale };
    }
    default:
      return plainScalar(schema, below, random);
  }
}

function plainScalar(
  schema: Exclude<Schema, { kind: 'record' | 'array' | 'map' | 'union' | 'enum' }>,
  below: (n: number) => number,
  random: Random,
): unknown {
  switch (schema.kind) {
    case 'null':
      return null;
    case 'boolean':
      return random() < 0.5;
    case 'int':
    case 'long':
      return below(1_000_000);
    case 'float':
      return Math.fround(random() * 1000);
    case 'double':
      return random() * 1000;
    case 'string':
      return Array.from({ length: 3 + below(8) }, () => String.fromCharCode(97 + below(26))).join('');
    case 'bytes':
      return Uint8Array.from({ length: below(16) }, () => below(256));
    case 'fixed':
      return Uint8Array.from({ length: schema.size }, () => below(256));
  }
}

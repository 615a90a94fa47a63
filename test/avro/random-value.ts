import { branchName, nonNullBranch, type Schema } from '@headrace/avro';
import type { Random } from './random.ts';

const TEXTS = [
  '',
  'a',
  'PAID',
  'Zürich',
  'zwölf Wörter sind 😀 genug für einen Text von mehr als 64 Bytes, oder nicht?',
  '\u0000',
];
const LONGS = [
  0,
  -1,
  63,
  64,
  -64,
  -65,
  8191,
  8192,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 52,
  -(2 ** 53) + 1,
  1_700_000_000_000,
];
const INTS = [0, -1, 63, 64, -65, 2 ** 31 - 1, -(2 ** 31), 123_456];
const DOUBLES = [0, -0, 1.5, -1e300, Infinity, NaN, 0.1];

/** Says that a type has no values of an end: a record that contains itself and no null. */
export class EndlessValue extends Error {}

/** Makes a value of chance of a type. */
export function randomValue(random: Random, schema: Schema, depth = 0): unknown {
  if (depth > 60) throw new EndlessValue();
  if (schema.kind === 'long' && schema.long === 'bigint') return BigInt(random.below(1e9)) ** BigInt(random.below(3));
  if ('logical' in schema && schema.logical !== undefined) return logicalValue(random, schema);
  switch (schema.kind) {
    case 'null':
      return null;
    case 'boolean':
      return random.oneIn(2);
    case 'int':
      return random.oneIn(2) ? random.pick(INTS) : random.below(1000) - 500;
    case 'long':
      return random.oneIn(2) ? random.pick(LONGS) : random.below(1e9);
    case 'float':
      return Math.fround(random.pick(DOUBLES.filter((value) => value !== -1e300)));
    case 'double':
      return random.pick(DOUBLES);
    case 'bytes':
      return random.bytes(random.below(80));
    case 'fixed':
      return random.bytes(schema.size);
    case 'string':
      return random.oneIn(3) ? random.pick(TEXTS) : `t${random.below(1e6).toString(36).repeat(random.below(6))}`;
    case 'enum':
      return random.pick(schema.symbols);
    case 'array':
      return Array.from({ length: count(random, depth) }, () => randomValue(random, schema.items, depth + 1));
    case 'map': {
      const map = Object.create(null) as Record<string, unknown>;
      const keys = ['', 'k', '__proto__', 'constructor', 'ключ'];
      for (let left = count(random, depth); left > 0; left--) {
        map[random.pick(keys)] = randomValue(random, schema.values, depth + 1);
      }
      return map;
    }
    case 'record':
      return Object.fromEntries(schema.fields.map(({ name, type }) => [name, randomValue(random, type, depth + 1)]));
    case 'union': {
      const inner = nonNullBranch(schema);
      const branch = depth > 8 ? shallowBranch(schema.branches) : random.pick(schema.branches);
      const value = randomValue(random, branch, depth + 1);
      return branch.kind === 'null' || inner !== null ? value : { [branchName(branch)]: value };
    }
  }
}

function shallowBranch(branches: readonly Schema[]): Schema {
  return branches.find((branch) => !['record', 'array', 'map'].includes(branch.kind)) ?? (branches[0] as Schema);
}

function count(random: Random, depth: number): number {
  return depth > 8 ? 0 : random.below(4);
}

function logicalValue(random: Random, schema: Schema & { logical?: unknown }): unknown {
  const { logical } = schema as { logical: { type: string; precision: number; scale: number } };
  switch (logical.type) {
    case 'date':
      return (random.below(40_000) - 10_000) * 86_400_000;
    case 'time-micros':
    case 'timestamp-micros':
      return (random.below(2 ** 40) - 2 ** 39) / 1000;
    case 'uuid': {
      const hex = Buffer.from(random.bytes(16)).toString('hex');
      return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    }
    case 'decimal':
      return { unscaled: BigInt(random.below(1e8)) - 50_000_000n, scale: logical.scale };
    case 'duration':
      return { months: random.below(99), days: random.below(99), milliseconds: random.below(2 ** 32) };
    case 'timestamp-nanos':
      return BigInt(random.below(2 ** 31)) * 1_000_000_007n;
    default:
      return random.below(86_400_000);
  }
}

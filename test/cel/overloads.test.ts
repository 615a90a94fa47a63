import { check, type CelType, type Checked } from '@headrace/cel';
import { describe, expect, it } from 'vitest';
import { functionNames, overloadsOf } from '../../packages/cel/src/functions/table.ts';
import type { Overload } from '../../packages/cel/src/functions/overload.ts';
import { Random } from '../avro/random.ts';
import { compareBackEnds } from './compare-back-ends.ts';

const texts = [
  '',
  'a',
  'aXbX',
  '😀é\u0000',
  'Europe/Berlin',
  '+02:00',
  'hour',
  'sha256',
  'halfEven',
  'yyyy-MM-dd HH:mm',
  '2026-03-29 02:30',
  '2026-01-31T10:00:00Z',
  '%s and %d',
  '^(a+)(X?)',
  '\\1',
  '[1, {"a": null}]',
  '-12.50',
  '1h30m',
  'true',
  'YWJj',
  '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
];
const numbers = [0, 1, -1, 2, 7, 63, 64, 2 ** 31, 2 ** 53 - 1, -(2 ** 53 - 1), 2n ** 63n - 1n, -(2n ** 63n)];
const doubles = [0, -0, 1, -1.5, 0.1, 2.5, 1e300, Infinity, NaN, 2 ** 53 + 2];
const times = [0, -1, 1_767_225_600_000, 1_774_749_600_000.125, -62_135_596_800_000];

/** Makes a value of a type as records hold it; a list or map of anything is one of JSON. */
function valueOf(type: CelType, random: Random, depth = 0): unknown {
  const inner = (of: CelType) => valueOf(of, random, depth + 1);
  switch (type.kind) {
    case 'bool':
      return random.oneIn(2);
    case 'int':
      return random.pick(numbers);
    case 'uint':
      return random.pick(numbers.filter((number) => number >= 0));
    case 'double':
      return random.pick(doubles);
    case 'string':
      return random.pick(texts);
    case 'bytes':
      return random.oneIn(2) ? Buffer.from(random.pick(texts)) : random.bytes(random.below(20));
    case 'timestamp':
    case 'duration':
      return random.pick(times);
    case 'decimal':
      return { unscaled: BigInt(random.below(1e9)) * (random.oneIn(2) ? 1n : -1n), scale: random.below(5) };
    case 'null':
      return null;
    case 'nullable':
      return random.oneIn(3) ? null : inner(type.of);
    case 'list':
      return Array.from({ length: random.below(5) }, () => inner(type.element));
    case 'map':
      return Object.assign(Object.create(null) as object, { a: inner(type.value), b: inner(type.value) });
    default:
      return depth > 2 ? random.below(3) : json(random, depth);
  }
}

function json(random: Random, depth: number): unknown {
  const kind = random.below(5);
  if (kind === 0) return random.pick(texts);
  if (kind === 1) return random.pick([0, 1, -7, 1.5]);
  if (kind === 2) return random.pick([null, true, false]);
  if (kind === 3) return Array.from({ length: random.below(3) }, () => valueOf({ kind: 'dyn' }, random, depth + 1));
  return Object.assign(Object.create(null) as object, { k: valueOf({ kind: 'dyn' }, random, depth + 1) });
}

/** Writes a value as a literal where the language has one, so that functions are made for what is known of them. */
function literalOf(type: CelType, random: Random): string | null {
  if (type.kind === 'string') return JSON.stringify(random.pick(texts)).replaceAll('\\u0000', '\\x00');
  if (type.kind === 'int') return String(random.pick([0, 1, 2, 5]));
  return null;
}

const holdsNoRecord = new Set<CelType['kind']>(['optional', 'type', 'error']);

/** Writes a call of an overload on variables `a0`, `a1`, …, some of them written out where `known` says so. */
function callOf(overload: Overload, params: readonly CelType[], random: Random, known: boolean): string {
  const args = params.map((type, index) => {
    if (type.kind === 'optional') return `optional.of(a${index})`;
    if (holdsOptionals(type)) return `[optional.of(a${index}), optional.none()]`;
    if (type.kind === 'type') return `type(a${index})`;
    return (known && index > 0 ? literalOf(type, random) : null) ?? `a${index}`;
  });
  if (overload.form === 'call') return `${overload.name}(${args.join(', ')})`;
  const [target, ...rest] = args;
  return `${target}.${overload.name}(${rest.join(', ')})`;
}

function holdsOptionals(type: CelType): type is CelType & { kind: 'list'; element: { kind: 'optional' } } {
  return type.kind === 'list' && type.element.kind === 'optional';
}

function typeInRecords(type: CelType): CelType {
  if (type.kind === 'optional') return type.of;
  if (holdsOptionals(type)) return type.element.of;
  return holdsNoRecord.has(type.kind) ? { kind: 'dyn' } : type;
}

const overloads = functionNames().flatMap((name) => [...overloadsOf(name)]);
const notChecked = new Set<string>();

describe('each overload of each function', () => {
  it.each(overloads.map((overload, index) => [overload.id, overload, index] as const))(
    'gives the same, errors and places included, in the interpreter and in generated code: %s',
    (id, overload, index) => {
      const random = new Random(20_261_127 + index);
      let ran = 0;
      for (let round = 0; round < 6; round++) {
        const extra = overload.variadic ? random.below(3) : 0;
        const last = overload.params.at(-1);
        const params = [...overload.params, ...Array.from({ length: extra }, () => last as CelType)];
        const types = params.map(typeInRecords);
        const text = callOf(overload, params, random, round % 2 === 1);
        const variables = new Map(types.map((type, index) => [`a${index}`, type]));
        const { checked } = check(text, { variables });
        // A literal that is wrong for the function is found by the checker.
        if (checked === null) continue;
        ran++;
        const records = Array.from({ length: 8 }, () =>
          Object.fromEntries(types.map((type, index) => [`a${index}`, valueOf(type, random)])),
        );
        compareBackEnds(checked as Checked, records);
      }
      if (ran === 0) notChecked.add(id);
    },
  );

  it('was called at least once by an expression that the checker takes', () => {
    expect([...notChecked]).toEqual([]);
  });
});

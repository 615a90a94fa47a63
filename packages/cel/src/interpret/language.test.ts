import { describe, expect, it } from 'vitest';
import { CelError } from '../cel-error.ts';
import { check } from '../check/check.ts';
import { generated } from '../emit/generated.ts';
import type { Environment } from '../environment.ts';
import { DOUBLE, DYN, INT, STRING, UINT, TIMESTAMP, listOf, mapOf, type CelType } from '../types/cel-type.ts';
import { interpreter } from './interpreter.ts';

type Variables = Record<string, [CelType, unknown]>;

function evaluate(source: string, variables: Variables = {}, more: Partial<Environment> = {}): unknown {
  const types = new Map(Object.entries(variables).map(([name, [type]]) => [name, type]));
  const { checked, issues } = check(source, { variables: types, ...more });
  expect(issues.filter(({ severity }) => severity === 'error')).toEqual([]);
  return interpreter(checked!)((name) => variables[name]?.[1]);
}

function failure(source: string, variables: Variables = {}, more: Partial<Environment> = {}): [string, string] {
  try {
    evaluate(source, variables, more);
  } catch (error) {
    if (error instanceof CelError) return [error.code, source.slice(error.start, error.end)];
    throw error;
  }
  throw new Error(`"${source}" does not fail.`);
}

function refusal(source: string, variables: Variables = {}): (string | undefined)[][] {
  const types = new Map(Object.entries(variables).map(([name, [type]]) => [name, type]));
  const errors = check(source, { variables: types }).issues.filter(({ severity }) => severity === 'error');
  return errors.map(({ code, start, end, suggestion }) => [code, source.slice(start, end), suggestion]);
}

const maybe = (of: CelType): CelType => ({ kind: 'nullable', of });
const place: CelType = { kind: 'record', name: 'Place', fields: new Map<string, CelType>([['city', maybe(STRING)], ['zip', STRING]]) }; // prettier-ignore

describe('optionals', () => {
  it.each<[string, unknown]>([
    ['optional.of(1).hasValue()', true],
    ['optional.none().hasValue()', false],
    ['optional.of(3).value()', 3],
    ['optional.ofNonZeroValue(0).hasValue()', false],
    ['optional.ofNonZeroValue("x").value()', 'x'],
    ['{"a": 1}.?a.value()', 1],
    ['{"a": 1}.?b.orValue(7)', 7],
    ['{"a": {"b": 2}}.?a.b.orValue(0)', 2],
    ['{"a": {"b": 2}}.?a.?c.orValue(0)', 0],
    ['[10, 20][?1].orValue(0)', 20],
    ['[10, 20][?2].orValue(0)', 0],
    ['[10, 20][?-1].orValue(0)', 0],
    ['{1: "x"}[?1].orValue("")', 'x'],
    ['{"a": 1}.?b.or({"c": 2}.?c).orValue(0)', 2],
    ['optional.of(2).optMap(x, x * 10).value()', 20],
    ['optional.none().optMap(x, 1).hasValue()', false],
    ['optional.of({"a": 1}).optFlatMap(m, m.?b).hasValue()', false],
    ['optional.of(1) == optional.of(1.0)', true],
    ['optional.of(1) == optional.none()', false],
    ['[?optional.of(1), 2, ?optional.none()] == [1, 2]', true],
    ['{?"a": optional.of(1), ?"b": optional.none()} == {"a": 1}', true],
    ['has({"a": {"b": 1}}.?a.b)', true],
    ['has({"a": {"b": 1}}.?a.c)', false],
    ['type(optional.none()) == optional_type', true],
    ['optional.of(1).orValue(1 / 0)', 1],
    ['optional.of(1).or(optional.of(1 / 0)).value()', 1],
  ])('case %#: %s', (source, expected) => {
    expect(evaluate(source)).toEqual(expected);
  });

  it('are empty where a nullable value on the way is null', () => {
    const p: [CelType, unknown] = [maybe(place), null];
    expect(evaluate('p.?city.orValue("?")', { p })).toBe('?');
    expect(evaluate('p.?city.orValue("?")', { p: [p[0], { city: null, zip: '' }] })).toBe('?');
    expect(evaluate('p.?city.orValue("?")', { p: [p[0], { city: 'x', zip: '' }] })).toBe('x');
    expect(evaluate('p.?zip.orValue("?")', { p })).toBe('?');
  });

  it('hold the null of a value without a schema', () => {
    expect(evaluate('v.?a.hasValue()', { v: [DYN, { a: null }] })).toBe(true);
    expect(evaluate('v.?b.hasValue()', { v: [DYN, { a: null }] })).toBe(false);
    expect(failure('v.?a.?b.hasValue()', { v: [DYN, { a: null }] })).toEqual(['NULL_OPERAND', 'v.?a.?b']);
  });

  it('leave their expression as their value, or null', () => {
    expect(evaluate('{"a": 1}.?a')).toBe(1);
    expect(evaluate('{"a": 1}.?b')).toBeNull();
    expect(evaluate('[optional.of(1.5), optional.none()]')).toEqual([1.5, null]);
  });

  it('fail where the value of an empty one is asked for', () => {
    expect(failure('{"a": 1}.?b.value() + 1')).toEqual(['OPTIONAL_EMPTY', '{"a": 1}.?b.value()']);
  });

  it.each<[string, string, string, string?]>([
    ['p.?zipp', 'UNKNOWN_FIELD', 'zipp', 'zip'],
    ['p.zip.orValue("x")', 'TYPE_MISMATCH', 'p.zip'],
    ['p.?zip.orValue(1)', 'TYPE_MISMATCH', 'p.?zip.orValue(1)'],
    ['p.?zip.or("x")', 'TYPE_MISMATCH', '"x"'],
    ['p.?zip.optFlatMap(z, z)', 'TYPE_MISMATCH', 'z', 'optMap'],
    ['p.?zip.optMap(1, 2)', 'TYPE_MISMATCH', '1'],
    ['p.?zip + "x"', 'NO_SUCH_OVERLOAD', 'p.?zip + "x"'],
    ['[?p.zip]', 'TYPE_MISMATCH', 'p.zip'],
    ['p.?zip.orValue()', 'WRONG_ARGUMENT_COUNT', 'p.?zip.orValue()'],
  ])('are refused in %s with %s', (source, code, at, suggestion) => {
    expect(refusal(source, { p: [place, {}] })).toEqual([[code, at, suggestion]]);
  });
});

describe('cel.bind', () => {
  it.each<[string, unknown]>([
    ['cel.bind(x, 2, x * x)', 4],
    ['cel.bind(x, 2, cel.bind(y, x + 1, x * y))', 6],
    ['cel.bind(x, 1, [1, 2].map(x, x + 1)) == [2, 3]', true],
    ['cel.bind(x, 1 / 0, true)', true],
    ['cel.bind(x, 1 / 0, x > 1 || true)', true],
    ['[1, 2, 0].exists(d, cel.bind(x, 4 / d, x == 2))', true],
    ['cel.bind(f, 1.5, [f, 1][0] == 1.5)', true],
  ])('case %#: %s', (source, expected) => {
    expect(evaluate(source)).toEqual(expected);
  });

  it('fails where its value is read', () => {
    expect(failure('cel.bind(x, 1 / 0, x + 1)')).toEqual(['DIVISION_BY_ZERO', '1 / 0']);
  });

  it('carries what is known of null, and refuses what is no name', () => {
    const note: [CelType, unknown] = [maybe(STRING), 'abc'];
    expect(evaluate('cel.bind(n, note, n != null && n.size() == 3)', { note })).toBe(true);
    expect(refusal('cel.bind(a.b, 1, 2)')).toEqual([['TYPE_MISMATCH', 'a.b', undefined]]);
    expect(refusal('cel.bind(a, 1)')).toEqual([['WRONG_ARGUMENT_COUNT', 'cel.bind(a, 1)', undefined]]);
  });
});

describe('macros with two variables', () => {
  it.each<[string, unknown]>([
    ['[5, 6].all(i, v, v == i + 5)', true],
    ['[5, 6].exists(i, v, i == 1 && v == 6)', true],
    ['[5, 6].existsOne(i, v, v > 5)', true],
    ['{"a": 1, "b": 2}.all(k, v, k != "" && v > 0)', true],
    ['{1: 2u, 2: 4u}.exists(k, v, v == uint(k) * 2u)', true],
    ['[5, 6].transformList(i, v, i * v) == [0, 6]', true],
    ['[5, 6].transformList(i, v, i > 0, v) == [6]', true],
    ['{"a": 1}.transformList(k, v, k) == ["a"]', true],
    ['[5, 6].transformMap(i, v, v * 2) == {0: 10, 1: 12}', true],
    ['{"a": 1, "b": 2}.transformMap(k, v, v > 1, v * 2) == {"b": 4}', true],
    ['["a", "b"].transformMapEntry(i, v, {v: i}) == {"a": 0, "b": 1}', true],
    ['[0, 1].all(i, v, 1 / v > 5)', false],
    ['[3, 1, 2].sortBy(x, x) == [1, 2, 3]', true],
    ['["bb", "a", "ccc"].sortBy(s, -size(s)) == ["ccc", "bb", "a"]', true],
    ['[{"n": 2}, {"n": 1}].sortBy(m, m.n)[0].n', 1],
  ])('case %#: %s', (source, expected) => {
    expect(evaluate(source)).toEqual(expected);
  });

  it('give maps with text as objects without prototype', () => {
    const made = evaluate('{"__proto__": 1}.transformMap(k, v, v + 1)') as object;
    expect(Object.getPrototypeOf(made)).toBeNull();
    expect(Object.keys(made)).toEqual(['__proto__']);
  });

  it('refuse a key that stands twice', () => {
    expect(failure('[1, 1].transformMapEntry(i, v, {v: i})')[0]).toBe('DUPLICATE_KEY');
    expect(failure('{1: "a", 1u: "b"}.size() > 0')[0]).toBe('DUPLICATE_KEY');
  });

  it('refuse keys without an order', () => {
    expect(refusal('[[1]].sortBy(x, x)')).toEqual([['TYPE_MISMATCH', 'x', undefined]]);
    expect(failure('[v, 1].sortBy(x, x)', { v: [DYN, 'a'] })[0]).toBe('NO_SUCH_OVERLOAD');
    expect(failure('[0.0 / 0.0, 1.0].sortBy(x, x)')[0]).toBe('NOT_A_NUMBER');
  });
});

describe('values of type dyn that the expression made', () => {
  it.each(['timestamp', 'duration'] as const)('a %s is no number, so no element, key or index', (kind) => {
    const t: Variables = { t: [{ kind }, 1] };
    const few = 'dyn(t) in [0, 1]';
    const many = 'dyn(t) in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]';
    for (const source of [few, many, 'dyn(t) in {1: 0}', '{1: 0}[?dyn(t)].hasValue()']) {
      expect(evaluate(source, t)).toBe(false);
      const { checked } = check(source, { variables: new Map([['t', { kind }]]) });
      expect(generated(checked!)(() => 1)).toBe(false);
    }
    for (const source of ['{1: 0}[dyn(t)]', '[0, 1][dyn(t)]']) {
      expect(failure(source, t)).toEqual(['NO_SUCH_OVERLOAD', source]);
    }
    expect(failure('{dyn(t): 0}', t)[0]).toBe('NO_SUCH_OVERLOAD');
  });

  it.each<[string, unknown]>([
    ['type(dyn(1.0)) == double && type(dyn(1)) == int && type(dyn(1u)) == uint', true],
    ['[1, 1.0, 1u].map(x, type(x)) == [int, double, uint]', true],
    ['dyn(7) / 2 == 3', true],
    ['dyn(7.0) / 2.0', 3.5],
    ['dyn(1) == 1u && dyn(1.0) == 1', true],
    ['dyn(1) in [1.0, 2.0] && dyn(1u) in [1, 2]', true],
    ['{1: "i"}[dyn(1.0)] + {1: "i"}[dyn(1u)]', 'ii'],
    ['[7, 8][dyn(1.0)]', 8],
    ['dyn(at) > at', false],
    ['dyn(at) == at', true],
    ['dyn(at) == 0', false],
    ['at in [dyn(0), dyn(at)]', true],
    ['type(dyn(at)) == timestamp && type(dyn(at - at)) == duration', true],
    ['dyn(at) - at == duration("0s")', true],
    ['string([dyn(1.5), dyn(at)][0])', '1.5'],
    ['(true ? dyn(1) : 2.0) == 1', true],
    ['[[1], [2.0]].map(l, type(l[0])) == [int, double]', true],
    ['optional.of(dyn(1.0)).or(optional.of(dyn(1))).value() == 1', true],
    ['int(dyn(2.9)) + int(dyn(3u)) + int(dyn(4))', 9],
    ['-dyn(2.5) == -2.5 && -dyn(2) == -2', true],
  ])('case %#: %s', (source, expected) => {
    expect(evaluate(source, { at: [TIMESTAMP, 0] })).toEqual(expected);
  });

  it.each([
    'dyn(1) + 1.0',
    'dyn(1.0) + 1',
    'dyn(1u) + 1',
    'dyn(1) + 1u',
    'dyn(1.0) % 2',
    'dyn(at) + 1',
    'dyn(at) > 1',
    '-dyn(1u)',
    '[1, 2][dyn("0")]',
    'dyn("a") > 1',
  ])('keep the types of %s apart', (source) => {
    expect(failure(source, { at: [TIMESTAMP, 0] })[0]).toBe('NO_SUCH_OVERLOAD');
  });

  it('leave their expression as plain values', () => {
    const made = evaluate('[1, 2.0, 3u, at, [1.5], {"a": 1u}, "x", null, optional.none(), int]', {
      at: [TIMESTAMP, 5],
    });
    expect(made).toEqual([1, 2, 3, 5, [1.5], Object.assign(Object.create(null), { a: 1 }), 'x', null, null, 'int']);
    expect(evaluate('dyn(9007199254740993)')).toBe(9007199254740993n);
    expect(evaluate('type(1)')).toBe('int');
  });

  it('are not copied where there is nothing to change', () => {
    const v = { a: [1, 2] };
    expect(evaluate('v', { v: [DYN, v] })).toBe(v);
    expect(evaluate('true ? v : dyn(1)', { v: [DYN, v] })).toBe(v);
  });

  it('stay numbers of JSON where they meet an int, whether they are whole or not', () => {
    for (const v of [2, 1.5]) {
      expect(evaluate('(v + 1) / 2', { v: [DYN, v] })).toBe((v + 1) / 2);
      expect(evaluate('v * n', { v: [DYN, v], n: [INT, 3] })).toBe(v * 3);
      expect(evaluate('v + d', { v: [DYN, v], d: [DOUBLE, 0.5] })).toBe(v + 0.5);
    }
    expect(evaluate('v + u', { v: [DYN, 2], u: [UINT, 3] })).toBe(5);
  });

  it('compare with ints beyond 2^53 exactly', () => {
    expect(evaluate('dyn(9007199254740993) == 9007199254740992.0')).toBe(false);
    expect(evaluate('dyn(9007199254740993) > 9007199254740992.0')).toBe(true);
  });
});

describe('decimals', () => {
  it('are equal by value, whatever their scale', () => {
    expect(evaluate('decimal("1.0") == decimal("1.00") && dyn(decimal("1.0")) == decimal("1")')).toBe(true);
    expect(evaluate('decimal("1.0") in [decimal("1.00")] && [decimal("1")] == [decimal("1.0")]')).toBe(true);
    expect(evaluate('decimal("1.0") == decimal("1.01") || dyn(decimal("1")) == 1')).toBe(false);
  });
});

describe('names', () => {
  it('may be dotted, and be found in a namespace', () => {
    const variables: Variables = { 'a.b.c': [STRING, 'dotted'], 'a.b': [mapOf(STRING, STRING), { c: 'field' }], x: [INT, 1], 'n.x': [INT, 2] }; // prettier-ignore
    expect(evaluate('a.b.c', variables)).toBe('dotted');
    expect(evaluate('a.b["c"]', variables)).toBe('field');
    expect(evaluate('x', variables, { container: 'n.m' })).toBe(2);
    expect(evaluate('.x', variables, { container: 'n.m' })).toBe(1);
    expect(evaluate('[3].map(x, x)[0]', variables, { container: 'n' })).toBe(3);
  });

  it('of types are values', () => {
    expect(evaluate('type(at) == google.protobuf.Timestamp && type(int) == type', { at: [TIMESTAMP, 0] })).toBe(true);
    expect(evaluate('type(p) == type(p)', { p: [place, {}] })).toBe(true);
  });
});

describe('an environment that is unchecked', () => {
  it.each<[string, unknown]>([
    ['unknown || true', true],
    ['unknown(1) && false', false],
    ['"text" || true', true],
    ['true ? 1 : "x"', 1],
    ['[1] == ["a"]', false],
    ['1 in ["a"]', false],
  ])('case %#: %s', (source, expected) => {
    expect(evaluate(source, {}, { unchecked: true })).toEqual(expected);
  });

  it('fails at the place that the checker would have named', () => {
    expect(failure('true && unknwon > 1', {}, { unchecked: true })).toEqual(['UNKNOWN_NAME', 'unknwon']);
    expect(failure('[1] < [2]', {}, { unchecked: true })).toEqual(['NO_SUCH_OVERLOAD', '[1] < [2]']);
  });
});

describe('limits of an evaluation', () => {
  it('count a comparison of lists or records by what it takes, so that one by one of many ends', () => {
    const many: Variables = { l: [listOf(DYN), Array.from({ length: 5000 }, (_, i) => ({ i, j: i }))] };
    expect(failure('l.distinct()', many)).toEqual(['COST_LIMIT', 'l.distinct()']);
    expect(failure('l.map(x, [x.i]).distinct()', many)).toEqual(['COST_LIMIT', 'l.map(x, [x.i]).distinct()']);
  });

  it('end what builds too much over many rounds, which nothing absorbs', () => {
    const l: [CelType, unknown] = [listOf(INT), Array.from({ length: 1000 }, (_, i) => i)];
    const s: [CelType, unknown] = [STRING, 'x'.repeat(1_000_000)];
    expect(failure('l.map(i, s + s).size() > 0', { l, s })[0]).toBe('COST_LIMIT');
    expect(failure('l.exists(i, (s + s) == "") || true', { l, s })[0]).toBe('COST_LIMIT');
    expect(failure('cel.bind(b, l.map(i, s + s), true)', { l, s })[0]).toBe('COST_LIMIT');
  });

  it('end comparisons of much text or of long lists in many rounds', () => {
    const l: [CelType, unknown] = [listOf(INT), Array.from({ length: 1000 }, (_, i) => i)];
    const a: [CelType, unknown] = [STRING, 'x'.repeat(1_000_000)];
    const b: [CelType, unknown] = [STRING, `${'x'.repeat(1_000_000)}y`];
    const big: [CelType, unknown] = [listOf(INT), Array.from({ length: 1_000_000 }, (_, i) => i)];
    const other: [CelType, unknown] = [listOf(INT), Array.from({ length: 1_000_000 }, (_, i) => i)];
    expect(failure('l.all(i, a < b)', { l, a, b })).toEqual(['COST_LIMIT', 'a < b']);
    expect(failure('l.all(i, big == other)', { l, big, other })).toEqual(['COST_LIMIT', 'big == other']);
    expect(failure('l.all(i, !((i - 1000) in big))', { l, big })[0]).toBe('COST_LIMIT');
  });

  it('begin anew with each evaluation', () => {
    const types = new Map([['s', STRING]]);
    const run = interpreter(check('s + s != ""', { variables: types }).checked!);
    for (let i = 0; i < 200; i++) expect(run(() => 'x'.repeat(1_000_000))).toBe(true);
  });

  it('count the rounds of macros with two variables and of optionals alike', () => {
    const l: [CelType, unknown] = [listOf(INT), Array.from({ length: 2000 }, (_, i) => i)];
    expect(failure('l.all(i, a, l.all(j, b, a + b >= 0))', { l })[0]).toBe('STEP_LIMIT');
    expect(failure('l.transformMap(i, a, l.filter(b, b > a)).size() > 0', { l })[0]).toBe('STEP_LIMIT');
  });
});

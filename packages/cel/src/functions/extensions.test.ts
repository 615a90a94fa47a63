import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CelError } from '../cel-error.ts';
import { check } from '../check/check.ts';
import { interpreter } from '../interpret/interpreter.ts';
import { limits } from '../limits.ts';
import { PatternCache } from '../pattern/pattern-cache.ts';

const variables = new Map([
  ['s', { kind: 'string' }],
  ['d', { kind: 'dyn' }],
] as const);

function evaluate(source: string, values: Readonly<Record<string, unknown>> = {}): unknown {
  const { checked, issues } = check(source, { variables });
  if (checked === null) return issues.map(({ code }) => code).join();
  try {
    return interpreter(checked)((name) => values[name]);
  } catch (error) {
    if (error instanceof CelError) return error.code;
    throw error;
  }
}

const cases = (table: [string, unknown][]): void => {
  it.each(table)('evaluates %s', (source, expected) => {
    expect(evaluate(source, { s: 'x', d: 2 })).toEqual(expected);
  });
};

// What cel-go's README and tests of its extension say.
describe('regex', () => {
  cases([
    [`regex.replace('abc', '^', 'start_')`, 'start_abc'],
    [`regex.replace('abc', '$', '_end')`, 'abc_end'],
    [`regex.replace('a-b', r'\\b', '|')`, '|a|-|b|'],
    [`regex.replace('foo bar', '(fo)o (ba)r', r'\\2 \\1')`, 'ba fo'],
    [`regex.replace('foo bar', 'foo', r'\\\\')`, '\\ bar'],
    [`regex.replace('banana', 'ana', 'x')`, 'bxna'],
    [`regex.replace('ac', 'a(b)?c', r'[\\1]')`, '[]'],
    [`regex.replace('foo bar baz', r'\\w+', r'(\\0)')`, '(foo) (bar) (baz)'],
    [`regex.replace('', 'a', 'b')`, ''],
    [`regex.replace('banana', 'a', 'x', 0)`, 'banana'],
    [`regex.replace('banana', 'a', 'x', 2)`, 'bxnxna'],
    [`regex.replace('banana', 'a', 'x', -100)`, 'bxnxnx'],
    [`regex.replace('id=123', r'id=(?P<value>\\d+)', r'value: \\values')`, 'INVALID_REPLACEMENT'],
    [`regex.replace('test', '(.)', r'\\2')`, 'INVALID_REPLACEMENT'],
    [`regex.replace('😀a😀', '.', '-')`, '---'],
    [`regex.extract('hello world', 'hello(.*)')`, ' world'],
    [`regex.extract('HELLO', 'hello')`, null],
    [`regex.extract('phone: 415-5551212', r'phone: ((\\d{3})-)?')`, 'INVALID_PATTERN'],
    [`regex.extractAll('val=a, val=, val=c', 'val=([^,]*)')`, ['a', 'c']],
    [`regex.extractAll('a b c', r'(\\S*)\\s*')`, ['a', 'b', 'c']],
    [`regex.extractAll('testuser@domain', '(.*)@([^.]*)')`, 'INVALID_PATTERN'],
    [`'x'.matches(s + '|y')`, true],
    [`'x'.matches(s + '(')`, 'INVALID_PATTERN'],
  ]);

  it('keeps computed patterns up to a total size', () => {
    const cache = new PatternCache();
    for (let i = 0; i < 1000; i++) expect(cache.get(`a${i}$`).test(`a${i}`)).toBe(true);
    expect(cache.count).toBeGreaterThan(50);
    expect(cache.count).toBeLessThan(limits.patternCache / 100);
    expect(cache.get('a999$')).toBe(cache.get('a999$'));
  });

  it('stops a search whose matches look far ahead again and again', () => {
    expect(evaluate(`regex.extractAll(s, 'a.*b|a').size()`, { s: 'a'.repeat(20_000) })).toBe('STEP_LIMIT');
  });
});

describe('lists and sets', () => {
  cases([
    ['lists.range(3)', [0, 1, 2]],
    ['lists.range(0)', []],
    ['lists.range(-1)', 'INDEX_OUT_OF_RANGE'],
    ['lists.range(100000000)', 'RESULT_TOO_LARGE'],
    ['[1, 2, 3, 4].slice(1, 3)', [2, 3]],
    ['[1].slice(0, 2)', 'INDEX_OUT_OF_RANGE'],
    ['[1, 2].slice(2, 1)', 'INDEX_OUT_OF_RANGE'],
    ['[1, [2, [3]]].flatten()', [1, 2, [3]]],
    ['[1, [2, [3]]].flatten(2)', [1, 2, 3]],
    ['[1, [2]].flatten(-1)', 'INDEX_OUT_OF_RANGE'],
    ['["b", "a", "😀", "｡"].sort()', ['a', 'b', '｡', '😀']],
    ['[2.5, 1.0].sort()', [1, 2.5]],
    ['[1, 2.5, 2u].sort()', [1, 2, 2.5]],
    ['[true, false].sort()', [false, true]],
    ['[1, "a"].sort()', 'NO_SUCH_OVERLOAD'],
    ['[{"a": 1}].sort()', 'NO_SUCH_OVERLOAD'],
    ['[duration("2s"), duration("1s")].sort()[0] == duration("1s")', true],
    ['[1, 1.0, 1u, 2].distinct().size()', 2],
    ['[[1], [1.0], [2]].distinct().size()', 2],
    ['["a", "b", "a"].distinct()', ['a', 'b']],
    ['[b"a", b"a"].distinct().size()', 1],
    ['[double("NaN"), double("NaN")].distinct().size()', 2],
    ['[1, 2, 3].reverse()', [3, 2, 1]],
    ['[].first().hasValue()', false],
    ['[1, 2].last().value()', 2],
    ['sets.contains([1, 2, 3], [2.0, 3u])', true],
    ['sets.contains([], [1])', false],
    ['sets.contains([1], [])', true],
    ['sets.contains([[1], [2, 3]], [[2, 3.0]])', true],
    ['sets.equivalent([1, 2, 2], [2u, 1.0])', true],
    ['sets.equivalent([1, 2], [1])', false],
    ['sets.intersects(["a"], ["b", "a"])', true],
    ['sets.intersects([], [])', false],
    ['sets.contains([dyn(timestamp(5))], [dyn(5000)])', false],
  ]);
});

describe('numbers', () => {
  cases([
    ['math.greatest("a")', 'NO_SUCH_OVERLOAD'],
    ['math.greatest([]) == 1', 'EMPTY_LIST'],
    ['math.least([3, 1, 2])', 1],
    ['math.least(1, double("NaN"))', 'NOT_A_NUMBER'],
    ['math.least(decimal("1.10"), decimal("1.1"), decimal("0.9")).scale()', 1],
    ['math.sqrt(9) + math.sqrt(2.25)', 4.5],
    ['math.isNaN(math.sqrt(-1))', true],
    ['math.bitAnd(-1, 9007199254740993)', 9007199254740993n],
    ['math.bitShiftLeft(1, 63)', -9223372036854775808n],
    ['math.bitShiftLeft(1, -1)', 'INDEX_OUT_OF_RANGE'],
    ['math.bitNot(0u)', 18446744073709551615n],
    ['math.sign(decimal("-0.01"))', -1],
    ['-decimal("1.50") == decimal("-1.5")', true],
    ['decimal("1.50") in [decimal("1.5")]', true],
    ['decimal(0.1) + decimal("0.2") == decimal("0.3")', true],
    ['decimal("7.5") % decimal("2") == decimal("1.5")', true],
    ['int(decimal("-7.9"))', -7],
    ['decimal("1").round(2000)', 'DECIMAL_OVERFLOW'],
    ['decimal("1").round(1, "sideways")', 'UNKNOWN_CHOICE'],
    ['decimal("1") / decimal("3")', 'NO_SUCH_OVERLOAD'],
    ['decimal("1") > 1', 'NO_SUCH_OVERLOAD'],
    ['"%s %.1f".format([decimal("1.50"), decimal("1.50")])', '1.50 1.5'],
  ]);
});

describe('data', () => {
  const hex = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('hex');
  cases([
    ...['md5', 'sha1', 'sha256', 'sha384', 'sha512'].map((name): [string, unknown] => [`hash('ä', '${name}')`, hex(name, 'ä')]),
    ["hash(b'abc', 'sha256')", hex('sha256', 'abc')],
    ["hash('abc', 'crc32')", 'UNKNOWN_CHOICE'],
    ["hash('abc', s)", 'UNKNOWN_CHOICE'],
    ["hmac('data', 'key', 'sha512')", createHmac('sha512', 'key').update('data').digest('hex')],
    ["hmac(b'data', b'key', 'md5')", createHmac('md5', 'key').update('data').digest('hex')],
    ["hash('foobar')", -790332482 & 0x7fffffff],
    ["base64.encode(b'\\xff\\xfe')", '//4='],
    ["string(base64.decode('YQ')) + string(base64.decode('YQ=='))", 'aa'],
    ["base64.decode('YQ=')", 'CONVERSION_FAILED'],
    ["base64.decode('Y')", 'CONVERSION_FAILED'],
    ["base64.decode('a b=')", 'CONVERSION_FAILED'],
    ['toJson([1, 1.5, 2u, null, true, "é\\"", b"a", duration("90s"), decimal("1.50")])', '[1,1.5,2,null,true,"é\\"","YQ==","90s","1.50"]'],
    ['toJson({1: "a", "k": [timestamp(0)]})', '{"1":"a","k":["1970-01-01T00:00:00Z"]}'],
    ['toJson(9007199254740993)', '9007199254740993'],
    ['toJson(0.0 / 0.0)', 'NOT_JSON'],
    ['toJson(int)', 'NOT_JSON'],
    ['parseJson("{\\"__proto__\\": {\\"a\\": 7}}")["__proto__"].a', 7],
    ['parseJson("{}").?toString.hasValue()', false],
    ['parseJson("[9007199254740993]")[0] == 9007199254740993', true],
  ]);
}); // prettier-ignore

describe('time', () => {
  cases([
    ['string(truncate(timestamp("2026-03-29T12:00:00Z"), "day", "Europe/Berlin"))', '2026-03-28T23:00:00Z'],
    ['string(truncate(timestamp("2026-08-19T12:34:56.789Z"), "week"))', '2026-08-17T00:00:00Z'],
    ['string(truncate(timestamp("2026-08-19T12:34:56.789Z"), "quarter"))', '2026-07-01T00:00:00Z'],
    ['string(truncate(timestamp("2026-08-19T12:34:56.789Z"), "year", "-05:00"))', '2026-01-01T05:00:00Z'],
    ['string(truncate(timestamp("1969-12-31T23:59:59.999Z"), "second"))', '1969-12-31T23:59:59Z'],
    ['string(truncate(timestamp("2026-08-19T12:34:56Z"), duration("1d"), "Asia/Kolkata"))', '2026-08-18T18:30:00Z'],
    ['truncate(timestamp(0), "fortnight")', 'UNKNOWN_CHOICE'],
    ['truncate(timestamp(0), duration("0s"))', 'UNKNOWN_CHOICE'],
    ['truncate(timestamp(0), duration("-1h"))', 'UNKNOWN_CHOICE'],
    ['format(timestamp(0), "YYYY")', 'INVALID_FORMAT'],
    ['format(timestamp(0), s)', '+00'],
    ['timestamp(0).getHours(s)', 'UNKNOWN_TIME_ZONE'],
    ['timestamp("2026-01-01T00:00:00.123456Z") + duration("1us") == timestamp("2026-01-01T00:00:00.123457Z")', true],
    ['micros(1769851800123457) == timestamp("2026-01-31T09:30:00.123457Z")', true],
    ['duration("0.1ms") + duration("0.2ms") == duration("0.3ms")', true],
    ['string(timestamp("9999-12-31T23:59:59.999999Z")).startsWith("9999-12-31T23:59:59.99")', true],
    ['now()', 'UNKNOWN_FUNCTION'],
  ]);
});

describe('growth', () => {
  const long = 'x'.repeat(5_000_000);
  it.each([
    ['s + s + s + s', 'RESULT_TOO_LARGE'],
    ['s.replace("x", "xxxx").size()', 'RESULT_TOO_LARGE'],
    ['[s, s, s, s].join().size()', 'RESULT_TOO_LARGE'],
    [`regex.replace(s, "x", "${'y'.repeat(200)}").size()`, 'RESULT_TOO_LARGE'],
    ['"%s%s%s%s".format([s, s, s, s]).size() < 20000001', true],
    ['lists.range(1000).exists(i, s.contains("y"))', 'COST_LIMIT'],
    ['"%.1001f".format([1.0])', 'INVALID_FORMAT'],
    ['"%.1000f".format([1e300]).size()', 1302],
  ])('of %s is bounded', (source, expected) => {
    expect(evaluate(source, { s: long })).toBe(expected);
  });
});

import { describe, expect, it } from 'vitest';
import { CelError } from '../cel-error.ts';
import { check } from '../check/check.ts';
import { interpreter } from '../interpret/interpreter.ts';

function evaluate(source: string): unknown {
  const { checked, issues } = check(source, { variables: new Map() });
  expect(issues).toEqual([]);
  try {
    return interpreter(checked!)(() => null);
  } catch (error) {
    if (error instanceof CelError) return error.code;
    throw error;
  }
}

const cases = (table: [string, unknown][]): void => {
  it.each(table)('evaluates %s', (source, expected) => {
    expect(evaluate(source)).toEqual(expected);
  });
};

describe('functions on text', () => {
  cases([
    ['size("a😀")', 2],
    ['"a😀".size()', 2],
    ['"hello".contains("ell")', true],
    ['"hello".startsWith("he") && "hello".endsWith("lo")', true],
    ['"ÄbC".lowerAscii()', 'Äbc'],
    ['"äbC".upperAscii()', 'äBC'],
    ['"  x\\t\\n".trim()', 'x'],
    ['"a😀b".charAt(1)', '😀'],
    ['"abc".charAt(3)', ''],
    ['"abc".charAt(4)', 'INDEX_OUT_OF_RANGE'],
    ['"tacocat".indexOf("o")', 3],
    ['"tacocat".indexOf("a", 2)', 5],
    ['"😀o".indexOf("o")', 1],
    ['"😀o😀o".indexOf("o", 2)', 3],
    ['"tacocat".indexOf("x")', -1],
    ['"tacocat".lastIndexOf("c")', 4],
    ['"tacocat".substring(4)', 'cat'],
    ['"a😀b".substring(1, 2)', '😀'],
    ['"abc".substring(2, 1)', 'INDEX_OUT_OF_RANGE'],
    ['"abc".substring(-1)', 'INDEX_OUT_OF_RANGE'],
    ['"hello hello".replace("he", "we")', 'wello wello'],
    ['"hello hello".replace("he", "we", 1)', 'wello hello'],
    ['"hello hello".replace("he", "we", 0)', 'hello hello'],
    ['"ab".replace("", "_")', '_a_b_'],
    ['"ab".replace("", "_", 1)', '_ab'],
    ['"a$b".replace("$", "$&")', 'a$&b'],
    ['"a,b,c".split(",")', ['a', 'b', 'c']],
    ['"a,b,c".split(",", 2)', ['a', 'b,c']],
    ['"a,b,c".split(",", 0)', []],
    ['"a😀".split("")', ['a', '😀']],
    ['["a", "b"].join("-") + ["c", "d"].join()', 'a-bcd'],
  ]);
});

describe('conversions', () => {
  cases([
    ['int(3.99)', 3],
    ['int(-3.99)', -3],
    ['int(9223372036854775000.0)', 9223372036854774784n],
    ['int(1e19)', 'INTEGER_OVERFLOW'],
    ['int(double("NaN"))', 'INTEGER_OVERFLOW'],
    ['int("-42")', -42],
    ['int("9223372036854775808")', 'INTEGER_OVERFLOW'],
    ['int("1.5")', 'CONVERSION_FAILED'],
    ['int("")', 'CONVERSION_FAILED'],
    ['int(" 1")', 'CONVERSION_FAILED'],
    ['int(5u)', 5],
    ['int(18446744073709551615u)', 'INTEGER_OVERFLOW'],
    ['int(timestamp("1970-01-01T00:01:00.9Z"))', 60],
    ['uint(-1)', 'INTEGER_OVERFLOW'],
    ['uint("7")', 7],
    ['double("1.5e3")', 1500],
    ['double("x")', 'CONVERSION_FAILED'],
    ['double("-Inf")', -Infinity],
    ['double(9007199254740993)', 9007199254740992],
    ['string(1.0)', '1'],
    ['string(-0.0)', '-0'],
    ['string(123.456)', '123.456'],
    ['string(9007199254740993)', '9007199254740993'],
    ['string(true)', 'true'],
    ['string(b"\\303\\244")', 'ä'],
    ['string(b"\\xff")', 'CONVERSION_FAILED'],
    ['bytes("ä") == b"\\xc3\\xa4"', true],
    ['bool("true") && !bool("F".lowerAscii())', true],
    ['bool("yes")', 'CONVERSION_FAILED'],
    ['string(duration("1h30m"))', '5400s'],
    ['string(duration("-1.5s"))', '-1.5s'],
    ['string(duration("2d") - duration("500ms"))', '172799.5s'],
    ['duration("5")', 'CONVERSION_FAILED'],
  ]);
});

describe('time', () => {
  cases([
    ['string(timestamp("2026-01-31T09:30:00Z"))', '2026-01-31T09:30:00Z'],
    ['string(timestamp("2026-01-31T09:30:00.123456789+02:30"))', '2026-01-31T07:00:00.123456Z'],
    ['string(timestamp("0001-01-01T00:00:00Z"))', '0001-01-01T00:00:00Z'],
    ['string(timestamp("9999-12-31T23:59:59.999Z"))', '9999-12-31T23:59:59.999Z'],
    ['timestamp("10000-01-01T00:00:00Z")', 'CONVERSION_FAILED'],
    ['timestamp("0000-12-31T00:00:00Z")', 'TIMESTAMP_OUT_OF_RANGE'],
    ['timestamp("2025-02-29T00:00:00Z")', 'CONVERSION_FAILED'],
    ['timestamp("2024-02-29T00:00:00Z") < timestamp("2024-03-01T00:00:00Z")', true],
    ['timestamp("2026-01-31")', 'CONVERSION_FAILED'],
    ['timestamp(1234567890) == millis(1234567890000)', true],
    ['epochMillis(timestamp("1969-12-31T23:59:59.9995Z"))', -1],
    ['epochMicros(timestamp("2026-01-31T09:30:00.123456Z"))', 1769851800123456],
    ['epochMicros(micros(1769851800123457))', 1769851800123457],
    ['timestamp("2026-01-31T00:00:00Z") - timestamp("2026-01-30T00:00:00Z") == duration("24h")', true],
    ['timestamp("9999-12-31T23:59:59Z") + duration("1m")', 'TIMESTAMP_OUT_OF_RANGE'],
    ['-duration("1s") == duration("-1s")', true],
    ['duration("1h1m1.5s").getMinutes()', 61],
    ['duration("1.234s").getMilliseconds()', 234],
    ...Object.entries({
      getFullYear: 2026,
      getMonth: 0,
      getDate: 31,
      getDayOfMonth: 30,
      getDayOfWeek: 6,
      getDayOfYear: 30,
      getHours: 9,
      getMinutes: 30,
      getSeconds: 15,
      getMilliseconds: 250,
    }).map(([name, value]): [string, unknown] => [`timestamp("2026-01-31T09:30:15.25Z").${name}()`, value]),
  ]);
});

describe('functions on numbers', () => {
  cases([
    ['math.abs(-3) + math.abs(3)', 6],
    ['math.abs(-1.5)', 1.5],
    ['math.least(3, 1, 2)', 1],
    ['math.greatest(1.5, 2.5)', 2.5],
    ['math.round(-2.5)', -3],
    ['math.round(0.49999999999999994)', 0],
    ['math.floor(-1.5) + math.ceil(1.2) + math.trunc(-1.7)', -1],
  ]);
});

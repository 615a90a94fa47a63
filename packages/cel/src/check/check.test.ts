import { describe, expect, it } from 'vitest';
import type { Environment } from '../environment.ts';
import { formatType } from '../types/format-type.ts';
import { BOOL, DOUBLE, DYN, INT, STRING, TIMESTAMP, UINT, listOf, mapOf, type CelType } from '../types/cel-type.ts';
import { check } from './check.ts';

const maybe = (of: CelType): CelType => ({ kind: 'nullable', of });
const address: CelType = {
  kind: 'record',
  name: 'Address',
  fields: new Map<string, CelType>([
    ['city', STRING],
    ['zip', maybe(STRING)],
  ]),
};
const environment: Environment = {
  variables: new Map<string, CelType>([
    ['status', { kind: 'string', symbols: ['PAID', 'OPEN'] }],
    ['amount', DOUBLE],
    ['quantity', INT],
    ['unsigned', UINT],
    ['note', maybe(STRING)],
    ['flag', maybe(BOOL)],
    ['address', maybe(address)],
    ['home', address],
    ['tags', listOf(STRING)],
    ['labels', mapOf(STRING, maybe(STRING))],
    ['any', DYN],
    ['at', TIMESTAMP],
  ]),
  ambiguous: new Map([['key', ['record.value.key', 'record.key']]]),
};

const issuesOf = (source: string) => check(source, environment).issues;
const typeOf = (source: string): string => {
  const { checked, issues } = check(source, environment);
  expect(issues.filter(({ severity }) => severity === 'error')).toEqual([]);
  return formatType(checked!.type);
};

describe('check', () => {
  it.each([
    ['amount * double(quantity)', 'double'],
    ['quantity / 2', 'int'],
    ['status + "x"', 'string'],
    ['true ? null : "x"', 'string?'],
    ['note != null ? note : "none"', 'string'],
    ['note == null ? "none" : note', 'string'],
    ['has(note) ? note : "none"', 'string'],
    ['coalesce(note, "none")', 'string'],
    ['coalesce(note, null)', 'string?'],
    ['has(address) && has(address.zip) ? address.zip : "?"', 'string'],
    ['[1, 2]', 'list(int)'],
    ['[1, "a"]', 'list(dyn)'],
    ['[] + tags', 'list(string)'],
    ['[null, 1]', 'list(int?)'],
    ['{"a": 1}', 'map(string, int)'],
    ['labels["x"]', 'string?'],
    ['home', 'Address'],
    ['home["city"]', 'string'],
    ['any.a.b[0]', 'dyn'],
    ['any + 1', 'dyn'],
    ['any + 1.5', 'double'],
    ['at > any', 'bool'],
    ['any + "x"', 'string'],
    ['any + any', 'dyn'],
    ['int(any)', 'int'],
    ['string(any)', 'string'],
    ['at - at', 'duration'],
    ['at + duration("1h")', 'timestamp'],
    ['tags.map(t, size(t))', 'list(int)'],
    ['tags.filter(t, t > "a")', 'list(string)'],
    ['labels.exists(k, k == "a")', 'bool'],
    ['tags.map(t, t != "x", t + "!")', 'list(string)'],
    ['type(any) == int', 'bool'],
    ['amount > 100', 'bool'],
  ])('types %s as %s', (source, expected) => {
    expect(typeOf(source)).toBe(expected);
  });

  it.each<[string, string, string, string?]>([
    ['amout > 1.0', 'UNKNOWN_NAME', 'amout', 'amount'],
    ['key == "a"', 'AMBIGUOUS_NAME', 'key', 'record.value.key'],
    ['home.citty', 'UNKNOWN_FIELD', 'citty', 'city'],
    ['status == "PAYD"', 'UNKNOWN_SYMBOL', '"PAYD"', 'PAID'],
    ['status in ["PAID", "OPN"]', 'UNKNOWN_SYMBOL', '"OPN"', 'OPEN'],
    ['amount * 2', 'NO_SUCH_OVERLOAD', '2', '2.0'],
    ['amount * quantity', 'NO_SUCH_OVERLOAD', 'quantity', 'double(quantity)'],
    ['quantity + amount', 'NO_SUCH_OVERLOAD', 'quantity', 'double(quantity)'],
    ['amount * (quantity + 1)', 'NO_SUCH_OVERLOAD', '(quantity + 1)', 'double(quantity + 1)'],
    ['unsigned + 1', 'NO_SUCH_OVERLOAD', 'unsigned', 'int(unsigned)'],
    ['"n" + quantity', 'NO_SUCH_OVERLOAD', 'quantity', 'string(quantity)'],
    ['status + 1.5 > ""', 'NO_SUCH_OVERLOAD', '1.5', 'string(1.5)'],
    ['status == 1', 'NO_SUCH_OVERLOAD', 'status == 1'],
    ['status < 1', 'NO_SUCH_OVERLOAD', 'status < 1'],
    ['-status == ""', 'NO_SUCH_OVERLOAD', '-status'],
    ['1 in "abc"', 'NO_SUCH_OVERLOAD', '"abc"'],
    ['1 in tags', 'NO_SUCH_OVERLOAD', '1 in tags'],
    ['size(1)', 'NO_SUCH_OVERLOAD', '1', 'string(1)'],
    ['math.floor(quantity)', 'NO_SUCH_OVERLOAD', 'quantity', 'double(quantity)'],
    ['math.ceil(2)', 'NO_SUCH_OVERLOAD', '2', '2.0'],
    ['tags[0].charAt(amount)', 'NO_SUCH_OVERLOAD', 'amount', 'int(amount)'],
    ['"a".contains(quantity + 1)', 'NO_SUCH_OVERLOAD', 'quantity + 1', 'string(quantity + 1)'],
    ['quantity.getHours()', 'NO_SUCH_OVERLOAD', 'quantity', 'millis(quantity)'],
    ['size(true, 1)', 'WRONG_ARGUMENT_COUNT', 'size(true, 1)'],
    ['null + 1', 'NO_SUCH_OVERLOAD', 'null + 1'],
    ['!quantity', 'TYPE_MISMATCH', 'quantity'],
    ['quantity && true', 'TYPE_MISMATCH', 'quantity'],
    ['amount ? 1 : 2', 'TYPE_MISMATCH', 'amount'],
    ['true ? 1 : "a"', 'TYPE_MISMATCH', 'true ? 1 : "a"'],
    ['coalesce(1, "a") == 1', 'TYPE_MISMATCH', 'coalesce(1, "a")'],
    ['tags["a"]', 'TYPE_MISMATCH', '"a"'],
    ['quantity.x', 'TYPE_MISMATCH', 'x'],
    ['quantity[0]', 'TYPE_MISMATCH', 'quantity[0]'],
    ['{1.5: 2}', 'TYPE_MISMATCH', '1.5'],
    ['has(1 + 2)', 'TYPE_MISMATCH', '1 + 2'],
    ['quantity.all(x, true)', 'TYPE_MISMATCH', 'quantity'],
    ['tags.all(1, true)', 'TYPE_MISMATCH', '1'],
    ['tags.all(t, size(t))', 'TYPE_MISMATCH', 'size(t)'],
    ['tags.exists(t)', 'WRONG_ARGUMENT_COUNT', 'tags.exists(t)'],
    ['"a".substring()', 'WRONG_ARGUMENT_COUNT', '"a".substring()'],
    ['lenght(tags)', 'UNKNOWN_FUNCTION', 'lenght'],
    ['sise(tags)', 'UNKNOWN_FUNCTION', 'sise', 'size'],
    ['startsWith("a", "b")', 'UNKNOWN_FUNCTION', 'startsWith'],
    ['"a".matches("(?=a)")', 'INVALID_PATTERN', '"(?=a)"'],
    ['Geo{country: "ZZ"}', 'UNKNOWN_RECORD', 'Geo'],
    ['[1].map(a, [1].map(b, [1].map(c, [1].map(d, d))))', 'EXPRESSION_TOO_DEEP', '[1].map(d, d)'],
  ])('reports %s as %s', (source, code, place, suggestion) => {
    const { checked, issues } = check(source, environment);
    const errors = issues.filter(({ severity }) => severity === 'error');
    expect(errors.map((issue) => [issue.code, source.slice(issue.start, issue.end), issue.suggestion])).toEqual([
      [code, place, suggestion],
    ]);
    expect(checked).toBeNull();
  });

  it('words the messages so that the caller can complete them', () => {
    expect(issuesOf('home.citty')[0]?.message).toBe('field "citty" does not exist.');
    expect(issuesOf('amount * 2')[0]?.message).toBe(
      'there is no operator "*" for double and int; write 2.0 instead of 2.',
    );
    expect(issuesOf('key')[0]?.message).toBe('"key" could mean two things; write "record.value.key" or "record.key".');
  });

  it('reports all errors at once, each once', () => {
    const issues = issuesOf('amout + 1 > 2 && stats == "x" && home.citty.size() > 1');
    expect(issues.map(({ code, suggestion }) => [code, suggestion])).toEqual([
      ['UNKNOWN_NAME', 'amount'],
      ['UNKNOWN_NAME', 'status'],
      ['UNKNOWN_FIELD', 'city'],
    ]);
  });
});

describe('null', () => {
  it.each([
    'note.size() > 1',
    'note > "a"',
    'note + "a" == ""',
    'address.city == ""',
    'flag && true',
    '!flag',
    'note == null && note.size() > 1',
    'note.size() > 1 && note != null',
    '(note != null || quantity > 1) && note.size() > 1',
  ])('warns about %s', (source) => {
    const { checked, issues } = check(source, environment);
    expect(checked).not.toBeNull();
    expect(issues.map(({ code, severity }) => [code, severity])).toEqual([['NULLABLE_OPERAND', 'warning']]);
    expect(issues[0]?.message).toMatch(/^"(note|address|flag)" may be null; write has\((note|address|flag)\) && …/);
  });

  it.each([
    'note == null',
    'note == "a"',
    'note in ["a", "b"]',
    'note != null && note.size() > 1',
    'null != note && note.size() > 1',
    '!(note == null) && note.size() > 1',
    'note == null || note.size() > 1',
    '!has(note) || note.size() > 1',
    'has(note) && note.size() > 1',
    'note == "abc" && note.size() > 1',
    'note in ["abc"] && note.size() > 1',
    'has(address) && address.city == "x"',
    'has(address.zip) && address.zip.size() > 1 && address.city == ""',
    'has(labels.x) && labels.x.size() > 1',
    'labels["x"] != null && labels["x"].size() > 1',
    'note != null && tags.exists(t, t == note + "x")',
    'has(note) ? note.size() > 1 : false',
    '(has(note) && quantity > 1) ? note.size() > 1 : quantity > 1',
    'tags.map(t, t == "" ? null : t).all(t, t != null && t.size() > 1)',
  ])('is content with %s', (source) => {
    expect(issuesOf(source)).toEqual([]);
  });
});

describe('paths', () => {
  it.each<[string, string[][]]>([
    ['amount > 1.0 && amount < 2.0', [['amount']]],
    [
      'home.city == home.zip',
      [
        ['home', 'city'],
        ['home', 'zip'],
      ],
    ],
    ['home["city"]', [['home', 'city']]],
    ['home == home && home.city == ""', [['home']]],
    ['address != null && address.city == ""', [['address', 'city']]],
    ['address == null', [['address']]],
    ['has(address.zip)', [['address', 'zip']]],
    ['labels["x"] == labels.y', [['labels']]],
    ['any.a.b == 1', [['any']]],
    ['tags.exists(t, t == status)', [['tags'], ['status']]],
    ['tags[quantity]', [['quantity'], ['tags']]],
    ['1 + 2', []],
  ])('of %s are %j', (source, expected) => {
    const { checked } = check(source, environment);
    const sorted = (paths: readonly (readonly string[])[]) => paths.map((path) => path.join('.')).toSorted();
    expect(sorted(checked!.paths)).toEqual(sorted(expected));
    expect(checked!.constant).toBe(expected.length === 0);
  });
});

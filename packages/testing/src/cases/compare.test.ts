import { describe, expect, it } from 'vitest';
import { compare } from './compare.ts';

const messages = (expected: unknown, actual: unknown, subset = false) =>
  compare(expected, actual, 'value', subset).map(({ path, message }) => `${path}: ${message}`);

describe('the structural comparison of a test', () => {
  it('says of each place what differs, and of nothing else', () => {
    expect(messages({ a: 1, b: { c: [1, 2], d: 'x' } }, { a: 1, b: { c: [1, 3, 4], d: 'y' } })).toEqual([
      'value.b.c[1]: expected 2, got 3',
      'value.b.c[2]: expected nothing, got 4',
      'value.b.d: expected "x", got "y"',
    ]);
    expect(messages({ a: 1 }, { b: 1 })).toEqual([
      'value.a: expected 1, got no such field',
      'value.b: expected no such field, got 1',
    ]);
    expect(messages([1, 2], [1])).toEqual(['value[1]: expected 2, got nothing']);
  });

  it('tells values apart that look alike', () => {
    expect(messages('1', 1)).toEqual(['value: expected "1", got 1']);
    expect(messages(null, undefined)).toEqual(['value: expected null, got nothing']);
    expect(messages({}, [])).toEqual(['value: expected {}, got []']);
    expect(messages({ toString: 1 }, {})).toEqual(['value.toString: expected 1, got no such field']);
  });

  it('takes further fields where a subset is asked for, at any depth', () => {
    expect(messages({ a: { b: 1 } }, { a: { b: 1, c: 2 }, d: 3 }, true)).toEqual([]);
    expect(messages([{ a: 1 }], [{ a: 1, b: 2 }], true)).toEqual([]);
    expect(messages([{ a: 1 }], [{ a: 1 }, { a: 2 }], true)).toEqual(['value[1]: expected nothing, got {"a":2}']);
  });

  it('takes what only has a property for what is expected', () => {
    expect(messages({ $any: true }, 'x')).toEqual([]);
    expect(messages({ a: { $any: true } }, {})).toEqual(['value.a: expected {"$any":true}, got no such field']);
    expect(messages({ $where: 'value > 3' }, 4)).toEqual([]);
    expect(messages({ $where: 'value > 3' }, 3)).toEqual(['value: expected value > 3, got 3']);
    expect(messages({ $approx: 0.3 }, 0.1 + 0.2)).toEqual([]);
    expect(messages({ $approx: 1 }, 1.1)).toEqual(['value: expected about 1, got 1.1']);
    expect(messages({ $anything: 1 }, 1)[0]).toContain('"$anything" is not known here');
  });

  it('reads a timestamp that is written as a text', () => {
    expect(messages('2026-01-01T00:00:00Z', Date.UTC(2026, 0, 1))).toEqual([]);
    expect(messages('2026-01-01T00:00:01Z', Date.UTC(2026, 0, 1))).toHaveLength(1);
  });
});

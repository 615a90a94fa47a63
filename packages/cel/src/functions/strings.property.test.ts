import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CelError } from '../cel-error.ts';
import { beginEvaluation } from '../values/meter.ts';
import { overloadsOf } from './table.ts';

// Short texts of few characters, so that parts are found: of one and of two UTF-16 units, half of a pair, NUL.
const character = fc.constantFrom('a', 'b', 'A', ' ', '\0', 'é', '😀', '😁', '\ud83d', '\ude00', '\u00a0');
const text = fc.array(character, { maxLength: 8 }).map((parts) => parts.join(''));
const part = fc.array(character, { maxLength: 2 }).map((parts) => parts.join(''));
const position = fc.integer({ min: -2, max: 10 });

function call(name: string, count: number, ...args: unknown[]): unknown {
  const overload = overloadsOf(name).find(
    ({ form, params }) => form === 'method' && params.length === count && params[0]!.kind !== 'list',
  );
  beginEvaluation();
  try {
    return overload!.evaluate(...args);
  } catch (error) {
    if (error instanceof CelError) return error.code;
    throw error;
  }
}

// The model: lists of code points, searched by comparing.
const points = (value: string): string[] => Array.from(value);
const isAt = (list: string[], sub: string[], at: number): boolean => sub.every((item, i) => list[at + i] === item);
const OUT = 'INDEX_OUT_OF_RANGE';

function indexOf(value: string, sub: string, from: number): number | string {
  const [list, wanted] = [points(value), points(sub)];
  if (from < 0 || from > list.length) return OUT;
  for (let at = from; at + wanted.length <= list.length; at++) if (isAt(list, wanted, at)) return at;
  return -1;
}

function lastIndexOf(value: string, sub: string, from: number): number | string {
  const [list, wanted] = [points(value), points(sub)];
  if (from < 0 || from > list.length) return OUT;
  for (let at = Math.min(from, list.length - wanted.length); at >= 0; at--) if (isAt(list, wanted, at)) return at;
  return -1;
}

function replace(value: string, sub: string, by: string, limit: number): string {
  const [list, wanted] = [points(value), points(sub)];
  const result: string[] = [];
  let left = limit < 0 ? Infinity : limit;
  for (let at = 0; at <= list.length;) {
    if (left > 0 && at + wanted.length <= list.length && isAt(list, wanted, at)) {
      result.push(by);
      left--;
      if (wanted.length > 0) {
        at += wanted.length;
        continue;
      }
    }
    if (at < list.length) result.push(list[at]!);
    at++;
  }
  return result.join('');
}

describe('functions on text, beside a model of code points', () => {
  // A part that begins or ends with half of a pair is found inside a pair by JavaScript; text from outside has none.
  const isWhole = (...values: string[]): boolean => values.every((value) => !/[\ud800-\udfff]/u.test(value));

  it('finds positions', () => {
    fc.assert(
      fc.property(text, part, position, (value, sub, from) => {
        fc.pre(isWhole(value, sub));
        expect(call('indexOf', 3, value, sub, from)).toBe(indexOf(value, sub, from));
        expect(call('indexOf', 2, value, sub)).toBe(indexOf(value, sub, 0));
        expect(call('lastIndexOf', 3, value, sub, from)).toBe(lastIndexOf(value, sub, from));
        expect(call('lastIndexOf', 2, value, sub)).toBe(lastIndexOf(value, sub, points(value).length));
      }),
      { numRuns: 1000 },
    );
  });

  it('cuts and turns around', () => {
    fc.assert(
      fc.property(text, position, position, (value, from, to) => {
        const list = points(value);
        const isOut = from < 0 || to > list.length || from > to;
        expect(call('substring', 3, value, from, to)).toBe(isOut ? OUT : list.slice(from, to).join(''));
        expect(call('charAt', 2, value, from)).toBe(from < 0 || from > list.length ? OUT : (list[from] ?? ''));
        expect(call('size', 1, value)).toBe(list.length);
        expect(call('reverse', 1, value)).toBe(list.toReversed().join(''));
      }),
      { numRuns: 1000 },
    );
  });

  it('replaces, splits and joins', () => {
    fc.assert(
      fc.property(text, part, part, fc.integer({ min: -1, max: 4 }), (value, sub, by, limit) => {
        fc.pre(isWhole(value, sub));
        expect(call('replace', 4, value, sub, by, limit)).toBe(replace(value, sub, by, limit));
        const pieces = call('split', 3, value, sub, limit) as string[];
        if (limit !== 0) expect(pieces.join(sub)).toBe(value);
        if (limit > 0) expect(pieces.length).toBeLessThanOrEqual(limit);
        if (limit < 0 && sub !== '') expect(pieces.every((piece) => !piece.includes(sub))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('changes the case of ASCII letters only', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const change = (low: number, by: number): string =>
          value.replace(/[^]/g, (unit) => {
            const code = unit.charCodeAt(0);
            return code >= low && code < low + 26 ? String.fromCharCode(code + by) : unit;
          });
        expect(call('lowerAscii', 1, value)).toBe(change(65, 32));
        expect(call('upperAscii', 1, value)).toBe(change(97, -32));
      }),
    );
  });
});

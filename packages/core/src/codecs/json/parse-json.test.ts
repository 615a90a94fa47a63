import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactNumber, parseExactly, RoundedNumber } from './parse-exactly.ts';
import { parseDynamic, parseTyped } from './parse-json.ts';

const bytes = (text: string): [Uint8Array, number, number] => [Buffer.from(text), 0, Buffer.byteLength(text)];

describe('parseDynamic', () => {
  it('reads integers beyond 2^53 exactly, wherever they stand', () => {
    const text =
      '{"a":[9007199254740993,-9223372036854775808],"b":"9007199254740993","c":1.5,"d":12345678901234567890}';
    expect(parseDynamic(...bytes(text))).toEqual({
      a: [9007199254740993n, -9223372036854775808n],
      b: '9007199254740993',
      c: 1.5,
      d: 12345678901234567890n,
    });
  });

  it('keeps "__proto__" as a harmless field of its own', () => {
    for (const number of ['1', '9007199254740993']) {
      const value = parseDynamic(...bytes(`{"__proto__":{"admin":true},"n":${number}}`)) as object;
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
      expect(Object.hasOwn(value, '__proto__')).toBe(true);
      expect((value as { admin?: boolean }).admin).toBeUndefined();
    }
  });

  it('refuses what nests too deep, and reads what nests just deep enough', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(() => parseDynamic(...bytes(nested(100_000)))).toThrow(expect.objectContaining({ code: 'TOO_DEEP' }));
    expect(() => parseDynamic(...bytes('{"a":'.repeat(513) + '1' + '}'.repeat(513)))).toThrow(/deep/);
    expect(parseDynamic(...bytes(`${nested(512)}${' '.repeat(10)}`))).toBeInstanceOf(Array);
    expect(parseDynamic(...bytes(`["${'['.repeat(2000)}\\"["]`))).toEqual([`${'['.repeat(2000)}"[`]);
  });

  it('refuses what is not UTF-8, not JSON or beyond a double', () => {
    expect(() => parseDynamic(Buffer.from([0x22, 0xff, 0x22]), 0, 3)).toThrow(
      expect.objectContaining({ code: 'BAD_UTF8' }),
    );
    for (const text of ['', ' ', '{', '{"a":1,}', 'NaN', '01', '1e400', '[1e999]', '"\u0001"']) {
      expect(() => parseDynamic(...bytes(text)), text).toThrow(expect.objectContaining({ code: 'BAD_JSON' }));
    }
  });

  it('never quotes the value in its message', () => {
    expect(() => parseDynamic(...bytes('{"card":4111}x'))).toThrow(/^[^4]*$/);
  });
});

describe('parseTyped', () => {
  it('marks numbers that only look like integers once they are rounded', () => {
    expect(parseTyped(...bytes('9007199254740991.4'))).toBeInstanceOf(RoundedNumber);
    expect(parseTyped(...bytes('1.0000000000000000001'))).toBeInstanceOf(RoundedNumber);
    expect(parseTyped(...bytes('999999999999999.999999999999999'))).toBeInstanceOf(RoundedNumber);
    expect(parseTyped(...bytes('9007199254740993.0'))).toBe(9007199254740993n);
    expect(parseTyped(...bytes('[0.1234567890123456789]'))).toEqual([0.12345678901234568]);
  });
});

describe('parseExactly', () => {
  it('reads every JSON as the engine does where no number is rounded', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, space) => {
        const text = JSON.stringify(value, null, space);
        const expected: unknown = JSON.parse(text);
        const read = parseExactly(text, (literal) => Number(literal));
        expect(read).toEqual(expected);
        expect(JSON.stringify(read)).toBe(JSON.stringify(expected));
      }),
      { numRuns: 500 },
    );
  });

  it('reads every integer as BigInt reads its text', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), (integer) => {
        expect(BigInt(exactNumber(String(integer)) as bigint)).toBe(integer);
      }),
    );
  });
});

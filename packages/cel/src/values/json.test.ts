import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CelError } from '../cel-error.ts';
import { readJson } from './json-reader.ts';
import { writeJson } from './json-writer.ts';
import { beginEvaluation } from './meter.ts';

// A number that is too large is infinite to JSON.parse, and an error here.
function parsed(text: string): unknown {
  try {
    return JSON.parse(text, (_, value: unknown) => {
      if (value === Infinity || value === -Infinity) throw new RangeError('too large');
      return value;
    });
  } catch {
    return 'no JSON';
  }
}

function read(text: string): unknown {
  try {
    return readJson(text);
  } catch (error) {
    if (error instanceof CelError && error.code === 'INVALID_JSON') return 'no JSON';
    throw error;
  }
}

// Bigints as numbers; the sign of zero is lost.
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? Number(item) : item)));

describe('readJson', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.nat(3), (text, indent) => {
        expect(plain(read(JSON.stringify(JSON.parse(text), null, indent)))).toEqual(plain(parsed(text)));
      }),
    );
  });

  it('refuses what JSON.parse refuses', () => {
    const part = fc.constantFrom(...Array.from('{}[]",:\\u0n1-+.eE \t'), 'true', 'null', '"a"', '\\u00e9', '\u0001', '01', '1.5e3');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const text = parts.join('');
        expect([text, plain(read(text))]).toEqual([text, plain(parsed(text))]);
      }),
      { numRuns: 3000 },
    );
  }); // prettier-ignore

  it('keeps integers of 64 bits exactly, and their neighbours as doubles', () => {
    expect(readJson('[9007199254740993, -9223372036854775808, 9223372036854775808, 1e3]')).toEqual([
      9007199254740993n,
      -9223372036854775808n,
      9223372036854775808,
      1000,
    ]);
  });

  it('reaches no prototype', () => {
    const value = readJson('{"__proto__": {"x": 1}, "constructor": 2}') as Record<string, unknown>;
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it('refuses what is nested too deep, and numbers that are too large', () => {
    expect(read('['.repeat(100_000))).toBe('no JSON');
    expect(read('1e400')).toBe('no JSON');
  });
});

describe('writeJson', () => {
  it('writes what JSON.parse reads as the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        beginEvaluation();
        expect(plain(JSON.parse(writeJson(value)))).toEqual(plain(value));
      }),
    );
  });
});

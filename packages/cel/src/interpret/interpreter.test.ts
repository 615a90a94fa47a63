import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CelError } from '../cel-error.ts';
import { check } from '../check/check.ts';
import { BOOL, DOUBLE, DYN, INT, STRING, UINT, listOf, mapOf, type CelType } from '../types/cel-type.ts';
import { interpreter } from './interpreter.ts';

type Variables = Record<string, [CelType, unknown]>;

function evaluate(source: string, variables: Variables = {}): unknown {
  const types = new Map(Object.entries(variables).map(([name, [type]]) => [name, type]));
  const { checked, issues } = check(source, { variables: types });
  expect(issues.filter(({ severity }) => severity === 'error')).toEqual([]);
  return interpreter(checked!)((name) => variables[name]?.[1]);
}

function failure(source: string, variables: Variables = {}): [string, string] {
  try {
    evaluate(source, variables);
  } catch (error) {
    if (error instanceof CelError) return [error.code, source.slice(error.start, error.end)];
    throw error;
  }
  throw new Error(`"${source}" does not fail.`);
}

describe('interpreter', () => {
  // From the language definition of CEL.
  it.each<[string, unknown]>([
    ['1 + 2 * 3 - 4', 3],
    ['7 / 2', 3],
    ['-7 / 2', -3],
    ['-7 % 2', -1],
    ['7 % -2', 1],
    ['-8 % 2', 0],
    ['0 * -1', 0],
    ['9007199254740993', 9007199254740993n],
    ['9007199254740991 + 2', 9007199254740993n],
    ['9007199254740993 - 2', 9007199254740991],
    ['-9223372036854775808', -9223372036854775808n],
    ['18446744073709551615u', 18446744073709551615n],
    ['5u - 3u', 2],
    ['1.5 + 2.5', 4],
    ['1.0 / 0.0', Infinity],
    ['-(1.0)', -1],
    ['1 == 1.0', true],
    ['1u == 1', true],
    ['9007199254740993 == 9007199254740992.0', false],
    ['9007199254740993 > 9007199254740992.0', true],
    ['double("NaN") == double("NaN")', false],
    ['double("NaN") != double("NaN")', true],
    ['1 < 1.5', true],
    ['"a" < "b"', true],
    ['"\\uff5e" < "\\U0001F600"', true],
    ['b"a" < b"ab"', true],
    ['false < true', true],
    ['"a" + "b" == "ab"', true],
    ['b"a" + b"\\xff" == b"a\\xff"', true],
    ['[1] + [2, 3] == [1, 2, 3]', true],
    ['[1, [2.0]] == [1.0, [2]]', true],
    ['{"a": 1, "b": [2]} == {"b": [2], "a": 1}', true],
    ['{"a": 1} == {"a": 1, "b": 2}', false],
    ['{1: "x"}[1]', 'x'],
    ['{true: 1u}[true]', 1],
    ['{"a": {"b": 3}}.a.b', 3],
    ['[10, 20][1]', 20],
    ['2 in [1, 2]', true],
    ['2.0 in [1, 2]', true],
    ['"a" in {"a": 1}', true],
    ['"b" in {"a": 1}', false],
    ['null == null', true],
    ['true ? 1 : 1 / 0', 1],
    ['false || true', true],
    ['1 / 0 > 1 || true', true],
    ['true || 1 / 0 > 1', true],
    ['1 / 0 > 1 && false', false],
    ['false && 1 / 0 > 1', false],
    ['!true', false],
    ['[1, 2, 3].all(x, x > 0)', true],
    ['[1, 2, 3].all(x, x > 1)', false],
    ['[].all(x, x > 1)', true],
    ['[].exists(x, true)', false],
    ['[1, 0].exists(x, 1 / x > 0)', true],
    ['[0, 1].exists(x, 1 / x > 0)', true],
    ['[0, 2].all(x, 1 / x > 0)', false],
    ['[1, 2, 1].exists_one(x, x == 2)', true],
    ['[1, 2, 1].existsOne(x, x == 1)', false],
    ['[1, 2].map(x, x * 2) == [2, 4]', true],
    ['[1, 2, 3].map(x, x > 1, x * 2) == [4, 6]', true],
    ['[1, 2, 3].filter(x, x != 2) == [1, 3]', true],
    ['{"a": 1, "b": 2}.all(k, k < "c")', true],
    ['[[1], [2, 3]].map(x, x.map(y, y + size(x))) == [[2], [4, 5]]', true],
    ['[1].map(x, [2].map(x, x))[0][0]', 2],
    ['has({"a": 1}.a)', true],
    ['has({"a": 1}.b)', false],
    ['type(1) == int && type(1.0) == double && type("") == string && type([]) == list', true],
    ['type(null) == null_type', true],
    ['coalesce(null, 1, 2)', 1],
    ['matches("abc", "^a.c$") && "abc".matches("b")', true],
  ])('case %#: %s', (source, expected) => {
    expect(evaluate(source)).toBe(expected);
  });

  it.each<[string, string, string]>([
    ['9223372036854775807 + 1', 'INTEGER_OVERFLOW', '9223372036854775807 + 1'],
    ['-9223372036854775807 - 2', 'INTEGER_OVERFLOW', '-9223372036854775807 - 2'],
    ['4611686018427387904 * 2', 'INTEGER_OVERFLOW', '4611686018427387904 * 2'],
    ['-(-9223372036854775807 - 1)', 'INTEGER_OVERFLOW', '-(-9223372036854775807 - 1)'],
    ['(-9223372036854775807 - 1) / -1', 'INTEGER_OVERFLOW', '(-9223372036854775807 - 1) / -1'],
    ['1u - 2u', 'INTEGER_OVERFLOW', '1u - 2u'],
    ['18446744073709551615u + 1u', 'INTEGER_OVERFLOW', '18446744073709551615u + 1u'],
    ['1 + 1 / 0', 'DIVISION_BY_ZERO', '1 / 0'],
    ['1 % 0', 'DIVISION_BY_ZERO', '1 % 0'],
    ['1u / 0u', 'DIVISION_BY_ZERO', '1u / 0u'],
    ['[1][1]', 'INDEX_OUT_OF_RANGE', '[1][1]'],
    ['[1][-1]', 'INDEX_OUT_OF_RANGE', '[1][-1]'],
    ['{"a": 1}["b"]', 'NO_SUCH_KEY', '{"a": 1}["b"]'],
    ['{"a": 1, "a": 2}.a', 'DUPLICATE_KEY', '"a"'],
    ['1 / 0 > 1 || false', 'DIVISION_BY_ZERO', '1 / 0'],
    ['true && 1 / 0 > 1', 'DIVISION_BY_ZERO', '1 / 0'],
    ['[0].all(x, 1 / x > 0)', 'DIVISION_BY_ZERO', '1 / x'],
  ])('fails for %s with %s', (source, code, place) => {
    expect(failure(source)).toEqual([code, place]);
  });

  it('evaluates the same closure for many records', () => {
    const types = new Map<string, CelType>([['a', INT], ['tags', listOf(INT)]]); // prettier-ignore
    const run = interpreter(check('tags.exists(t, t > a)', { variables: types }).checked!);
    const scopes = [
      { a: 1, tags: [1, 2] },
      { a: 2, tags: [1, 2] },
      { a: 0, tags: [] },
    ];
    expect(scopes.map((scope) => run((name) => scope[name as 'a']))).toEqual([true, false, false]);
  });

  it('looks long lists of literals up and short ones through alike', () => {
    const long = Array.from({ length: 30 }, (_, i) => `"s${i}"`).join(', ');
    for (const list of [long, '"s3"', '"s3", "s7"', '"s3", "s7", "s9"']) {
      expect(evaluate(`s in [${list}]`, { s: [STRING, 's3'] })).toBe(true);
      expect(evaluate(`s in [${list}]`, { s: [STRING, 's99'] })).toBe(false);
      expect(evaluate(`s in [${list}, null]`, { s: [{ kind: 'nullable', of: STRING }, undefined] })).toBe(true);
    }
    expect(evaluate('n in [1, 2]', { n: [INT, 2n] })).toBe(true);
  });
});

describe('arithmetic of ints', () => {
  const int = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.integer({ min: -50, max: 50 }).map(BigInt),
    fc.constantFrom(2n ** 53n, 2n ** 53n - 1n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n), 2n ** 32n),
  );
  const toValue = (exact: bigint): number | bigint => (Number.isSafeInteger(Number(exact)) ? Number(exact) : exact);
  const operations: Record<string, (a: bigint, b: bigint) => bigint> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
    '%': (a, b) => a % b,
  };

  it.each(
    Object.keys(operations)
      .flatMap(
        (operator) =>
          [
            [operator, INT],
            [operator, DYN],
          ] as const,
      )
      .filter(([operator, type]) => operator !== '/' || type !== DYN), // dyn numbers divide as doubles
  )('agrees with 64 bits for %s of %j', (operator, type) => {
    const { checked } = check(`a ${operator} b`, { variables: new Map<string, CelType>([['a', type], ['b', INT]]) }); // prettier-ignore
    const run = interpreter(checked!);
    fc.assert(
      fc.property(int, int, (a, b) => {
        const values = new Map([
          ['a', toValue(a)],
          ['b', toValue(b)],
        ]);
        let result: unknown;
        try {
          result = run((name) => values.get(name));
        } catch (error) {
          result = (error as CelError).code;
        }
        const isZero = b === 0n && (operator === '/' || operator === '%');
        const exact = isZero ? 0n : operations[operator]!(a, b);
        const expected = isZero
          ? 'DIVISION_BY_ZERO'
          : BigInt.asIntN(64, exact) === exact
            ? toValue(exact)
            : 'INTEGER_OVERFLOW';
        expect(result).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('compares ints and doubles by value', () => {
    const { checked } = check('a < d', { variables: new Map<string, CelType>([['a', INT], ['d', DOUBLE]]) }); // prettier-ignore
    const run = interpreter(checked!);
    fc.assert(
      fc.property(int, fc.double({ noNaN: true, noDefaultInfinity: true }), (a, d) => {
        const expected = a < BigInt(Math.floor(d)) || (a === BigInt(Math.floor(d)) && !Number.isInteger(d));
        expect(run((name) => (name === 'a' ? toValue(a) : d))).toBe(expected);
      }),
    );
  });
});

describe('null at run time', () => {
  const note: [CelType, unknown] = [{ kind: 'nullable', of: STRING }, null];
  const place: CelType = { kind: 'record', name: null, fields: new Map<string, CelType>([['city', STRING], ['zip', note[0]]]) }; // prettier-ignore

  it('fails where the checker warned', () => {
    expect(failure('note.size() > 1', { note })).toEqual(['NULL_OPERAND', 'note']);
    expect(failure('note > "a"', { note })).toEqual(['NULL_OPERAND', 'note']);
    expect(failure('p.city', { p: [{ kind: 'nullable', of: place }, null] })).toEqual(['NULL_OPERAND', 'p']);
  });

  it('is a value for ==, != and in', () => {
    expect(evaluate('note == null && !(note != null) && note != "a" && !(note in ["a", "b"])', { note })).toBe(true);
  });

  it('is what a field that is left out is', () => {
    expect(evaluate('p.zip == null', { p: [place, { city: 'x' }] })).toBe(true);
    expect(evaluate('note == null', { note: [note[0], undefined] })).toBe(true);
  });

  it('gives an error where a field is missing that is never null', () => {
    expect(failure('p.city', { p: [place, {}] })).toEqual(['NO_SUCH_KEY', 'p.city']);
  });

  it('makes has(…) false on all of a path', () => {
    const p: [CelType, unknown] = [{ kind: 'nullable', of: place }, null];
    expect(evaluate('has(p) || has(p.zip)', { p })).toBe(false);
    expect(evaluate('has(p.zip)', { p: [place, { city: 'x', zip: null }] })).toBe(false);
    expect(evaluate('has(p.zip) && p.zip == "1"', { p: [place, { city: 'x', zip: '1' }] })).toBe(true);
    expect(evaluate('has(v.a.b)', { v: [DYN, {}] })).toBe(false);
  });

  it('is what an entry is that a map with nullable values lacks', () => {
    const labels: [CelType, unknown] = [mapOf(STRING, note[0]), new Map([['a', 'x']])];
    expect(evaluate('labels["a"] == "x" && labels["b"] == null && labels.b == null', { labels })).toBe(true);
  });

  it('is not hidden by a test that an error swallowed', () => {
    const variables: Variables = { note, zero: [INT, 0] };
    expect(failure('note == "a" + string(1 / zero) && note > ""', variables)[0]).toBe('DIVISION_BY_ZERO');
  });
});

describe('dyn', () => {
  it.each<[string, unknown, unknown]>([
    ['v + 1', 2, 3],
    ['v + 1.5', 2, 3.5],
    ['v * v', 3, 9],
    ['v * v', 1.5, 2.25],
    ['v / 2', 7, 3.5],
    ['v / 2', 8, 4],
    ['v + 1', 1.5, 2.5],
    ['int(v) / 2', 7, 3],
    ['v + "b"', 'a', 'ab'],
    ['v > 1', 1.5, true],
    ['v > 1', 2n ** 60n, true],
    ['v == 1', 1, true],
    ['v == "a"', 1, false],
    ['-v', 3, -3],
    ['-v', 1.5, -1.5],
    ['v ? 1 : 2', true, 1],
    ['v && true', true, true],
    ['v.a.b[1]', { a: { b: [1, 2] } }, 2],
    ['v["a"]', { a: 1 }, 1],
    ['v[1]', new Map([[1, 'x']]), 'x'],
    ['"a" in v', { a: 1 }, true],
    ['2 in v', [1, 2], true],
    ['size(v)', 'abc', 3],
    ['size(v)', [1], 1],
    ['size(v)', { a: 1 }, 1],
    ['v.size()', new Uint8Array(3), 3],
    ['v.startsWith("a")', 'abc', true],
    ['v.join("-")', ['a', 'b'], 'a-b'],
    ['v.exists(x, x.n == 2)', [{ n: 1 }, { n: 2 }], true],
    ['int(v)', '42', 42],
    ['int(v)', 1.9, 1],
    ['double(v)', 1, 1],
    ['string(v)', 1.5, '1.5'],
    ['string(v)', true, 'true'],
    ['timestamp(v) == millis(0)', '1970-01-01T00:00:00Z', true],
    ['millis(v) == timestamp(1)', 1000, true],
    ['type(v)', 1.5, 'double'],
    ['type(v)', null, 'null_type'],
    ['has(v.a)', { a: 0 }, true],
    ['v.toString', { toString: 'own' }, 'own'],
  ])('case %#: %s', (source, v, expected) => {
    expect(evaluate(source, { v: [DYN, v] })).toEqual(expected);
  });

  it.each<[string, unknown, string]>([
    ['v + 1', 'a', 'NO_SUCH_OVERLOAD'],
    ['v + 1', null, 'NULL_OPERAND'],
    ['v - v', 'a', 'NO_SUCH_OVERLOAD'],
    ['-v', 'a', 'NO_SUCH_OVERLOAD'],
    ['v > 1', 'a', 'NO_SUCH_OVERLOAD'],
    ['v && true', 1, 'NO_SUCH_OVERLOAD'],
    ['v ? 1 : 2', 'true', 'NO_SUCH_OVERLOAD'],
    ['!v', null, 'NULL_OPERAND'],
    ['v.a', 'text', 'NO_SUCH_OVERLOAD'],
    ['v.a', null, 'NULL_OPERAND'],
    ['v.a', {}, 'NO_SUCH_KEY'],
    ['v.a', [1], 'NO_SUCH_OVERLOAD'],
    ['v[1.5]', [1, 2], 'INDEX_OUT_OF_RANGE'],
    ['v["0"]', [1, 2], 'NO_SUCH_OVERLOAD'],
    ['size(v)', 1, 'NO_SUCH_OVERLOAD'],
    ['v.startsWith("a")', 1, 'NO_SUCH_OVERLOAD'],
    ['v.join("-")', ['a', 1], 'NO_SUCH_OVERLOAD'],
    ['int(v)', 'x', 'CONVERSION_FAILED'],
    ['int(v)', null, 'NULL_OPERAND'],
    ['string(v)', [1], 'NO_SUCH_OVERLOAD'],
    ['1 in v', 1, 'NO_SUCH_OVERLOAD'],
    ['v.exists(x, x)', [1], 'NO_SUCH_OVERLOAD'],
    ['v.exists(x, x)', 1, 'NO_SUCH_OVERLOAD'],
  ])('case %#: %s fails', (source, v, code) => {
    expect(failure(source, { v: [DYN, v] })[0]).toBe(code);
  });
});

describe('hostile expressions and values', () => {
  const empty: Variables = { v: [DYN, {}], s: [STRING, 'text'], l: [listOf(INT), [1]], u: [UINT, 1], b: [BOOL, true] };

  it.each(['constructor', '__proto__', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__', 'prototype'])(
    'never reaches the prototype through %s',
    (name) => {
      expect(failure(`v.${name}`, empty)[0]).toBe('NO_SUCH_KEY');
      expect(failure(`v["${name}"]`, empty)[0]).toBe('NO_SUCH_KEY');
      expect(failure(`v["${name.slice(0, 3)}" + "${name.slice(3)}"]`, empty)[0]).toBe('NO_SUCH_KEY');
      expect(evaluate(`has(v.${name}) || "${name}" in v`, empty)).toBe(false);
      for (const text of [
        `s.${name}`,
        `l.${name}`,
        `${name}`,
        `${name}(s)`,
        `s.${name}()`,
        `"".${name}.${name}("x")()`,
      ]) {
        expect(check(text, { variables: new Map([['s', STRING], ['l', listOf(INT)]]) }).checked).toBeNull(); // prettier-ignore
      }
    },
  );

  it('does not read inherited fields of a record', () => {
    const type: CelType = { kind: 'record', name: null, fields: new Map([['constructor', STRING], ['a', STRING]]) }; // prettier-ignore
    expect(failure('r.constructor', { r: [type, {}] })[0]).toBe('NO_SUCH_KEY');
    expect(failure('r.a', { r: [type, Object.create({ a: 'inherited' })] })[0]).toBe('NO_SUCH_KEY');
    expect(evaluate('r.constructor', { r: [type, { constructor: 'own' }] })).toBe('own');
  });

  it('reads an own field with the name of the prototype', () => {
    expect(evaluate('v.__proto__.a', { v: [DYN, JSON.parse('{"__proto__": {"a": 1}}')] })).toBe(1);
  });

  it('builds maps without a prototype', () => {
    const map = evaluate('{"__proto__": {"polluted": 1}}') as object;
    expect(Object.getPrototypeOf(map)).toBeNull();
    expect(Object.keys(map)).toEqual(['__proto__']);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('never calls methods of a value', () => {
    const trap = (): never => {
      throw new Error('called');
    };
    const value = { toString: trap, valueOf: trap, [Symbol.toPrimitive]: trap, toJSON: trap };
    for (const source of [
      'v + 1',
      'v + "a"',
      'v > 1',
      '-v',
      'v == 1',
      'string(v)',
      'v in [1, 2, 3]',
      '{1: 1}[v]',
      '"a" in v',
      'size(v)',
    ]) {
      try {
        evaluate(source, { v: [DYN, value] });
      } catch (error) {
        expect(error).toBeInstanceOf(CelError);
      }
    }
  });

  it('ends macros that take too many rounds', () => {
    const many = Array.from({ length: 2000 }, (_, i) => i);
    expect(failure('l.exists(a, l.exists(b, a + b < 0))', { l: [listOf(INT), many] })[0]).toBe('STEP_LIMIT');
  });

  it('refuses to build what does not fit into memory', () => {
    const s: [CelType, unknown] = [STRING, 'x'.repeat(1_000_000)];
    expect(failure('s.replace("", s)', { s })[0]).toBe('RESULT_TOO_LARGE');
    expect(failure(`[${'s,'.repeat(100)}].join(s)`, { s })[0]).toBe('RESULT_TOO_LARGE');
    expect(failure(Array(100).fill('s').join('+'), { s })[0]).toBe('RESULT_TOO_LARGE');
  });

  it('gives an error for values that are nested too deep to compare', () => {
    const deep = (): unknown => JSON.parse('['.repeat(20_000) + ']'.repeat(20_000));
    expect(failure('a == b', { a: [DYN, deep()], b: [DYN, deep()] })[0]).toBe('VALUE_TOO_DEEP');
  });

  it('never puts a value into a message', () => {
    for (const source of ['int(v)', 'timestamp(v)', 'duration(v)', 'v + 1', 'v.secret', 'bool(v)', 'double(v)']) {
      try {
        evaluate(source, { v: [DYN, 'card-4711'] });
        expect.unreachable();
      } catch (error) {
        expect((error as Error).message).not.toContain('4711');
      }
    }
  });

  it('throws nothing but CelError, whatever the expression and the values', () => {
    const word = fc.constantFrom(
      ...'v s l b ( ) [ ] . , ? : + - * / % ! && || == < in 1 0 1.5 "a" null true has( size( .a .map(x, x) .matches( string( int('.split(
        ' ',
      ),
    );
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 9 }),
        fc.anything({ withBigInt: true, withMap: true, withTypedArray: true, withNullPrototype: true }),
        (words, v) => {
          const variables: Variables = { ...empty, v: [DYN, v] };
          const types = new Map(Object.entries(variables).map(([name, [type]]) => [name, type]));
          const { checked } = check(words.join(' '), { variables: types });
          if (checked === null) return;
          try {
            interpreter(checked)((name) => variables[name]?.[1]);
          } catch (error) {
            expect(error).toBeInstanceOf(CelError);
            expect((error as CelError).start).toBeGreaterThanOrEqual(0);
          }
        },
      ),
      { numRuns: 5000 },
    );
  });
});

import { check, generated, interpreter, type CelType } from '@headrace/cel';
import { Environment } from '@marcbachmann/cel-js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { outcomeOf } from './back-ends.ts';

// An implementation of CEL that shares nothing with ours. Where both take an expression, they agree on its value, and on whether it has one.
// What it is known to do otherwise, and why the forms below leave it out:
// - the overflow of `-x` and of conversions is not noticed: no int comes near the edge of 64 bits;
// - bytes literals keep characters above ASCII as one byte; timestamps end at milliseconds: neither is built;
// - numbers of different types in one list are refused: lists have one type.
const other = new Environment({ unlistedVariablesAreDyn: false })
  .registerVariable('i', 'int')
  .registerVariable('j', 'int')
  .registerVariable('d', 'double')
  .registerVariable('s', 'string')
  .registerVariable('t', 'string')
  .registerVariable('b', 'bool')
  .registerVariable('l', 'list<int>');
const variables = new Map<string, CelType>([
  ['i', { kind: 'int' }],
  ['j', { kind: 'int' }],
  ['d', { kind: 'double' }],
  ['s', { kind: 'string' }],
  ['t', { kind: 'string' }],
  ['b', { kind: 'bool' }],
  ['l', { kind: 'list', element: { kind: 'int' } }],
]);

const text = fc.constantFrom('', 'a', 'ab', 'aba', 'B', '\u{1f600}', 'a\u{1f600}b');
const records = fc.record({
  i: fc.integer({ min: -20, max: 20 }),
  j: fc.integer({ min: -3, max: 3 }),
  d: fc.constantFrom(0, -0, 1.5, -2.25, 1e300, Infinity, NaN),
  s: text,
  t: text,
  b: fc.boolean(),
  l: fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 4 }),
});

const { bool } = fc.letrec<{ bool: string; int: string; double: string; string: string; list: string }>((tie) => {
  const [bool, int, double, string, list] = [tie('bool'), tie('int'), tie('double'), tie('string'), tie('list')];
  const form = (template: string, ...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
    fc.tuple(...parts).map((texts) => texts.reduce((whole, part) => whole.replace('_', () => `(${part})`), template));
  const operator = (operators: string[], side: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.tuple(side, fc.constantFrom(...operators), side).map(([a, between, c]) => `(${a}) ${between} (${c})`);
  const size = { maxDepth: 4, depthSize: 'small' as const };
  return {
    bool: fc.oneof(
      size,
      fc.constantFrom('b', 'true', 'false'),
      operator(['<', '<=', '==', '!=', '>', '>='], int),
      operator(['<', '==', '!=', '>='], double),
      operator(['<', '==', '!='], string),
      operator(['&&', '||', '&&', '||'], bool),
      form('!_', bool),
      form('_ ? _ : _', bool, bool, bool),
      form('_ in _', int, list),
      form('_.exists(x, x > _)', list, int),
      form('_.all(x, _ / x > 0)', list, int),
      form('_.exists_one(x, x == _)', list, int),
      form('_.contains(_)', string, string),
      form('_.startsWith(_)', string, string),
      operator(['==', '!='], list),
    ),
    int: fc.oneof(
      size,
      fc.constantFrom('i', 'j', '0', '1', '7', '-2'),
      operator(['+', '-', '*', '/', '%'], fc.oneof(size, fc.constantFrom('i', 'j', '3', '0'), int)),
      form('size(_)', string),
      form('size(_)', list),
      form('_[_]', list, int),
      form('_ ? _ : _', bool, int, int),
    ),
    double: fc.oneof(
      size,
      fc.constantFrom('d', '0.0', '1.5'),
      operator(['+', '-', '*', '/'], fc.oneof(size, fc.constantFrom('d', '2.0'), double)),
      form('double(_)', int),
    ),
    string: fc.oneof(
      size,
      fc.constantFrom('s', 't', '"a"', '"\\U0001F600"'),
      operator(['+'], fc.oneof(size, fc.constantFrom('s', 't'), string)),
      form('_ ? _ : _', bool, string, string),
    ),
    list: fc.oneof(
      size,
      fc.constantFrom('l', '[1, 2]'),
      operator(['+'], fc.constantFrom('l', '[0]')),
      form('_.filter(x, x != _)', list, int),
      form('_.map(x, x + _)', list, int),
    ),
  };
});

it('agrees with another implementation of CEL', () => {
  let compared = 0;
  fc.assert(
    fc.property(bool, records, (source, values) => {
      const { checked } = check(source, { variables });
      if (checked === null || !other.check(source).valid) return;
      compared++;
      const scope = (name: string): unknown => values[name as keyof typeof values];
      const theirs = ((): unknown => {
        const { i, j, l } = values;
        try {
          return other.evaluate(source, { ...values, i: BigInt(i), j: BigInt(j), l: l.map(BigInt) }) as unknown;
        } catch {
          return 'failed';
        }
      })();
      for (const run of [generated(checked), interpreter(checked)]) {
        const ours = outcomeOf(() => run(scope));
        expect('value' in ours ? ours.value : 'failed', `${source} of ${JSON.stringify(values)}`).toBe(theirs);
      }
    }),
    { numRuns: 800, seed: 20_261_127 },
  );
  expect(compared).toBeGreaterThan(600);
});

import { replaceInText } from '@headrace/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchRecords, type JsonRecord } from './match-records.ts';
import type { ExpectStep } from './test-file.ts';
import { updateExpectation } from './update-expectation.ts';

const record = (value: unknown, more: Partial<JsonRecord> = {}): JsonRecord => ({
  key: null,
  value,
  timestamp: 0,
  headers: {},
  ...more,
});

/** Takes comments out, which these texts have on lines of their own. */
const plain = (text: string): unknown => JSON.parse(text.replaceAll(/^\s*\/\/.*$/gm, ''));

const updated = (text: string, came: readonly JsonRecord[]): string =>
  replaceInText(text, updateExpectation(plain(text) as ExpectStep, came, []));

describe('an expectation that is written anew', () => {
  const leaf = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('a', 'b', null, true));
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      leaf,
      fc.dictionary(fc.constantFrom('x', 'y', 'z', '__proto__', 'a b'), tie('value'), {
        maxKeys: 3,
        noNullPrototype: true,
      }),
      fc.array(tie('value'), { maxLength: 3 }),
    ),
  }));
  const special = fc.constantFrom({ $any: true }, { $where: 'value == 1' }, { $approx: 2 });
  const expected = fc.record(
    {
      key: leaf,
      value: fc.oneof(value, special, fc.record({ x: special, y: leaf })),
      timestamp: fc.constantFrom(0, '1970-01-01T00:00:01Z'),
    },
    { requiredKeys: ['value'] },
  );
  const came = fc.record({ key: leaf, value, timestamp: fc.constantFrom(0, 1000, 2000) });

  it('holds of what came, whatever was expected and however it is compared', () => {
    fc.assert(
      fc.property(
        fc.array(expected, { maxLength: 4 }),
        fc.array(came, { maxLength: 4 }),
        fc.constantFrom<('exact' | 'subset' | 'unordered') | undefined>('exact', 'subset', 'unordered', undefined),
        fc.option(fc.nat(4), { nil: undefined }),
        fc.constantFrom(undefined, 1, 2, '\t'),
        (records, given, match, count, indent) => {
          const all = given.map(({ value: of, ...more }) => record(of, more));
          const text = JSON.stringify(
            { from: 'out', records, ...(match && { match }), ...(count !== undefined && { count }) },
            null,
            indent,
          );
          const after = plain(updated(text, all)) as ExpectStep;
          expect(matchRecords(after, all)).toEqual([]);
          expect(updateExpectation(after, all, [])).toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('changes only what differs: comments, the order of keys and special objects stay', () => {
    const text = `{
  "from": "out",
  "records": [
    // the first
    { "value": { "total": 22.0, "id": { "$any": true }, "at": "2026-01-01T00:00:00Z" } },
    // the second
    { "key": "b", "value": { "n": { "$approx": 1.5 }, "m": { "$where": "value > 3" } } }
  ]
}
`;
    const at = Date.parse('2026-01-01T00:00:00Z');
    const all = [record({ total: 21, id: 'x', at: at + 1000 }), record({ n: 1.5, m: 2 }, { key: 'b' })];
    expect(updated(text, all)).toBe(
      text
        .replace('22.0', '21')
        .replace('2026-01-01T00:00:00Z', '2026-01-01T00:00:01.000Z')
        .replace('{ "$where": "value > 3" }', '2'),
    );
  });

  it('keeps the layout of a file that is not laid out as ours', () => {
    const text = '{\n    "records": [ {"value":  {"a":1}} ],\n    "from": "out"\n}\n';
    expect(updated(text, [record({ a: 2 })])).toBe(text.replace('"a":1', '"a":2'));
  });

  it('adds what came beyond, and takes away what did not come', () => {
    const text = `{ "from": "out", "records": [{ "value": 1 }, { "value": 2 }, { "value": 3 }] }`;
    expect(plain(updated(text, [record(1)]))).toMatchObject({ records: [{ value: 1 }] });
    expect(
      plain(
        updated(
          text,
          [1, 2, 3, 4].map((n) => record(n, { key: 'k' })),
        ),
      ),
    ).toMatchObject({
      records: [{ value: 1 }, { value: 2 }, { value: 3 }, { key: 'k', value: 4 }],
    });
  });

  it('leaves it to the author that nothing was expected', () => {
    expect(updateExpectation({ from: 'out', none: true }, [record(1)], [])).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { check } from '../check/check.ts';
import { interpreter } from '../interpret/interpreter.ts';
import type { CelType } from '../types/cel-type.ts';
import { spend } from '../values/meter.ts';
import { generated } from './generated.ts';

const string: CelType = { kind: 'string' };
const list: CelType = { kind: 'list', element: string };
const record: CelType = { kind: 'record', name: 'R', fields: new Map([['tags', list]]) };
const variables = new Map<string, CelType>([
  ['a', string],
  ['b', { kind: 'bytes' }],
  ['d', { kind: 'dyn' }],
  ['tags', list],
  ['counts', { kind: 'map', key: string, value: { kind: 'int' } }],
  ['r', record],
  ['q', record],
]);
const values = new Map<string, unknown>([
  ['a', 'text'],
  ['b', new Uint8Array([1, 2])],
  ['d', [1, { a: 'text' }]],
  ['tags', ['text', 'more']],
  ['counts', { text: 1 }],
  ['r', { tags: ['text'] }],
  ['q', { tags: ['text'] }],
]);

describe('the meter begins anew', () => {
  it.each([
    'r == q',
    'r.tags != q.tags',
    'd == [1, {"a": a}]',
    'd in [d]',
    'a in tags',
    'b == b"\\001\\002"',
    'a < "texts"',
    'b < b"\\003"',
    'a.contains("x")',
    'a.size()',
    'size(a)',
    'tags.exists(t, t == a)',
    'tags.sortBy(t, t)',
    'counts.all(k, v, k == a && v == 1)',
    'optional.of(r) == optional.of(q)',
    '{"a": tags} == {"a": tags}',
  ])('for %s, whatever the evaluation before it used up', (source) => {
    const { checked, issues } = check(source, { variables });
    expect(issues).toEqual([]);
    const expected = interpreter(checked!)((name) => values.get(name));
    const evaluate = generated(checked!);
    expect(() => spend(Infinity)).toThrow('too much');
    expect(evaluate((name) => values.get(name))).toEqual(expected);
  });
});

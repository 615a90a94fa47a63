import { describe, expect, it } from 'vitest';
import { DYN, INT, STRING, listOf, mapOf, type CelType } from '../types/cel-type.ts';
import { check } from './check.ts';

const record = (fields: Record<string, CelType>): CelType => ({
  kind: 'record',
  name: null,
  fields: new Map(Object.entries(fields)),
});
const item = record({ price: INT, name: STRING, parts: listOf(record({ weight: INT, code: STRING })) });
const variables = new Map<string, CelType>([
  ['items', listOf(item)],
  ['more', { kind: 'nullable', of: listOf(item) }],
  ['byName', mapOf(STRING, item)],
  ['order', record({ id: STRING, place: { kind: 'nullable', of: record({ city: STRING, zip: STRING }) } })],
  ['tags', listOf(STRING)],
  ['any', DYN],
]);

describe('the paths that are read', () => {
  it.each<[string, string[], string[]?]>([
    ['order.id == "a"', ['order.id']],
    ['order.place.city + order.place.zip', ['order.place.city', 'order.place.zip']],
    ['order.place != null && order.place.city == "x"', ['order.place.city']],
    ['order.place != null', ['order.place']],
    ['order == order', ['order']],
    ['order.?place.?city.orValue("x")', ['order.place.city']],
    ['items.exists(i, i.price > 5)', ['items'], ['items.[].price']],
    ['items.all(i, i.price > 5 && i.name != "x")', ['items'], ['items.[].price', 'items.[].name']],
    ['items.map(i, i.parts.map(p, p.weight))', ['items'], ['items.[].parts.[].weight']],
    ['items.filter(i, i.price > 5)', ['items'], ['items']],
    ['items.filter(i, i.price > 5).map(i, i.name)', ['items'], ['items']],
    ['items.map(i, i)', ['items'], ['items.[]']],
    ['items.exists(i, true)', ['items'], ['items']],
    ['items.exists(n, i, n == 0 && i.price > 5)', ['items'], ['items.[].price']],
    ['items[0].price', ['items'], ['items.[].price']],
    ['items[?0].?price.orValue(0)', ['items'], ['items.[].price']],
    ['size(items)', ['items'], ['items']],
    ['more.exists(i, i.price > 1)', ['more'], ['more.[].price']],
    ['byName.exists(k, k == "x")', ['byName'], ['byName']],
    ['byName.all(k, v, v.price > 1)', ['byName'], ['byName.{}.price']],
    ['byName["x"].price + byName.y.price', ['byName'], ['byName.{}.price']],
    ['cel.bind(p, order.place, p == null ? "" : p.city)', ['order.place'], ['order.place']],
    ['tags.exists(t, t.startsWith(order.id))', ['tags', 'order.id'], ['tags.[]', 'order.id']],
    ['any.a.b[0].c', ['any']],
    ['any.exists(x, x.y)', ['any']],
    ['has(order.place.city)', ['order.place.city']],
    ['1 + 2', []],
  ])('of %s are %j', (source, whole, inner = whole) => {
    const { checked, issues } = check(source, { variables });
    expect(issues.filter(({ severity }) => severity === 'error')).toEqual([]);
    const text = (paths: readonly (readonly string[])[]): string[] => paths.map((path) => path.join('.')).toSorted();
    expect(text(checked!.paths)).toEqual(whole.toSorted());
    expect(text(checked!.innerPaths)).toEqual(inner.toSorted());
  });
});

import { parseSchema, type RecordSchema } from '@headrace/avro';
import { check, interpreter } from '@headrace/cel';
import { describe, expect, it } from 'vitest';
import { fitValue } from '../stage/fit-value.ts';
import { avroTypeOf } from './avro-type-of.ts';
import { buildableRecords } from './buildable-records.ts';
import { celEnvironment } from './cel-environment.ts';
import { dynamic, type EdgeType } from './edge-type.ts';

const geo = { type: 'record', name: 'Geo', namespace: 'maps', fields: [
  { name: 'country', type: { type: 'enum', name: 'Country', symbols: ['DE', 'ZZ'] } },
  { name: 'zip', type: ['null', 'int'], default: null },
  { name: 'weights', type: { type: 'array', items: 'double' }, default: [1.5] },
] }; // prettier-ignore
const order = parseSchema({
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'places', type: { type: 'array', items: geo } },
    { name: 'next', type: ['null', 'Order'], default: null },
    { name: 'amount', type: 'long' },
  ],
}) as RecordSchema;
const edge: EdgeType = {
  key: null,
  value: order,
  kind: 'stream',
  tombstones: false,
  partitionedBy: 'unknown',
  ordered: true,
  scope: 'record',
};

const checkedOf = (text: string, at = edge) => {
  const { checked, issues } = check(text, celEnvironment(at, new Map()));
  expect(issues).toEqual([]);
  return checked!;
};

describe('records that expressions may build', () => {
  it('are all that have a name in the schemas, by their full name and by a short one that is not shared', () => {
    expect([...buildableRecords([order]).keys()]).toEqual(['Order', 'maps.Geo', 'Geo']);
    const other = parseSchema({ ...geo, namespace: 'roads' });
    expect([...buildableRecords([order, other, dynamic]).keys()]).toEqual(['Order', 'maps.Geo', 'roads.Geo']);
  });

  it('keep their schema, with its defaults', () => {
    const checked = checkedOf("Geo{country: 'ZZ'}");
    const schema = avroTypeOf(checked.type) as RecordSchema;
    expect(schema.name).toBe('maps.Geo');
    expect(interpreter(checked)(() => null)).toEqual({ country: 'ZZ', zip: null, weights: [1.5] });
    expect(avroTypeOf(checkedOf("[Geo{country: 'ZZ'}]").type)).toMatchObject({ kind: 'array', items: schema });
  });

  it('are looked at when they are written, however deep', () => {
    const checked = checkedOf("Order{places: [Geo{country: 'ZZ', zip: amount}], amount: amount}");
    const fit = fitValue(checked.type, order, 'value')!;
    const built = (amount: number): unknown => fit(interpreter(checked)(() => amount));
    expect(built(5)).toMatchObject({ places: [{ zip: 5 }], next: null, amount: 5 });
    expect(() => built(3_000_000_000)).toThrow(expect.objectContaining({ code: 'VALUE_OUT_OF_RANGE' }));
  });

  it('cannot be written with fields that they lack', () => {
    const issuesOf = (text: string) =>
      check(text, celEnvironment(edge, new Map())).issues.map(({ code, suggestion }) => [code, suggestion]);
    // A field that is misspelt is not missing as well.
    expect(issuesOf("Geo{county: 'ZZ'}")).toEqual([['UNKNOWN_FIELD', 'country']]);
    expect(issuesOf('Geo{zip: 5}')).toEqual([['MISSING_FIELD', undefined]]);
  });
});

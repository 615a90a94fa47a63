import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSchema } from '../parse-schema.ts';
import { schemaToJson } from '../schema-json.ts';
import { inferSchema } from './infer-schema.ts';

const fieldsOf = (...records: unknown[]): Record<string, unknown> => {
  const json = schemaToJson(inferSchema(records).schema) as { fields: { name: string; type: unknown }[] };
  return Object.fromEntries(json.fields.map(({ name, type }) => [name, type]));
};
const typeOf = (...values: unknown[]): unknown => fieldsOf(...values.map((f) => ({ f })))['f'];
const csvOf = (...cells: string[]): unknown => {
  const json = schemaToJson(inferSchema(cells.map((f) => ({ f })), { from: 'csv' }).schema); // prettier-ignore
  return (json as { fields: { type: unknown }[] }).fields[0]?.type;
};
const long = (logicalType: string): object => ({ type: 'long', logicalType });

describe('inferSchema', () => {
  it.each([
    [[1, -2147483648], 'int'],
    [[1, 2147483648], 'long'],
    [[1, 9007199254740993n], 'long'],
    [[1, 2n ** 64n], 'double'],
    [[1, 0.5], 'double'],
    [[1e300], 'double'],
    [[true, false], 'boolean'],
    [['a', ''], 'string'],
    [
      [1, null],
      ['null', 'int'],
    ],
    [[null], 'null'],
    [[[1], [0.5, null]], { type: 'array', items: ['null', 'double'] }],
    [[{ 'a b': 1 }, { c: 2.5 }], { type: 'map', values: 'double' }],
    [['2026-01-31'], { type: 'int', logicalType: 'date' }],
    [['2026-02-31'], 'string'],
    [['2026-01-31T10:00:00Z', '2026-01-31 10:00:00.123000+01:00'], long('timestamp-millis')],
    [['2026-01-31T10:00:00Z', '2026-01-31T10:00:00.123456Z'], long('timestamp-micros')],
    [['2026-01-31T10:00:00.123456789Z'], long('timestamp-nanos')],
    [['2026-01-31T10:00:00'], long('local-timestamp-millis')],
    [['2026-01-31T10:00:00', '2026-01-31T10:00:00Z'], 'string'],
    [['2026-01-31', 'x'], 'string'],
    [['NEW', 'NEW', 'PAID'], 'string'],
  ])('gives %o the type %j', (values, expected) => expect(typeOf(...values)).toEqual(expected));

  it('makes a field nullable that is missing somewhere, and keeps the order in which fields came', () => {
    const { schema } = inferSchema([{ b: 1 }, { a: 'x', b: 2 }]);
    expect(schema.fields.map(({ name, default: fallback }) => [name, fallback])).toEqual([
      ['b', undefined],
      ['a', null],
    ]);
  });

  it('names records inside of records by their place', () => {
    const json = schemaToJson(inferSchema([{ items: [{ sku: 'a' }, { sku: 'b', n: 1 }] }]).schema, { name: 'Order' });
    expect(json).toMatchObject({
      name: 'Order',
      fields: [
        {
          type: { items: { name: 'Order_items', fields: [{ name: 'sku' }, { type: ['null', 'int'], default: null }] } },
        },
      ],
    });
  });

  it('says where the sample shows too little', () => {
    const { notes } = inferSchema([{ a: null, b: [], c: {} }]);
    expect(notes).toEqual([
      'The sample shows nothing but null at "a".',
      'The sample shows only empty lists at "b".',
      'The sample shows only empty objects at "c".',
      'The sample shows nothing but null at "c{}".',
    ]);
  });

  it.each([
    [[{ a: 1 }, { a: 'x' }], 'The field "a" is a number in one record and a text in another: no schema reads both from JSON.'],
    [[{ x: { a: [1] } }, { x: { a: 2 } }], /The field "x.a" is a list in one record and a number in another/],
    [[{ 'a-b': 1 }], '"a-b" cannot be the name of a field of Avro.'],
    [[JSON.parse('{"__proto__":1}')], '"__proto__" cannot be the name of a field of Avro.'],
    [[5], 'Record 1 is no object.'],
    [[], 'The sample has no records.'],
  ] as [unknown[], string | RegExp][])('refuses %j', (records, message) => expect(() => inferSchema(records)).toThrow(message)); // prettier-ignore

  it('ends on a value that nests a hundred thousand deep', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(() => inferSchema([{ deep }])).toThrow(expect.objectContaining({ code: 'TOO_DEEP' }));
  });

  it.each([
    [
      ['1', '-20', ''],
      ['null', 'int'],
    ],
    [['1', '99999999999'], 'long'],
    [['1', '2.0'], 'double'],
    [['007', '1'], 'string'],
    [['true', 'false'], 'boolean'],
    [['true', '1'], 'string'],
    [
      ['2026-01-31T10:00:00Z', ''],
      ['null', long('timestamp-millis')],
    ],
    [['x', '1'], 'string'],
  ])('reads the cells %j as %j', (cells, expected) => expect(csvOf(...cells)).toEqual(expected));

  it('gives a schema that parses, the same for the same sample', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const record = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd e'), value, { maxKeys: 3 });
    const mixed = fc.array(record, { minLength: 1, maxLength: 3 });
    // Mixed records are refused more often than not; of these, none is.
    const plain = fc.tuple(
      fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.jsonValue({ maxDepth: 0 }), { maxKeys: 3 }),
    );
    let inferred = 0;
    fc.assert(
      fc.property(fc.oneof(mixed, plain), (records) => {
        let json: unknown;
        try {
          json = schemaToJson(inferSchema(records).schema);
        } catch (error) {
          expect(error).toMatchObject({ name: 'SchemaError' });
          return;
        }
        inferred++;
        expect(schemaToJson(inferSchema(structuredClone(records)).schema)).toEqual(json);
        expect(() => parseSchema(json)).not.toThrow();
      }),
      { numRuns: 300 },
    );
    expect(inferred).toBeGreaterThan(50);
  });
});

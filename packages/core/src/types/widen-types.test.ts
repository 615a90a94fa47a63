import { parseSchema, type Schema } from '@headrace/avro';
import { describe, expect, it } from 'vitest';
import { dynamic } from './edge-type.ts';
import { formatType } from './format-type.ts';
import { widenTypes } from './widen-types.ts';

const record = (fields: Record<string, unknown>, name = 'R') => ({
  type: 'record',
  name,
  fields: Object.entries(fields).map(([field, type]) =>
    typeof type === 'object' && type !== null && 'default' in type ? { name: field, ...type } : { name: field, type },
  ),
});
const widened = (a: unknown, b: unknown): string | null => {
  const type = widenTypes(parseSchema(a as object), parseSchema(b as object));
  return type === null ? null : formatType(type);
};
const millis = { type: 'long', logicalType: 'timestamp-millis' };

describe('two types', () => {
  it.each([
    ['int', 'int', 'int'],
    ['int', 'long', 'long'],
    ['int', 'float', 'double'],
    ['int', 'double', 'double'],
    ['long', 'float', 'double'],
    ['long', 'double', 'double'],
    ['float', 'double', 'double'],
    ['string', 'string', 'string'],
    ['string', 'int', null],
    ['string', 'bytes', null],
    ['boolean', 'int', null],
    ['long', millis, null],
    [millis, { type: 'long', logicalType: 'timestamp-micros' }, null],
    ['null', 'int', 'int?'],
    ['null', 'null', 'null'],
    [['null', 'int'], 'long', 'long?'],
    [['null', 'int'], ['double', 'null'], 'double?'],
    [['null', 'string'], 'int', null],
    [{ type: 'array', items: 'int' }, { type: 'array', items: ['null', 'long'] }, 'array<long?>'],
    [{ type: 'map', values: 'float' }, { type: 'map', values: 'double' }, 'map<double>'],
    [{ type: 'array', items: 'int' }, { type: 'map', values: 'int' }, null],
    [record({ a: 'int' }), record({ a: 'int' }), 'R { a: int }'],
    [record({ a: 'int' }), record({ a: 'int' }, 'S'), '{ a: int }'],
    [record({ a: 'int', b: 'string' }), record({ b: 'string', c: 'long' }), '{ a: int?, b: string, c: long? }'],
    [record({ a: 'int' }), record({ a: 'string' }), null],
    [record({ n: record({ a: 'int' }, 'N') }), record({ n: record({ b: 'int' }, 'N') }), '{ n: { a: int?, b: int? } }'],
    [record({ n: record({ a: 'int' }, 'N') }), record({}), '{ n: N? }'],
    [record({}), 'int', null],
    [['int', 'string'], ['int', 'string'], '(int | string)'],
    [['int', 'string'], ['int', 'bytes'], null],
    [{ type: 'enum', name: 'E', symbols: ['A'] }, { type: 'enum', name: 'E', symbols: ['B'] }, null],
    [{ type: 'fixed', name: 'F', size: 2 }, { type: 'fixed', name: 'F', size: 3 }, null],
  ] as [unknown, unknown, string | null][])(
    '%j and %j become %s, and so they do the other way round',
    (a, b, expected) => {
      expect(widened(a, b)?.replaceAll(' ', '') ?? null).toBe(expected?.replaceAll(' ', '') ?? null);
      const back = widenTypes(parseSchema(b as object), parseSchema(a as object));
      expect(back === null).toBe(expected === null);
    },
  );

  it('that are dynamic stay so, and meet no other', () => {
    expect(widenTypes(dynamic, dynamic)).toBe(dynamic);
    expect(widenTypes(dynamic, { kind: 'int' })).toBeNull();
  });

  it('keep the default of a field that both agree on, and a field that one of them lacks is null by default', () => {
    const a = record({
      a: { type: 'int', default: 1 },
      b: { type: 'int', default: 1 },
      c: { type: 'int', default: 1 },
    });
    const b = record({ a: { type: 'int', default: 1 }, b: { type: 'int', default: 2 }, d: 'int' }, 'S');
    const both = widenTypes(parseSchema(a), parseSchema(b)) as Schema & { kind: 'record' };
    expect(both.fields.map(({ name, default: value }) => [name, value])).toEqual([
      ['a', 1],
      ['b', undefined],
      ['c', null],
      ['d', null],
    ]);
  });

  it('that contain themselves come to an end', () => {
    const list = (of: string) => record({ head: of, tail: ['null', 'R'] });
    const both = widenTypes(parseSchema(list('int')), parseSchema(list('long'))) as Schema & { kind: 'record' };
    expect(both.fields[0]?.type).toMatchObject({ kind: 'long' });
    expect(both.fields[1]?.type).toMatchObject({ kind: 'union' });
    expect((both.fields[1]!.type as Schema & { kind: 'union' }).branches[1]).toBe(both);
  });
});

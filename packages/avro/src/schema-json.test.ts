import { describe, expect, it } from 'vitest';
import { nonNullBranch } from './branches.ts';
import { defaultValue } from './default-value.ts';
import { formatSchema } from './format-schema.ts';
import { parseSchema } from './parse-schema.ts';
import { schemaToJson } from './schema-json.ts';
import { schemasEqual } from './schemas-equal.ts';
import type { RecordSchema, Schema } from './schema.ts';

const field = (name: string, type: Schema) => ({ name, type, aliases: [] });
const ITEM: Schema = { kind: 'record', name: null, fields: [field('sku', { kind: 'string' })] };
const INFERRED: Schema = {
  kind: 'record',
  name: null,
  fields: [
    field('items', { kind: 'array', items: ITEM }),
    field('best', { kind: 'union', branches: [{ kind: 'null' }, ITEM] }),
  ],
};

describe('schemaToJson', () => {
  it('names records that have no name by where they stand', () => {
    const json = schemaToJson(INFERRED, { name: 'shop.Cart' });
    const item = { type: 'record', name: 'Cart_items', fields: [{ name: 'sku', type: 'string' }] };
    expect(json).toEqual({
      type: 'record',
      name: 'Cart',
      namespace: 'shop',
      fields: [
        { name: 'items', type: { type: 'array', items: item } },
        { name: 'best', type: ['null', 'shop.Cart_items'] },
      ],
    });
    expect(schemasEqual(parseSchema(json), INFERRED)).toBe(true);
  });

  it('keeps defaults, aliases, logical types and recursion', () => {
    const schema = parseSchema({
      type: 'record',
      name: 'a.Node',
      aliases: ['Old'],
      fields: [
        { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' }, aliases: ['when'], doc: 'time' },
        { name: 'total', type: { type: 'fixed', name: 'b.Total', size: 8, logicalType: 'decimal', precision: 9 } },
        { name: 'next', type: ['null', 'Node'], default: null },
      ],
    });
    expect(parseSchema(schemaToJson(schema))).toEqual(schema);
  });
});

describe('schemasEqual', () => {
  it('compares recursive schemas, and names only where both are there', () => {
    const node = (name: string): Schema =>
      parseSchema({ type: 'record', name, fields: [{ name: 'n', type: ['null', name] }] });
    expect(schemasEqual(node('A'), node('A'))).toBe(true);
    expect(schemasEqual(node('A'), node('B'))).toBe(false);
    expect(schemasEqual({ ...(node('B') as RecordSchema), name: null }, node('A'))).toBe(false);
    expect(schemasEqual({ kind: 'long' }, { kind: 'long', logical: { type: 'timestamp-millis' } })).toBe(false);
  });
});

describe('formatSchema', () => {
  it('is short', () => {
    expect(formatSchema(INFERRED)).toBe('{ items: array<{ sku: string }>, best: { sku: string }? }');
    const json = {
      type: 'record',
      name: 'x.R',
      fields: [
        { name: 'u', type: ['int', 'string'] },
        { name: 'r', type: ['null', 'R'] },
      ],
    };
    expect(formatSchema(parseSchema(json))).toBe('R { u: (int | string), r: R? }');
  });
});

describe('nonNullBranch', () => {
  it('returns the type beside null', () => {
    expect(nonNullBranch(parseSchema(['null', 'int']))).toEqual({ kind: 'int' });
    expect(nonNullBranch(parseSchema(['int', 'null']))).toEqual({ kind: 'int' });
    for (const json of ['int', ['null'], ['int'], ['null', 'int', 'string']])
      expect(nonNullBranch(parseSchema(json))).toBeNull();
  });
});

describe('defaultValue', () => {
  const valueOf = (type: unknown, value: unknown): unknown => {
    const schema = parseSchema({
      type: 'record',
      name: 'R',
      fields: [{ name: 'f', type, default: value }],
    }) as RecordSchema;
    return schema.fields.map((each) => defaultValue(each))[0];
  };

  it('is the value in memory', () => {
    expect(valueOf(['null', 'int'], 3)).toBe(3);
    expect(valueOf(['int', 'string'], 'x')).toEqual({ string: 'x' });
    expect(valueOf('bytes', '\u00ff')).toEqual(Uint8Array.of(255));
    expect(valueOf({ type: 'int', logicalType: 'date' }, 1)).toBe(86_400_000);
    expect(valueOf({ type: 'map', values: 'int' }, { a: 1 })).toEqual(Object.assign(Object.create(null), { a: 1 }));
    expect(valueOf('int', undefined)).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { parseSchema } from './parse-schema.ts';
import { schemaToJson } from './schema-json.ts';
import type { ArraySchema, RecordSchema, UnionSchema } from './schema.ts';

const record = (...fields: unknown[]): unknown => ({ type: 'record', name: 'R', fields });
const refused = (json: unknown): unknown => {
  try {
    parseSchema(json);
  } catch (error) {
    const { code, pointer } = error as { code: string; pointer: string };
    return [code, pointer];
  }
  return 'accepted';
};

describe('parseSchema', () => {
  it('resolves names in their namespaces', () => {
    const inner = { type: 'record', name: 'Item', fields: [{ name: 'sku', type: 'string' }] };
    const schema = parseSchema({
      type: 'record',
      name: 'Order',
      namespace: 'shop',
      fields: [
        { name: 'first', type: inner },
        { name: 'rest', type: { type: 'array', items: 'Item' } },
        { name: 'gift', type: ['null', 'shop.Item'], default: null },
      ],
    }) as RecordSchema;
    const [first, rest, gift] = schema.fields;
    expect(schema.name).toBe('shop.Order');
    expect(first?.type).toMatchObject({ kind: 'record', name: 'shop.Item' });
    expect(rest?.type).toMatchObject({ kind: 'array' });
    expect((rest?.type as ArraySchema | undefined)?.items).toBe(first?.type);
    expect((gift?.type as UnionSchema | undefined)?.branches[1]).toBe(first?.type);
    expect(gift?.default).toBeNull();
  });

  it('makes recursive records cyclic and immutable', () => {
    const schema = parseSchema(record({ name: 'next', type: ['null', 'R'] })) as RecordSchema;
    expect((schema.fields[0]?.type as UnionSchema | undefined)?.branches[1]).toBe(schema);
    expect(Object.isFrozen(schema) && Object.isFrozen(schema.fields) && Object.isFrozen(schema.fields[0])).toBe(true);
  });

  it('reads logical types and ignores those that are unknown or do not fit', () => {
    expect(parseSchema({ type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 })).toEqual({
      kind: 'bytes',
      logical: { type: 'decimal', precision: 9, scale: 2 },
    });
    for (const json of [
      { type: 'string', logicalType: 'date' },
      { type: 'long', logicalType: 'moon-phase' },
      { type: 'bytes', logicalType: 'decimal', precision: 2, scale: 3 },
      { type: 'bytes', logicalType: 'duration' },
      { type: 'int', logicalType: 'timestamp-nanos' },
    ]) {
      const { type, ...properties } = json;
      expect(parseSchema(json)).toEqual({ kind: type, properties });
      expect(schemaToJson(parseSchema(json))).toEqual(json);
    }
  });

  it('says by a JSON pointer where the fault is', () => {
    expect(refused(record({ name: 'a', type: 'int' }, { name: 'b', type: { type: 'array', items: 'Nope' } }))).toEqual([
      'UNKNOWN_TYPE',
      '/fields/1/type/items',
    ]);
    expect(refused(record({ name: 'a', type: 'int', default: 1.5 }))).toEqual(['BAD_DEFAULT', '/fields/0/default']);
    expect(refused(record({ name: 'a', type: ['null', 'int', 'int'] }))).toEqual([
      'DUPLICATE_BRANCH',
      '/fields/0/type/2',
    ]);
    expect(refused(record({ name: 'a-b', type: 'int' }))).toEqual(['BAD_NAME', '/fields/0/name']);
    expect(refused(7)).toEqual(['NOT_A_SCHEMA', '']);
  });

  it.each(['__proto__', 'constructor', 'prototype'])('refuses the field name %s', (name) => {
    expect(refused(JSON.parse(JSON.stringify(record({ name, type: 'int' }))))).toEqual([
      'RESERVED_NAME',
      '/fields/0/name',
    ]);
  });
});

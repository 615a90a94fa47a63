import { parseSchema, type Schema } from '@headrace/avro';
import type { CelType } from '@headrace/cel';
import { formatType } from '@headrace/cel';
import { describe, expect, it } from 'vitest';
import { avroTypeOf } from './avro-type-of.ts';
import { celTypeOf, originOf } from './cel-type-of.ts';
import { dynamic } from './edge-type.ts';

const logical = (type: string, logicalType: string, more: object = {}): Schema =>
  parseSchema({ type, logicalType, ...more });

describe('celTypeOf', () => {
  it.each([
    [{ kind: 'boolean' }, 'bool'],
    [{ kind: 'int' }, 'int'],
    [{ kind: 'long' }, 'int'],
    [{ kind: 'float' }, 'double'],
    [{ kind: 'double' }, 'double'],
    [{ kind: 'string' }, 'string'],
    [{ kind: 'bytes' }, 'bytes'],
    [parseSchema({ type: 'fixed', name: 'Id', size: 4 }), 'bytes'],
    [logical('string', 'uuid'), 'string'],
    [logical('int', 'date'), 'timestamp'],
    [logical('long', 'timestamp-millis'), 'timestamp'],
    [logical('long', 'local-timestamp-micros'), 'timestamp'],
    [logical('long', 'timestamp-nanos'), 'int'],
    [logical('long', 'timestamp-micros', { 'headrace.long': 'bigint' }), 'int'],
    [logical('int', 'time-millis'), 'duration'],
    [logical('bytes', 'decimal', { precision: 9, scale: 2 }), 'decimal'],
    [parseSchema({ type: 'array', items: 'int' }), 'list(int)'],
    [parseSchema({ type: 'map', values: ['null', 'double'] }), 'map(string, double?)'],
    [parseSchema(['string', 'null']), 'string?'],
    [parseSchema(['int', 'string']), 'dyn'],
    [parseSchema(['null', 'int', 'string']), 'dyn'],
    [dynamic, 'dyn'],
  ] as [Schema, string][])('gives %j as %s', (schema, text) => {
    expect(formatType(celTypeOf(schema))).toBe(text);
  });

  it('keeps the symbols of an enum', () => {
    expect(celTypeOf(parseSchema({ type: 'enum', name: 'S', symbols: ['A', 'B'] }))).toEqual({
      kind: 'string',
      symbols: ['A', 'B'],
    });
  });

  it('gives a duration of Avro as a record that remembers its schema', () => {
    const schema = logical('fixed', 'duration', { name: 'D', size: 12 });
    const type = celTypeOf(schema) as CelType & { kind: 'record' };
    expect([...type.fields.keys()]).toEqual(['months', 'days', 'milliseconds']);
    expect(avroTypeOf(type)).toBe(schema);
  });

  it('ends on a record that contains itself', () => {
    const schema = parseSchema({
      type: 'record',
      name: 'Tree',
      fields: [
        { name: 'label', type: 'string' },
        { name: 'children', type: { type: 'array', items: 'Tree' } },
        { name: 'parent', type: ['null', 'Tree'], default: null },
      ],
    });
    const type = celTypeOf(schema) as CelType & { kind: 'record' };
    expect((type.fields.get('children') as CelType & { kind: 'list' }).element).toBe(type);
    expect(celTypeOf(schema)).toBe(type);
    expect(originOf(type)).toBe(schema);
  });
});

describe('avroTypeOf', () => {
  it.each([
    [{ kind: 'bool' }, { kind: 'boolean' }],
    [{ kind: 'int' }, { kind: 'long' }],
    [{ kind: 'timestamp' }, { kind: 'long', logical: { type: 'timestamp-millis' } }],
    [{ kind: 'duration' }, { kind: 'long', logical: { type: 'time-micros' } }],
    [{ kind: 'string', symbols: ['A'] }, { kind: 'string' }],
    [
      { kind: 'nullable', of: { kind: 'int' } },
      { kind: 'union', branches: [{ kind: 'null' }, { kind: 'long' }] },
    ],
    [
      { kind: 'list', element: { kind: 'double' } },
      { kind: 'array', items: { kind: 'double' } },
    ],
    [{ kind: 'map', key: { kind: 'int' }, value: { kind: 'int' } }, null],
    [{ kind: 'list', element: { kind: 'dyn' } }, null],
    [{ kind: 'decimal' }, null],
    [{ kind: 'dyn' }, null],
  ] as [CelType, Schema | null][])('gives %j as %j', (type, schema) => {
    expect(avroTypeOf(type)).toEqual(schema);
  });

  it('names computed records by their fields and keeps the schema of those that were read', () => {
    const read = parseSchema({ type: 'record', name: 'a.Point', fields: [{ name: 'x', type: 'int' }] });
    const type: CelType = { kind: 'record', name: null, fields: new Map([['at', celTypeOf(read)]]) };
    expect(avroTypeOf(type)).toEqual({ kind: 'record', name: null, fields: [{ name: 'at', type: read, aliases: [] }] });
  });

  it('keeps precision and scale of a decimal that was read', () => {
    const schema = logical('bytes', 'decimal', { precision: 9, scale: 2 });
    expect(avroTypeOf(celTypeOf(schema))).toBe(schema);
  });
});

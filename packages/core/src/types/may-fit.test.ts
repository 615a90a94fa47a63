import { parseSchema } from '@headrace/avro';
import type { CelType } from '@headrace/cel';
import { describe, expect, it } from 'vitest';
import { celTypeOf } from './cel-type-of.ts';
import { mayFit } from './may-fit.ts';

const int: CelType = { kind: 'int' };
const text: CelType = { kind: 'string' };
const duration = { type: 'fixed', name: 'D', size: 12, logicalType: 'duration' };
const symbols = { type: 'enum', name: 'E', symbols: ['A', 'B'] };

describe('mayFit', () => {
  it.each([
    [int, 'int', true],
    [int, 'long', true],
    [int, 'double', true],
    [{ kind: 'double' }, 'float', true],
    [{ kind: 'double' }, 'long', false],
    [text, 'int', false],
    [text, symbols, true],
    [{ kind: 'string', symbols: ['B', 'C'] }, symbols, true],
    [{ kind: 'string', symbols: ['C'] }, symbols, false],
    [{ kind: 'nullable', of: int }, 'int', true],
    [{ kind: 'null' }, 'int', false],
    [{ kind: 'null' }, ['null', 'int'], true],
    [int, ['null', 'int'], true],
    [int, ['string', 'int'], false],
    [{ kind: 'dyn' }, ['string', 'int'], true],
    [{ kind: 'timestamp' }, 'long', false],
    [{ kind: 'timestamp' }, { type: 'long', logicalType: 'timestamp-nanos' }, false],
    [int, { type: 'long', logicalType: 'timestamp-nanos' }, true],
    [celTypeOf(parseSchema(duration)), duration, true],
    [celTypeOf(parseSchema({ type: 'record', name: 'R', fields: [] })), duration, false],
    [{ kind: 'timestamp' }, { type: 'int', logicalType: 'date' }, true],
    [{ kind: 'list', element: int }, { type: 'array', items: 'int' }, true],
    [{ kind: 'map', key: int, value: int }, { type: 'map', values: 'int' }, false],
  ] as [CelType, unknown, boolean][])('says of %j as %j: %s', (type, schema, expected) => {
    expect(mayFit(type, parseSchema(schema))).toBe(expected);
  });

  it('ends on two records that contain themselves', () => {
    const list = (name: string) =>
      parseSchema({ type: 'record', name, fields: [{ name: 'next', type: ['null', name], default: null }] });
    expect(mayFit(celTypeOf(list('A')), list('B'))).toBe(true);
  });
});

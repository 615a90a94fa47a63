import { createCodec, parseSchema, type Schema } from '@headrace/avro';
import type { CelType } from '@headrace/cel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { celTypeOf } from '../types/cel-type-of.ts';
import { fitValue } from './fit-value.ts';

const dyn: CelType = { kind: 'dyn' };

function fit(from: CelType, to: unknown, value: unknown): unknown {
  const look = fitValue(from, parseSchema(to), 'f');
  if (look === null) return value;
  try {
    return look(value);
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const refused = 'VALUE_OUT_OF_RANGE';
const duration = { type: 'fixed', name: 'D', size: 12, logicalType: 'duration' };
const symbols = { type: 'enum', name: 'E', symbols: ['A', 'B'] };

describe('fitValue', () => {
  it.each([
    [{ kind: 'int' }, 'int', 2147483647, 2147483647],
    [{ kind: 'int' }, 'int', 2147483648, refused],
    [{ kind: 'int' }, 'int', -2147483649, refused],
    [{ kind: 'int' }, 'int', 2n ** 60n, refused],
    [{ kind: 'int' }, 'double', 2n ** 60n, 2 ** 60],
    [{ kind: 'uint' }, 'long', 2n ** 63n, refused],
    [{ kind: 'double' }, 'float', 0.1, Math.fround(0.1)],
    [{ kind: 'double' }, 'float', 3.5e38, refused],
    [{ kind: 'double' }, 'float', Infinity, Infinity],
    [{ kind: 'string' }, symbols, 'A', 'A'],
    [{ kind: 'string' }, symbols, 'C', refused],
    [{ kind: 'nullable', of: { kind: 'string' } }, 'string', null, refused],
    [{ kind: 'nullable', of: { kind: 'int' } }, ['null', 'int'], null, null],
    [{ kind: 'nullable', of: { kind: 'int' } }, ['null', 'int'], 2 ** 40, refused],
    [{ kind: 'timestamp' }, { type: 'long', logicalType: 'timestamp-millis' }, 1.5, refused],
    [{ kind: 'timestamp' }, { type: 'long', logicalType: 'timestamp-micros' }, 1.5, 1.5],
    [{ kind: 'timestamp' }, { type: 'int', logicalType: 'date' }, 86_400_000, 86_400_000],
    [{ kind: 'timestamp' }, { type: 'int', logicalType: 'date' }, 86_400_001, refused],
    [{ kind: 'string' }, { type: 'string', logicalType: 'uuid' }, 'x', refused],
    [{ kind: 'bytes' }, { type: 'fixed', name: 'F', size: 2 }, new Uint8Array(3), refused],
    [{ kind: 'list', element: { kind: 'int' } }, { type: 'array', items: 'int' }, [1, 2 ** 31], refused],
    [{ kind: 'int' }, { type: 'long', logicalType: 'timestamp-nanos' }, 5, 5n],
    [{ kind: 'int' }, { type: 'long', 'headrace.long': 'bigint' }, 2n ** 60n, 2n ** 60n],
    [dyn, { type: 'long', 'headrace.long': 'bigint' }, 0.5, refused],
    [dyn, duration, { months: 1, days: 2, milliseconds: 3, more: 4 }, { months: 1, days: 2, milliseconds: 3 }],
    [dyn, duration, { months: -1, days: 2, milliseconds: 3 }, refused],
    [dyn, duration, null, refused],
    [dyn, ['int', 'string'], { string: 'a' }, { string: 'a' }],
    [dyn, ['int', 'string'], { int: 'a' }, refused],
    [dyn, ['int', 'string'], 'a', refused],
  ] as [CelType, unknown, unknown, unknown][])('takes %j into %j: %s gives %s', (from, to, value, expected) => {
    expect(fit(from, to, value)).toEqual(expected);
  });

  it('looks at nothing where every value fits', () => {
    const record = parseSchema({ type: 'record', name: 'R', fields: [{ name: 'n', type: 'int' }] });
    expect(fitValue(celTypeOf(record), record, 'f')).toBeNull();
    expect(fitValue({ kind: 'int' }, { kind: 'long' }, 'f')).toBeNull();
    expect(fitValue({ kind: 'string', symbols: ['B'] }, parseSchema(symbols), 'f')).toBeNull();
    expect(
      fitValue({ kind: 'list', element: { kind: 'string' } }, parseSchema({ type: 'array', items: 'string' }), 'f'),
    ).toBeNull();
  });

  it('leaves out fields that the schema lacks and takes defaults for missing ones', () => {
    const to = {
      type: 'record',
      name: 'R',
      fields: [
        { name: 'a', type: 'int' },
        { name: 'b', type: 'int', default: 5 },
      ],
    };
    expect(fit(dyn, to, { a: 1, z: 2 })).toEqual({ a: 1, b: 5 });
    expect(fit(dyn, to, { z: 2 })).toBe(refused);
  });

  it('follows records that contain themselves', () => {
    const list = {
      type: 'record',
      name: 'L',
      fields: [
        { name: 'n', type: 'int' },
        { name: 'next', type: ['null', 'L'], default: null },
      ],
    };
    expect(fit(dyn, list, { n: 1, next: { n: 2 } })).toEqual({ n: 1, next: { n: 2, next: null } });
    expect(fit(dyn, list, { n: 1, next: { n: 'x' } })).toBe(refused);
  });

  it('names the place and never the value', () => {
    const to = parseSchema({
      type: 'record',
      name: 'R',
      fields: [{ name: 'a', type: { type: 'array', items: 'int' } }],
    });
    expect(() => fitValue(dyn, to, 'total')?.({ a: ['secret'] })).toThrow(/^Field "total\.a\[\]": (?!.*secret)/);
  });

  it('gives of any value what the codec of the schema can write, or refuses it', () => {
    const schemas: Schema[] = [
      'int',
      'long',
      'float',
      'double',
      'string',
      'boolean',
      'bytes',
      symbols,
      ['null', 'int'],
      ['int', 'string'],
      { type: 'array', items: 'int' },
      { type: 'map', values: ['null', 'long'] },
      {
        type: 'record',
        name: 'R',
        fields: [
          { name: 'a', type: 'int', default: 1 },
          { name: 'b', type: ['null', 'string'], default: null },
        ],
      },
    ].map((json) => parseSchema(json));
    const value = fc.oneof(
      fc.anything({ maxDepth: 2 }),
      fc.integer(),
      fc.string(),
      fc.record({ a: fc.integer(), b: fc.oneof(fc.string(), fc.constant(null)) }, { requiredKeys: [] }),
      fc.record({ int: fc.integer() }),
      fc.dictionary(fc.string(), fc.oneof(fc.integer(), fc.constant(null))),
      fc.array(fc.integer()),
    );
    let fitted = 0;
    fc.assert(
      fc.property(fc.constantFrom(...schemas), value, (schema, given) => {
        const look = fitValue(dyn, schema, 'f');
        let result: unknown;
        try {
          result = look === null ? given : look(given);
        } catch (error) {
          expect((error as { code: string }).code).toBe(refused);
          return;
        }
        fitted++;
        const codec = createCodec(schema);
        const bytes = codec.encode(result);
        expect(codec.decode(bytes, 0, bytes.length)).toEqual(result);
      }),
      { numRuns: 3000, seed: 3 },
    );
    expect(fitted).toBeGreaterThan(300);
  });
});

import { createCodec, createResolvingCodec, parseSchema, type Schema } from '@headrace/avro';
import { describe, expect, it } from 'vitest';
import { dynamic } from './edge-type.ts';
import { projectable } from './projectable.ts';

const problems = (from: unknown, to: unknown): string[] =>
  projectable(parseSchema(from), parseSchema(to)).map(({ path, problem }) => `${path.join('.')}: ${problem}`);
const record = (...fields: object[]): object => ({ type: 'record', name: 'R', fields });

describe('projectable', () => {
  it('lets numbers widen and never narrow, as Avro promotes them', () => {
    const numbers = ['int', 'long', 'float', 'double'] as const;
    for (const from of numbers) {
      for (const to of numbers) {
        const promotes = canResolve({ kind: from }, { kind: to });
        expect(problems(from, to), `${from} to ${to}`).toEqual(promotes ? [] : [': NARROWER_TYPE']);
      }
    }
  });

  it('leaves extra fields out and asks for defaults of missing ones, however deep', () => {
    const from = record({ name: 'a', type: { ...record({ name: 'x', type: 'int' }), name: 'A' } });
    const to = record(
      { name: 'a', type: { ...record({ name: 'y', type: 'int' }, { name: 'z', type: 'int', default: 1 }), name: 'A' } },
      { name: 'b', type: ['null', 'string'], default: null },
    );
    expect(problems(from, to)).toEqual(['a.y: MISSING_FIELD', 'a.x: EXTRA_FIELD']);
    expect(projectable(parseSchema(from), parseSchema(to)).map((finding) => finding.severity)).toEqual([
      'error',
      'info',
    ]);
  });

  it.each([
    [['null', 'int'], 'int', [': MAY_BE_NULL']],
    [['null', 'int'], ['long', 'null'], []],
    ['int', ['null', 'long'], []],
    ['null', ['null', 'long'], []],
    ['long', ['null', 'int'], [': NARROWER_TYPE']],
    ['string', 'bytes', [': TYPES_DIFFER']],
    [{ type: 'array', items: 'long' }, { type: 'array', items: 'int' }, ['[]: NARROWER_TYPE']],
    [{ type: 'map', values: 'long' }, { type: 'map', values: 'string' }, ['{}: TYPES_DIFFER']],
    [
      { type: 'enum', name: 'E', symbols: ['A', 'B'] },
      { type: 'enum', name: 'E', symbols: ['B'] },
      [': MISSING_SYMBOL'],
    ],
    [{ type: 'enum', name: 'E', symbols: ['A'] }, 'string', [': TYPES_DIFFER']],
    [['int', 'string'], ['string', 'long', 'int'], []],
    [['int', 'string'], ['string', 'null'], [': TYPES_DIFFER']],
    [{ type: 'string', logicalType: 'uuid' }, 'string', []],
    [{ type: 'long', logicalType: 'timestamp-millis' }, { type: 'long', logicalType: 'timestamp-micros' }, []],
    [
      { type: 'long', logicalType: 'timestamp-micros' },
      { type: 'long', logicalType: 'timestamp-millis' },
      [': NARROWER_TYPE'],
    ],
    [{ type: 'int', logicalType: 'date' }, 'int', [': TYPES_DIFFER']],
    ['long', { type: 'long', 'headrace.long': 'bigint' }, []],
    [
      { type: 'long', logicalType: 'timestamp-micros' },
      { type: 'long', logicalType: 'timestamp-micros', 'headrace.long': 'bigint' },
      [': TYPES_DIFFER'],
    ],
    [
      { type: 'long', logicalType: 'timestamp-micros' },
      { type: 'long', logicalType: 'timestamp-nanos' },
      [': TYPES_DIFFER'],
    ],
    [
      { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 },
      { type: 'bytes', logicalType: 'decimal', precision: 12, scale: 2 },
      [],
    ],
    [
      { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 },
      { type: 'bytes', logicalType: 'decimal', precision: 12, scale: 3 },
      [': TYPES_DIFFER'],
    ],
  ])('writes %j as %j with %j', (from, to, expected) => {
    expect(problems(from, to)).toEqual(expected);
  });

  it('ends on records that contain themselves', () => {
    const list = (item: string): object =>
      record({ name: 'item', type: item }, { name: 'next', type: ['null', 'R'], default: null });
    expect(problems(list('int'), list('long'))).toEqual([]);
    expect(problems(list('long'), list('int'))).toEqual(['item: NARROWER_TYPE']);
  });

  it('finds nothing where nothing is known', () => {
    expect(projectable(dynamic, { kind: 'int' })).toEqual([]);
    expect(projectable({ kind: 'int' }, dynamic)).toEqual([]);
  });
});

/** Asks Avro's own resolution, as the oracle. */
function canResolve(from: Schema, to: Schema): boolean {
  try {
    const bytes = createCodec(from).encode(1);
    createResolvingCodec(from, to).decode(bytes, 0, bytes.length);
    return true;
  } catch {
    return false;
  }
}

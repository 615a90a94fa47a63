import { ProtocolError, readBatchHeader, BatchHeader, writeBatch } from '@headrace/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compressions, readBatch, rowsOf } from './batch-rows.ts';

// Ranges are copied in three ways, by their length: a few bytes, words, and more than 160 bytes.
const cell = fc.option(
  fc
    .oneof(fc.uint8Array({ maxLength: 80 }), fc.uint8Array({ minLength: 140, maxLength: 200, size: 'max' }))
    .map((bytes) => Buffer.from(bytes)),
  { nil: null },
);
const row = fc.record(
  {
    timestamp: fc.oneof(fc.integer({ min: -(2 ** 50), max: 2 ** 50 }), fc.integer({ min: -300, max: 300 })),
    key: cell,
    value: cell,
    headers: fc.array(fc.record({ name: fc.string({ maxLength: 8 }), value: cell }, { noNullPrototype: true }), {
      maxLength: 3,
    }),
  },
  { noNullPrototype: true },
);
const rows = fc.array(row, { minLength: 1, maxLength: 70 });
const options = fc.record(
  {
    baseOffset: fc.integer({ min: 0, max: 2 ** 52 }),
    compression: fc.constantFrom('none' as const, 'gzip' as const),
    compressions: fc.constant(compressions),
  },
  { noNullPrototype: true },
);

describe('record batches of random rows', () => {
  it('come back row by row', () => {
    fc.assert(
      fc.property(rows, options, (given, how) => {
        const read = readBatch(writeBatch(rowsOf(given), how));
        expect(read.rows).toEqual(given.map((one, index) => ({ offset: how.baseOffset + index, ...one })));
      }),
    );
  });

  it('carry chosen rows only, in their order', () => {
    fc.assert(
      fc.property(rows, fc.infiniteStream(fc.nat()), (given, draws) => {
        const chosen = Int32Array.from(given, () => (draws.next().value as number) % given.length);
        const read = readBatch(writeBatch({ ...rowsOf(given), rows: chosen }));
        expect(read.rows.map(({ offset: _, ...one }) => one)).toEqual(Array.from(chosen, (at) => given[at]));
      }),
    );
  });

  it('are not whole wherever they are cut off, and no flipped bit passes the checksum', () => {
    fc.assert(
      fc.property(rows, fc.nat(), fc.integer({ min: 0, max: 7 }), (given, place, bit) => {
        const batch = writeBatch(rowsOf(given));
        expect(readBatchHeader(batch, 0, place % batch.length, new BatchHeader())).toBe(false);
        const at = 21 + (place % (batch.length - 21));
        batch.writeUInt8((batch[at] as number) ^ (1 << bit), at);
        expect(() => readBatch(batch)).toThrow(ProtocolError);
      }),
    );
  });
});

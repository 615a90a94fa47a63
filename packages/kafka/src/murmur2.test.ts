import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { murmur2, partitionOf } from './murmur2.ts';

/** From UtilsTest of Apache Kafka. */
const vectors: readonly (readonly [string, number])[] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
];

/** Bytes with others around them, which must not matter. */
const range = fc
  .tuple(fc.uint8Array({ maxLength: 9 }), fc.uint8Array({ maxLength: 70 }), fc.uint8Array({ maxLength: 9 }))
  .map(([before, key, after]) => ({
    key: Buffer.from(key),
    buffer: Uint8Array.from([...before, ...key, ...after]),
    start: before.length,
    end: before.length + key.length,
  }));

describe('murmur2', () => {
  it.each(vectors)('hashes "%s" to %i', (text, hash) => {
    const bytes = Buffer.from(text);
    expect(murmur2(bytes, 0, bytes.length)).toBe(hash);
  });

  it('hashes a range as it hashes a copy of it', () => {
    fc.assert(
      fc.property(range, ({ key, buffer, start, end }) => {
        expect(murmur2(buffer, start, end)).toBe(murmur2(key, 0, key.length));
      }),
    );
  });

  it('refuses a range outside the buffer', () => {
    const bytes = Buffer.from('abc');
    expect(() => murmur2(bytes, 0, 4)).toThrow(RangeError);
    expect(() => murmur2(bytes, -1, 2)).toThrow(RangeError);
    expect(() => murmur2(bytes, 2, 1)).toThrow(RangeError);
  });
});

describe('partitionOf', () => {
  it('chooses the partition that kafkajs chooses', () => {
    const choose = Partitioners.DefaultPartitioner();
    fc.assert(
      fc.property(range, fc.integer({ min: 1, max: 64 }), ({ key, buffer, start, end }, partitions) => {
        const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
          partitionErrorCode: 0,
          partitionId,
          leader: 1,
          replicas: [1],
          isr: [1],
        }));
        const message = { key, value: null };
        expect(partitionOf(buffer, start, end, partitions)).toBe(choose({ topic: 'any', partitionMetadata, message }));
      }),
      { numRuns: 1000 },
    );
  });
});

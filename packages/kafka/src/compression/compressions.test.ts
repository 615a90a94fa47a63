import { gzipSync } from 'node:zlib';
import { canWriteZstandard } from '@headrace/avro';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compressions } from './compressions.ts';

const names = (['gzip', 'snappy', 'lz4', 'zstd'] as const).filter((name) => name !== 'zstd' || canWriteZstandard);
const repetitive = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 3000 })), { maxLength: 8 })
  .map((parts) => Buffer.concat(parts.flatMap(([bytes, times]) => Array.from({ length: times }, () => bytes))));

describe.each(names)('records compressed with %s', (name) => {
  const codec = compressions[name]!;

  it('are the same when they are expanded', () => {
    fc.assert(
      fc.property(repetitive, (bytes) => {
        expect(Buffer.from(codec.decompress(codec.compress(bytes), bytes.length)).equals(bytes)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('are refused where they would expand to more than allowed', () => {
    const zeros = codec.compress(Buffer.alloc(4 << 20));
    expect(zeros.length).toBeLessThan(1 << 18);
    expect(() => codec.decompress(zeros, 1 << 20)).toThrow();
  });

  it('are an error, or other bytes within the bound, wherever a byte is changed or cut', () => {
    const good = codec.compress(Buffer.from('headrace '.repeat(50)));
    let refused = 0;
    for (let at = 0; at < good.length; at++)
      for (const value of [0, 0x55, 0xff]) {
        const bytes = Uint8Array.from(good);
        bytes[at] = value;
        for (const hostile of [bytes, good.subarray(0, at)]) {
          try {
            expect(codec.decompress(hostile, 5000).length).toBeLessThanOrEqual(5000 + 65_536);
          } catch {
            refused++;
          }
        }
      }
    expect(refused).toBeGreaterThan(good.length);
  });
});

describe('records compressed with snappy', () => {
  it('are read with and without the frames of snappy-java', () => {
    // A bare block, by hand: the length 5, then a literal of five bytes.
    const bare = Buffer.concat([Buffer.from([5, (5 - 1) << 2]), Buffer.from('hello')]);
    expect(Buffer.from(compressions.snappy!.decompress(bare, 5)).toString()).toBe('hello');
    const framed = compressions.snappy!.compress(Buffer.from('hello'));
    expect(Buffer.from(framed).toString('latin1', 1, 7)).toBe('SNAPPY');
  });
});

it('bombs of gzip are stopped at the bound', () => {
  expect(() => compressions.gzip!.decompress(gzipSync(Buffer.alloc(64 << 20)), 1 << 20)).toThrow(RangeError);
});

import fc from 'fast-check';
import snappy from 'snappyjs';
import { describe, expect, it } from 'vitest';
import { decompressSnappy } from './snappy.ts';
import { snappyCodec } from './snappy-codec.ts';
import { canWriteZstandard, decompressPlainly, zstandardCodec } from './zstandard-codec.ts';

const bytesOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
/** "headrace " and its number forty times over, by libzstd 1.5.7, with and without a checksum. */
const TEXT = Array.from({ length: 40 }, (_, index) => `headrace ${index};`).join('');
const runs = fc.array(fc.tuple(fc.uint8Array({ maxLength: 20 }), fc.integer({ min: 1, max: 200 })), { maxLength: 20 }); // prettier-ignore
const repetitive = runs.map((parts) => new Uint8Array(Buffer.concat(parts.flatMap(([bytes, times]) => Array.from({ length: times }, () => bytes))))); // prettier-ignore

describe('decompressSnappy', () => {
  it('reads what snappyjs writes', () => {
    fc.assert(
      fc.property(repetitive, (bytes) => {
        expect(Buffer.from(decompressSnappy(snappy.compress(bytes), 1 << 20)).equals(bytes)).toBe(true);
      }),
    );
  });

  it('reads what snappyjs reads, or refuses it, where bytes were changed', () => {
    fc.assert(
      fc.property(repetitive, fc.nat(), fc.integer({ min: 0, max: 255 }), (bytes, place, value) => {
        const compressed = snappy.compress(bytes);
        compressed[place % compressed.length] = value;
        let ours: Uint8Array;
        try {
          ours = decompressSnappy(compressed, 1 << 20);
        } catch {
          return;
        }
        expect(Buffer.from(snappy.uncompress(compressed)).equals(ours)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['a literal of four bytes whose length is negative', '05fcf0ffffff6162'],
    ['a literal beyond the end', '0508616263'],
    ['a copy of offset zero', '0500610100'],
    ['a copy from before the start', '0500610105'],
    ['a length without an end', 'ffffffffff'],
    ['a length that the bytes cannot fill', '80808008 0061'.replace(' ', '')],
    ['fewer bytes than its length', '0500 61'.replace(' ', '')],
    ['nothing at all', ''],
  ])('refuses %s', (_, hex) => expect(() => decompressSnappy(bytesOf(hex), 1 << 20)).toThrow(Error));

  it('refuses more bytes than allowed before it allocates them', () => {
    expect(() => decompressSnappy(bytesOf('ffffffff0f00'), 1000)).toThrow(RangeError);
  });
});

describe('the codec snappy', () => {
  it('has the checksum behind it, and looks at it', () => {
    const bytes = snappyCodec.compress(Buffer.from('headrace headrace'));
    expect(Buffer.from(bytes.subarray(-4)).toString('hex')).toBe('ea51c20e');
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
    expect(() => snappyCodec.decompress(bytes, 100)).toThrow('the checksum of the block is wrong');
  });
});

describe('the codec zstandard', () => {
  const SAMPLES = {
    plain:
      '28b52ffd60d600bd03003403686561647261636520303b3132333435363738393131313131313131313232323232323232323233333333333333333333393b27208093d20346cc35cc08738635628e614698338c11738635628e611bd931a767589e113c737786d919a933476778ce3099b35bf6dd6c8b7d9bd9b28f6de622ce01',
    checksum:
      '28b52ffd0400bd03003403686561647261636520303b3132333435363738393131313131313131313232323232323232323233333333333333333333393b27208093d20346cc35cc08738635628e614698338c11738635628e611bd931a767589e113c737786d919a933476778ce3099b35bf6dd6c8b7d9bd9b28f6de622ce0104b08f83',
  };

  it.each(Object.entries(SAMPLES))('reads a frame of libzstd (%s)', (_, hex) => {
    expect(Buffer.from(zstandardCodec.decompress(bytesOf(hex), 1000)).toString()).toBe(TEXT);
    expect(Buffer.from(decompressPlainly(bytesOf(hex), 1000)).toString()).toBe(TEXT);
  });

  it('bounds what is decompressed, and the window', () => {
    expect(() => zstandardCodec.decompress(bytesOf(SAMPLES.plain), TEXT.length - 1)).toThrow(RangeError);
    expect(() => decompressPlainly(bytesOf(SAMPLES.plain), TEXT.length - 1)).toThrow(RangeError);
    // A window of 1.75 GiB for a block of one byte.
    expect(() => zstandardCodec.decompress(bytesOf('28b52ffd00a60900 0061'.replace(' ', '')), 1000)).toThrow(
      RangeError,
    );
  });

  it('ends on every change of a byte and every cut', () => {
    const good = bytesOf(SAMPLES.checksum);
    let refused = 0;
    for (let at = 0; at < good.length; at++) {
      for (let value = 0; value < 256; value += 85) {
        const bytes = good.slice();
        bytes[at] = value;
        try {
          expect(zstandardCodec.decompress(bytes, 1 << 20).length).toBeLessThanOrEqual(1 << 20);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
          refused++;
        }
      }
      expect(() => zstandardCodec.decompress(good.slice(0, at), 1000).length || expect.fail()).toThrow();
    }
    expect(refused).toBeGreaterThan(20);
  });

  it('reads what it writes, or says which Node can write', () => {
    if (!canWriteZstandard) {
      expect(() => zstandardCodec.compress(Buffer.from(TEXT))).toThrow(/needs Node 22\.15 or later/);
      return;
    }
    const bytes = zstandardCodec.compress(Buffer.from(TEXT));
    expect(Buffer.from(zstandardCodec.decompress(bytes, 1000)).toString()).toBe(TEXT);
    expect(Buffer.from(decompressPlainly(bytes, 1000)).toString()).toBe(TEXT);
  });
});

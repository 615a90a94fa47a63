import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AvroError } from '../avro-error.ts';
import { FRAME_BYTES, readFrame, writeFrame } from './frame.ts';

describe('the frame of the wire format', () => {
  it('is a zero byte and the id, the most significant byte first', () => {
    const buffer = new Uint8Array(8).fill(0xff);
    expect(writeFrame(buffer, 1, 0x01020304)).toBe(1 + FRAME_BYTES);
    expect([...buffer]).toEqual([0xff, 0, 1, 2, 3, 4, 0xff, 0xff]);
    expect(readFrame(buffer, 1, 8)).toBe(0x01020304);
  });

  it('is read as Node writes it, at any place', () => {
    fc.assert(
      fc.property(fc.nat(0x7fff_ffff), fc.nat(20), fc.nat(20), (id, before, after) => {
        const expected = Buffer.alloc(before + FRAME_BYTES + after);
        expected.writeInt32BE(id, before + 1);
        const written = Buffer.alloc(expected.length);
        writeFrame(written, before, id);
        expect(written.equals(expected)).toBe(true);
        expect(readFrame(expected, before, expected.length)).toBe(id);
      }),
    );
  });

  it.each([
    ['no byte', [], 'too few'],
    ['four bytes', [0, 0, 0, 1], 'too few'],
    ['another first byte', [1, 0, 0, 0, 1], 'the first byte is 1'],
    ['text', [...Buffer.from('{"a":1}')], 'the first byte is 123'],
    ['an id that no registry gives', [0, 0x80, 0, 0, 0], '2147483648 is no schema id'],
  ])('is refused: %s', (_what, bytes, message) => {
    const read = (): number => readFrame(Uint8Array.from([...bytes, 0, 0, 0]), 0, bytes.length);
    expect(read).toThrow(AvroError);
    expect(read).toThrow(message);
  });

  it.each([-1, 0.5, 2 ** 31, Number.NaN])('is not written with the id %d, nor past the end', (id) => {
    expect(() => writeFrame(new Uint8Array(10), 0, id)).toThrow(AvroError);
    expect(() => writeFrame(new Uint8Array(10), 6, 1)).toThrow('no room');
  });
});

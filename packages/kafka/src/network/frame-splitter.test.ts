import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameSplitter } from './frame-splitter.ts';

function framed(bodies: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    bodies.flatMap((body) => {
      const length = Buffer.alloc(4);
      length.writeInt32BE(body.length);
      return [length, body];
    }),
  );
}

/** Cuts bytes at the given places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

describe('a stream of frames', () => {
  it('gives the frames back however the bytes were cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 4, maxLength: 300 }), { maxLength: 8 }),
        fc.array(fc.nat(3000), { maxLength: 30 }),
        (bodies, places) => {
          const splitter = new FrameSplitter(300);
          const frames: Uint8Array[] = [];
          for (const chunk of cut(framed(bodies), places))
            splitter.push(chunk, (frame) => frames.push(Uint8Array.from(frame)));
          expect(frames).toEqual(bodies);
        },
      ),
    );
  });

  it.each([
    ['a length below that of a correlation id', Buffer.from([0, 0, 0, 3, 1, 1, 1]), /length of 3 bytes/],
    ['a negative length', Buffer.from([0xff, 0, 0, 0]), /length of -/],
    ['a length beyond the bound', Buffer.from([0x7f, 0, 0, 0]), /at most 1000 are taken/],
    ['an answer of HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n'), /answers with HTTP/],
    ['an alert of TLS', Buffer.from([0x15, 0x03, 0x03, 0, 2, 2, 70]), /"tls": \{\}/],
  ])('refuses %s, also when it comes byte by byte', (_, bytes, message) => {
    const none = (): void => expect.unreachable();
    expect(() => new FrameSplitter(1000).push(bytes, none)).toThrow(message);
    const splitter = new FrameSplitter(1000);
    expect(() => {
      for (const byte of bytes) splitter.push(Buffer.from([byte]), none);
    }).toThrow(message);
  });
});

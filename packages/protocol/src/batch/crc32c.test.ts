import { expect, it } from 'vitest';
import { crc32c } from './crc32c.ts';

it('gives the checksums of RFC 3720, appendix B.4', () => {
  const ascending = Uint8Array.from({ length: 32 }, (_, index) => index);
  expect(crc32c(new Uint8Array(32)).toString(16)).toBe('8a9136aa');
  expect(crc32c(new Uint8Array(32).fill(0xff)).toString(16)).toBe('62a8ab43');
  expect(crc32c(ascending).toString(16)).toBe('46dd794e');
  expect(crc32c(ascending.toReversed()).toString(16)).toBe('113fdb5c');
  expect(crc32c(Buffer.from('123456789')).toString(16)).toBe('e3069283');
});

it('is the same from every start and at every length as bit by bit', () => {
  const bytes = Uint8Array.from({ length: 70 }, (_, index) => (index * 151 + 7) & 0xff);
  for (let from = 0; from < 20; from++)
    for (let to = from; to <= bytes.length; to++) {
      let crc = 0xffffffff;
      for (const byte of bytes.subarray(from, to))
        for (let bit = 0, rest = byte; bit < 8; bit++, rest >>>= 1)
          crc = (crc ^ rest) & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
      expect(crc32c(bytes, from, to)).toBe((crc ^ -1) >>> 0);
    }
});

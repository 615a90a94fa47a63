const tables = makeTables();

/**
 * Returns the CRC-32C (Castagnoli, RFC 3720 appendix B.4) of a range of bytes as an unsigned integer.
 * Sixteen tables let one step take sixteen bytes ("slicing", Kounavis and Berry, 2005).
 */
export function crc32c(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let crc = -1;
  let at = from;
  for (const last = to - 15; at < last; at += 16) crc = sixteen(bytes, at, crc);
  for (; at < to; at++) crc = (tables[(crc ^ (bytes[at] as number)) & 0xff] as number) ^ (crc >>> 8);
  return (crc ^ -1) >>> 0;
}

function sixteen(b: Uint8Array, at: number, crc: number): number {
  const t = tables as { readonly [index: number]: number };
  const v = b as { readonly [index: number]: number };
  return (
    t[0xf00 + ((v[at]! ^ crc) & 0xff)]! ^
    t[0xe00 + ((v[at + 1]! ^ (crc >>> 8)) & 0xff)]! ^
    t[0xd00 + ((v[at + 2]! ^ (crc >>> 16)) & 0xff)]! ^
    t[0xc00 + (v[at + 3]! ^ (crc >>> 24))]! ^
    t[0xb00 + v[at + 4]!]! ^
    t[0xa00 + v[at + 5]!]! ^
    t[0x900 + v[at + 6]!]! ^
    t[0x800 + v[at + 7]!]! ^
    t[0x700 + v[at + 8]!]! ^
    t[0x600 + v[at + 9]!]! ^
    t[0x500 + v[at + 10]!]! ^
    t[0x400 + v[at + 11]!]! ^
    t[0x300 + v[at + 12]!]! ^
    t[0x200 + v[at + 13]!]! ^
    t[0x100 + v[at + 14]!]! ^
    t[v[at + 15]!]!
  );
}

/** Table n advances a byte over n more bytes of zeros. */
function makeTables(): Int32Array {
  const made = new Int32Array(16 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    made[byte] = crc;
  }
  for (let index = 256; index < made.length; index++) {
    const before = made[index - 256] as number;
    made[index] = (made[before & 0xff] as number) ^ (before >>> 8);
  }
  return made;
}

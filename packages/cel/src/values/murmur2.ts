const M = 0x5bd1e995;
const SEED = 0x9747b28c;

/** Hashes bytes to a signed 32-bit number: MurmurHash2 (Austin Appleby) with the seed that Kafka's default partitioner uses. */
export function murmur2(bytes: Uint8Array): number {
  const { length } = bytes;
  let hash = SEED ^ length;
  const whole = length & ~3;
  for (let i = 0; i < whole; i += 4) {
    let word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    word = Math.imul(word, M);
    word ^= word >>> 24;
    hash = Math.imul(hash, M) ^ Math.imul(word, M);
  }
  if (whole < length) {
    let rest = 0;
    for (let i = whole; i < length; i++) rest |= bytes[i]! << (8 * (i - whole));
    hash = Math.imul(hash ^ rest, M);
  }
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return (hash ^ (hash >>> 15)) | 0;
}

// Austin Appleby's MurmurHash2 with the seed that Kafka's clients share. Part of the format of keyed topics: it may never change.
const seed = 0x9747b28c;
const multiplier = 0x5bd1e995;

/** Hashes the bytes from `start` to before `end` as Kafka's Java client does. Returns a signed 32-bit number. */
export function murmur2(buffer: Uint8Array, start: number, end: number): number {
  if (start < 0 || end < start || end > buffer.length) {
    throw new RangeError(`The range ${start} to ${end} is not inside a buffer of ${buffer.length} bytes.`);
  }
  let hash = seed ^ (end - start);
  let at = start;
  for (const lastWord = end - 4; at <= lastWord; at += 4) {
    const word = buffer[at]! | (buffer[at + 1]! << 8) | (buffer[at + 2]! << 16) | (buffer[at + 3]! << 24);
    const mixed = Math.imul(word, multiplier);
    hash = Math.imul(hash, multiplier) ^ Math.imul(mixed ^ (mixed >>> 24), multiplier);
  }
  if (at < end) {
    let rest = buffer[at]!;
    if (at + 1 < end) rest |= buffer[at + 1]! << 8;
    if (at + 2 < end) rest |= buffer[at + 2]! << 16;
    hash = Math.imul(hash ^ rest, multiplier);
  }
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return hash ^ (hash >>> 15);
}

/** Returns the partition that Kafka's Java client gives to the key in this byte range. */
export function partitionOf(buffer: Uint8Array, start: number, end: number, partitions: number): number {
  return (murmur2(buffer, start, end) & 0x7fffffff) % partitions;
}

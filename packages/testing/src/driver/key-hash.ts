/** Spreads keys over partitions by FNV-1a: the same key always goes to the same partition, which is all that a test needs. */
export function partitionOfKey(key: Uint8Array | null, partitions: number): number {
  if (key === null) return 0;
  let hash = 0x811c9dc5;
  for (const byte of key) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash % partitions;
}

import type { Split } from '@headrace/core';

/** Returns the partition's number of a split named `topic/number`. */
export function partitionOf(split: Split): number {
  return Number(split.slice(split.lastIndexOf('/') + 1));
}

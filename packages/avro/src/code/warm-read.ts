import type { Resolved } from '../resolved.ts';
import type { LongForm } from '../schema.ts';
import { eagerRead } from './eager-read.ts';
import type { ReadAt } from './read-at.ts';

const COLD_CALLS = 300;
const MAX_TYPES = 2000;

/**
 * Returns a function that reads whole values: by `closures` the first few hundred times, by generated code afterwards,
 * which takes a millisecond to make. Very large types stay with the closures.
 */
export function warmRead(resolved: Resolved, long: LongForm, toEnd: boolean, closures: ReadAt): ReadAt {
  let cold = COLD_CALLS;
  let read = closures;
  return (buffer, at, end) => {
    if (cold > 0 && --cold === 0 && countTypes(resolved) <= MAX_TYPES)
      read = eagerRead(resolved, long, toEnd, closures);
    return read(buffer, at, end);
  };
}

function countTypes(resolved: Resolved, seen: Set<Resolved> = new Set()): number {
  if (seen.has(resolved) || seen.size > MAX_TYPES) return 0;
  seen.add(resolved);
  switch (resolved.kind) {
    case 'array':
      return 1 + countTypes(resolved.item, seen);
    case 'map':
    case 'tagged':
      return 1 + countTypes(resolved.value, seen);
    case 'union':
      return resolved.branches.reduce((sum, branch) => sum + countTypes(branch, seen), 1);
    case 'record':
      return resolved.steps.reduce(
        (sum, { target }) => sum + (target === null ? 1 : countTypes(target.value, seen)),
        1 + resolved.defaults.length,
      );
    default:
      return 1;
  }
}

import type { StartAt } from '../component/log.ts';
import type { SplitReader } from '../component/split-reader.ts';
import type { StoredPosition } from './positions.ts';

/** Opens readers from a position; without one always where the first of them began, since "latest" is another place each time. */
export function startOf(
  initial: StartAt,
  open: (at: StartAt, bufferBytes: () => number) => SplitReader,
): (at: StoredPosition | null, bufferBytes: () => number) => SplitReader {
  let first: number | null = null;
  let last: SplitReader | null = null;
  return (at, bufferBytes) => {
    first ??= last?.progress?.().first ?? null;
    return (last = open(at?.offset ?? first ?? initial, bufferBytes));
  };
}

const LONG = 100;

/**
 * Copies bytes and returns the position after them. Below some hundred bytes words of four are fastest, above it is
 * Node's own copy, which leaves JavaScript.
 */
export function copyBytes(
  source: Buffer,
  sourceView: DataView,
  start: number,
  end: number,
  target: Buffer,
  targetView: DataView,
  at: number,
): number {
  const after = at + end - start;
  if (end - start > LONG) {
    source.copy(target, at, start, end);
    return after;
  }
  let from = start;
  let to = at;
  for (; from + 4 <= end; from += 4, to += 4) targetView.setInt32(to, sourceView.getInt32(from, true), true);
  for (; from < end; from++, to++) target[to] = source[from] as number;
  return after;
}

/** Holds code points as sorted, disjoint ranges: low, high, low, high, both inclusive. */
export type CodePointSet = readonly number[];

/** The greatest code point. */
export const LAST = 0x10ffff;

export const DIGITS: CodePointSet = [48, 57];
export const WORD: CodePointSet = [48, 57, 65, 90, 95, 95, 97, 122];
export const SPACES: CodePointSet = [9, 10, 12, 13, 32, 32];
export const NEWLINE: CodePointSet = [10, 10];
export const ANY: CodePointSet = [0, LAST];

/** Lists the POSIX classes, such as `[:alpha:]`. */
export const posixClasses: ReadonlyMap<string, CodePointSet> = new Map([
  ['alnum', [48, 57, 65, 90, 97, 122]],
  ['alpha', [65, 90, 97, 122]],
  ['ascii', [0, 127]],
  ['blank', [9, 9, 32, 32]],
  ['cntrl', [0, 31, 127, 127]],
  ['digit', [48, 57]],
  ['graph', [33, 126]],
  ['lower', [97, 122]],
  ['print', [32, 126]],
  ['punct', [33, 47, 58, 64, 91, 96, 123, 126]],
  ['space', [9, 13, 32, 32]],
  ['upper', [65, 90]],
  ['word', [48, 57, 65, 90, 95, 95, 97, 122]],
  ['xdigit', [48, 57, 65, 70, 97, 102]],
]);

/** Joins ranges in any order into a set. */
export function unite(ranges: readonly number[]): CodePointSet {
  const pairs: [number, number][] = [];
  for (let i = 0; i < ranges.length; i += 2) pairs.push([ranges[i]!, ranges[i + 1]!]);
  pairs.sort((a, b) => a[0] - b[0]);
  const set: number[] = [];
  for (const [low, high] of pairs) {
    const last = set.length - 1;
    if (last > 0 && low <= set[last]! + 1) set[last] = Math.max(set[last]!, high);
    else set.push(low, high);
  }
  return set;
}

/** Gives all code points that are not in a set. */
export function negate(set: CodePointSet): CodePointSet {
  const rest: number[] = [];
  let next = 0;
  for (let i = 0; i < set.length; i += 2) {
    if (set[i]! > next) rest.push(next, set[i]! - 1);
    next = set[i + 1]! + 1;
  }
  if (next <= LAST) rest.push(next, LAST);
  return rest;
}

/** Tells whether a code point is in a set. */
export function has(set: CodePointSet, code: number): boolean {
  let low = 0;
  let high = set.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (code < set[2 * middle]!) high = middle - 1;
    else if (code > set[2 * middle + 1]!) low = middle + 1;
    else return true;
  }
  return false;
}

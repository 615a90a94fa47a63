import { ANY, LAST, unite, type CodePointSet } from './code-point-set.ts';

const CATEGORY = /^(?:C[cfos]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?)$/;
const known = new Map<string, CodePointSet>();

/**
 * Finds a class of Unicode by the name that RE2 gives it: a general category such as `Lu`, a script such as `Greek`, or `Any`.
 * The tables are the engine's own. Returns null where there is none of that name.
 */
export function unicodeClass(name: string): CodePointSet | null {
  if (name === 'Any') return ANY;
  const before = known.get(name);
  if (before !== undefined) return before;
  const tester = testerOf(name);
  if (tester === null) return null;
  const set = scan(tester);
  known.set(name, set);
  return set;
}

function testerOf(name: string): RegExp | null {
  // Only names of Unicode's go into the text. RE2 knows nothing of code points that are not assigned.
  if (name === 'C') return /[\p{Cc}\p{Cf}\p{Cs}\p{Co}]+/gu;
  if (CATEGORY.test(name)) return new RegExp(`\\p{${name}}+`, 'gu');
  if (!/^[A-Z][a-z]+(?:_[A-Za-z]+)*$/.test(name)) return null;
  try {
    return new RegExp(`\\p{Script=${name}}+`, 'gu');
  } catch {
    return null;
  }
}

// One character class has thousands of members; the engine's own search over all code points finds its runs in milliseconds.
// Between the third plane and the last ones nothing is assigned.
function scan(tester: RegExp): CodePointSet {
  const ranges: number[] = [];
  const size = 0x1000;
  for (let first = 0; first <= LAST; first += size) {
    if (first === 0x40000) first = 0xe0000;
    const isSurrogate = first >= 0xd000 && first <= 0xdfff;
    if (isSurrogate) scanOne(tester, first, first + size - 1, ranges);
    else scanBlock(tester, first, size, ranges);
  }
  return unite(ranges);
}

function scanBlock(tester: RegExp, first: number, size: number, ranges: number[]): void {
  const codes = Array.from({ length: size }, (_, i) => first + i);
  const text = String.fromCodePoint(...codes);
  const width = first > 0xffff ? 2 : 1;
  for (const match of text.matchAll(tester)) {
    const low = first + match.index / width;
    ranges.push(low, low + match[0].length / width - 1);
  }
}

// Surrogates would join to pairs.
function scanOne(tester: RegExp, first: number, last: number, ranges: number[]): void {
  for (let code = first; code <= last; code++) {
    tester.lastIndex = 0;
    if (tester.test(String.fromCodePoint(code))) ranges.push(code, code);
  }
}

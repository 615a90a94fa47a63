import { LAST, has, unite, type CodePointSet } from './code-point-set.ts';

// Letters with a case end far below the last plane (Unicode 17: U+1E943).
const CASED_END = 0x1ffff;
const KEEPS_ITS_CASE = new Set([0x130, 0x131]); // dotted I, dotless i: equal to no other letter without a language

let known: readonly (readonly number[])[] | null = null;

/** Adds to a set all code points that differ from one of its own in case only (Unicode's simple case folding). */
export function foldCase(set: CodePointSet): CodePointSet {
  if (set.length === 2 && set[0] === 0 && set[1] === LAST) return set;
  const added: number[] = [];
  for (const letters of orbits()) {
    if (letters.some((code) => has(set, code))) for (const code of letters) added.push(code, code);
  }
  return added.length === 0 ? set : unite([...set, ...added]);
}

// Groups of code points that are one letter without their case: k, K and the sign for kelvin are one. Made when first asked for.
function orbits(): readonly (readonly number[])[] {
  if (known !== null) return known;
  const groups = new Map<number, number[]>();
  for (let code = 0; code <= CASED_END; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const folded = fold(code);
    if (folded === code) continue;
    const group = groups.get(folded);
    if (group === undefined) groups.set(folded, [folded, code]);
    else group.push(code);
  }
  known = [...groups.values()];
  return known;
}

function fold(code: number): number {
  if (KEEPS_ITS_CASE.has(code)) return code;
  const upper = single(String.fromCodePoint(code).toUpperCase()) ?? code;
  return single(String.fromCodePoint(upper).toLowerCase()) ?? upper;
}

// "ß" becomes two letters in upper case: that is not simple folding.
function single(text: string): number | null {
  const code = text.codePointAt(0)!;
  return text.length === (code > 0xffff ? 2 : 1) ? code : null;
}

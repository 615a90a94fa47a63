import { CelError } from '../cel-error.ts';
import { limits } from '../limits.ts';
import { spend } from './meter.ts';

const SURROGATE = /[\ud800-\udfff]/;

/** Tells whether UTF-16 units and code points of a string are the same. */
export function isFlat(text: string): boolean {
  return !SURROGATE.test(text);
}

/** Counts the code points of a string. */
export function countCodePoints(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      count--;
      i++;
    }
  }
  return count;
}

/** Compares two strings by code points; JavaScript's own `<` goes by UTF-16 units and puts U+1F600 before U+FF5E. */
export function compareText(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) {
      spend(i);
      return rank(x) - rank(y);
    }
  }
  spend(shared);
  return a.length - b.length;
}

// Surrogates stand for code points above all others.
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** Compares two byte strings. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    if (a[i] !== b[i]) {
      spend(i);
      return a[i]! - b[i]!;
    }
  }
  spend(shared);
  return a.length - b.length;
}

/** Refuses to build what would not fit into memory, and counts what is built. */
export function limitBuilt(length: number): void {
  if (length > limits.built) throw new CelError('RESULT_TOO_LARGE', `a result has more than ${limits.built} elements.`);
  spend(length);
}

/** Joins two strings. */
export function concatText(a: string, b: string): string {
  limitBuilt(a.length + b.length);
  return a + b;
}

/** Joins two byte strings. */
export function concatBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  limitBuilt(a.length + b.length);
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Joins two lists. */
export function concatLists(a: readonly unknown[], b: readonly unknown[]): unknown[] {
  limitBuilt(a.length + b.length);
  return a.concat(b);
}

// Unicode's White_Space; what JavaScript trims differs in two characters.
const SPACE = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** Takes white space off both ends of a string. */
export function trimText(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && SPACE.test(text[start]!)) start++;
  while (end > start && SPACE.test(text[end - 1]!)) end--;
  return text.slice(start, end);
}

const QUOTED: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

/** Writes a string as a literal of CEL in double quotes; what is no Unicode becomes U+FFFD. */
export function quoteText(text: string): string {
  limitBuilt(2 * text.length + 2);
  // oxlint-disable-next-line no-control-regex -- control characters are what is escaped
  return `"${wellFormed(text).replace(/[\u0007-\r"\\]/g, (character) => QUOTED[character]!)}"`;
}

/** Puts U+FFFD in place of surrogates that are not part of a pair. */
export function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}

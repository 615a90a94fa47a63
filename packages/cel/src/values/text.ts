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
    if (x !== y) return rank(x) - rank(y);
  }
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
    if (a[i] !== b[i]) return a[i]! - b[i]!;
  }
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

import { CelError } from '../cel-error.ts';
import { limits } from '../limits.ts';
import { isRecord, keysOf, own } from './own.ts';

/** Compares two values as `==` does: numbers by value, lists, maps and records by content; NaN equals nothing. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return equalScalars(a, b);
  return equalObjects(a, b, 0);
}

function equalScalars(a: unknown, b: unknown): boolean {
  if ((typeof a === 'bigint' && typeof b === 'number') || (typeof a === 'number' && typeof b === 'bigint')) {
    return !(a < b) && !(a > b) && !Number.isNaN(Number(a)) && !Number.isNaN(Number(b));
  }
  // A record of the user's may leave a field out where it is null.
  return (a ?? null) === null && (b ?? null) === null;
}

function equalObjects(a: unknown, b: unknown, depth: number): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return equalScalars(a, b);
  if (depth > limits.valueDepth) throw new CelError('VALUE_TOO_DEEP', 'the values are nested too deep to be compared.');
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, i) => equalObjects(item, b[i], depth + 1));
  }
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    return a instanceof Uint8Array && b instanceof Uint8Array && equalBytes(a, b);
  }
  return isRecord(a) && isRecord(b) && equalRecords(a, b, depth + 1);
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function equalRecords(a: object, b: object, depth: number): boolean {
  const keys = keysOf(a);
  if (keys.length !== keysOf(b).length) return false;
  return keys.every((key) => {
    const other = own(b, key);
    return other !== undefined && equalObjects(own(a, key), other, depth);
  });
}

/** Tells whether a list has an element that equals the value. */
export function includes(list: readonly unknown[], value: unknown): boolean {
  for (const item of list) if (equal(item, value)) return true;
  return false;
}

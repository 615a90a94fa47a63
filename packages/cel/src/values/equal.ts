import { CelError } from '../cel-error.ts';
import { limits } from '../limits.ts';
import { DurationBox, TimestampBox, isBox, type Box } from './box.ts';
import { compareDecimal, type Decimal } from './decimal.ts';
import { isDecimalObject } from './kind-of-value.ts';
import { spend } from './meter.ts';
import { Optional } from './optional.ts';
import { isRecord, keysOf, own } from './own.ts';

// What a look at a list, or at one entry of a record, takes beside one at a number.
const OBJECT = 25;

/** Compares two values as `==` does: numbers by value, lists, maps and records by content; NaN equals nothing. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return equalScalars(a, b);
  return equalObjects(a, b, 0);
}

function equalScalars(a: unknown, b: unknown): boolean {
  if (typeof a === 'object' && isBox(a)) return equalBox(a, b);
  if (typeof b === 'object' && isBox(b)) return equalBox(b, a);
  if ((typeof a === 'bigint' && typeof b === 'number') || (typeof a === 'number' && typeof b === 'bigint')) {
    return !(a < b) && !(a > b) && !Number.isNaN(Number(a)) && !Number.isNaN(Number(b));
  }
  // A record of the user's may leave a field out where it is null.
  return (a ?? null) === null && (b ?? null) === null;
}

// Numbers of all types are equal by value; a time equals only a time of its kind.
function equalBox(box: Box, other: unknown): boolean {
  if (box instanceof TimestampBox || box instanceof DurationBox) {
    return (
      (other instanceof TimestampBox || other instanceof DurationBox) &&
      box.constructor === other.constructor &&
      box.value === other.value
    );
  }
  if (other instanceof TimestampBox || other instanceof DurationBox) return false;
  const value = typeof other === 'object' && isBox(other) ? other.value : other;
  return (
    (typeof value === 'number' || typeof value === 'bigint') && (box.value === value || equalScalars(box.value, value))
  );
}

function equalObjects(a: unknown, b: unknown, depth: number): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return equalScalars(a, b);
  if (isBox(a) || isBox(b)) return equalScalars(a, b);
  if (depth > limits.valueDepth) throw new CelError('VALUE_TOO_DEEP', 'the values are nested too deep to be compared.');
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    spend(OBJECT + a.length);
    return a.every((item, i) => equalObjects(item, b[i], depth + 1));
  }
  if (a instanceof Optional || b instanceof Optional) return equalOptionals(a, b, depth + 1);
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    return a instanceof Uint8Array && b instanceof Uint8Array && equalBytes(a, b);
  }
  if (isDecimalObject(a) && isDecimalObject(b)) return compareDecimal(a as Decimal, b as Decimal) === 0;
  return isRecord(a) && isRecord(b) && equalRecords(a, b, depth + 1);
}

function equalOptionals(a: object, b: object, depth: number): boolean {
  if (!(a instanceof Optional) || !(b instanceof Optional) || a.hasValue !== b.hasValue) return false;
  return !a.hasValue || equalObjects(a.value, b.value, depth);
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  spend(a.length);
  return a.every((byte, i) => byte === b[i]);
}

function equalRecords(a: object, b: object, depth: number): boolean {
  const keys = keysOf(a);
  spend(OBJECT * (1 + keys.length));
  if (keys.length !== keysOf(b).length) return false;
  return keys.every((key) => {
    const other = own(b, key);
    return other !== undefined && equalObjects(own(a, key), other, depth);
  });
}

/** Tells whether a list has an element that equals the value. */
export function includes(list: readonly unknown[], value: unknown): boolean {
  spend(list.length);
  for (const item of list) if (equal(item, value)) return true;
  return false;
}

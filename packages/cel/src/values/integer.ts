import { CelError } from '../cel-error.ts';

/** Holds an integer: a number while it is safe, else a bigint. */
export type Integer = number | bigint;

const MIN_INT = -(2n ** 63n);
const MAX_INT = 2n ** 63n - 1n;
const MAX_UINT = 2n ** 64n - 1n;
const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** Brings an exact result into the range of int, as a number where that is safe. */
export function toInt(exact: bigint): Integer {
  if (exact >= -SAFE && exact <= SAFE) return Number(exact);
  if (exact < MIN_INT || exact > MAX_INT) throw new CelError('INTEGER_OVERFLOW', 'integer overflow.');
  return exact;
}

/** Brings an exact result into the range of uint, as a number where that is safe. */
export function toUint(exact: bigint): Integer {
  if (exact < 0n || exact > MAX_UINT) throw new CelError('INTEGER_OVERFLOW', 'unsigned integer overflow.');
  return exact <= SAFE ? Number(exact) : exact;
}

/** Adds two ints. */
export function addInt(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (isSafe(sum)) return sum;
  }
  return toInt(BigInt(a) + BigInt(b));
}

/** Subtracts two ints. */
export function subtractInt(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (isSafe(difference)) return difference;
  }
  return toInt(BigInt(a) - BigInt(b));
}

/** Multiplies two ints. */
export function multiplyInt(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    if (isSafe(product)) return product + 0; // -0 becomes 0
  }
  return toInt(BigInt(a) * BigInt(b));
}

/** Divides two ints, towards zero. */
export function divideInt(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number' && b !== 0) return (a - (a % b)) / b + 0;
  return toInt(BigInt(a) / divisor(b, 'division'));
}

/** Gives the rest of a division towards zero: it has the sign of the dividend. */
export function moduloInt(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number' && b !== 0) return (a % b) + 0;
  return toInt(BigInt(a) % divisor(b, 'modulo'));
}

/** Changes the sign of an int. */
export function negateInt(a: Integer): Integer {
  return typeof a === 'number' ? 0 - a : toInt(-a);
}

/** Adds two uints. */
export function addUint(a: Integer, b: Integer): Integer {
  return toUint(BigInt(a) + BigInt(b));
}

/** Subtracts two uints. */
export function subtractUint(a: Integer, b: Integer): Integer {
  return toUint(BigInt(a) - BigInt(b));
}

/** Multiplies two uints. */
export function multiplyUint(a: Integer, b: Integer): Integer {
  return toUint(BigInt(a) * BigInt(b));
}

/** Divides two uints. */
export function divideUint(a: Integer, b: Integer): Integer {
  return toUint(BigInt(a) / divisor(b, 'division'));
}

/** Gives the rest of a division of uints. */
export function moduloUint(a: Integer, b: Integer): Integer {
  return toUint(BigInt(a) % divisor(b, 'modulo'));
}

function isSafe(value: number): boolean {
  return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER;
}

function divisor(b: Integer, operation: string): bigint {
  const exact = BigInt(b);
  if (exact === 0n) throw new CelError('DIVISION_BY_ZERO', `${operation} by zero.`);
  return exact;
}

import { CelError } from '../cel-error.ts';
import type { CelType } from '../types/cel-type.ts';
import { unbox } from './box.ts';
import { compareDecimal, type Decimal } from './decimal.ts';
import { kindOfValue, noSuchOverload } from './kind-of-value.ts';
import { compareBytes, compareText } from './text.ts';

/** Compares two values of type dyn as `<` does: numbers of all types by value. Gives NaN where NaN is one of them. */
export function compareValues(what: string, a: unknown, b: unknown): number {
  const [kind, other] = [kindOfValue(a), kindOfValue(b)];
  if (isNumber(kind) && isNumber(other)) return compareNative(unbox(a), unbox(b));
  if (kind !== other) throw noSuchOverload(what, [a, b]);
  switch (kind) {
    case 'bool':
    case 'timestamp':
    case 'duration':
      return compareNative(unbox(a), unbox(b));
    case 'string':
      return compareText(a as string, b as string);
    case 'bytes':
      return compareBytes(a as Uint8Array, b as Uint8Array);
    case 'decimal':
      return compareDecimals(a, b);
    default:
      throw noSuchOverload(what, [a, b]);
  }
}

function isNumber(kind: string): boolean {
  return kind === 'int' || kind === 'uint' || kind === 'double';
}

/** Compares two values that JavaScript orders: numbers with bigints exactly, false before true. */
function compareNative(a: unknown, b: unknown): number {
  const [x, y] = [a as number, b as number];
  if (x < y) return -1;
  if (x > y) return 1;
  return x >= y ? 0 : NaN;
}

/** Compares two decimals by value, whatever their scales. */
export function compareDecimals(a: unknown, b: unknown): number {
  return compareDecimal(a as Decimal, b as Decimal);
}

/** Compares two keys of a sort, which are of one type. NaN has no order. */
export function compareKeys(type: CelType, a: unknown, b: unknown): number {
  const order = compareOf(type, a, b);
  if (Number.isNaN(order)) throw new CelError('NOT_A_NUMBER', 'NaN has no order.');
  return order;
}

function compareOf(type: CelType, a: unknown, b: unknown): number {
  switch (type.kind) {
    case 'string':
      return compareText(a as string, b as string);
    case 'bytes':
      return compareBytes(a as Uint8Array, b as Uint8Array);
    case 'decimal':
      return compareDecimals(a, b);
    case 'dyn':
      return compareValues('an order', a, b);
    default:
      return compareNative(a, b);
  }
}

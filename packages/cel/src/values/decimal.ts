import { CelError } from '../cel-error.ts';
import { limits } from '../limits.ts';
import { toInt, type Integer } from './integer.ts';

/** Holds a decimal number exactly: `unscaled` divided by ten to the power of `scale`, which is not negative. */
export interface Decimal {
  readonly unscaled: bigint;
  readonly scale: number;
}

/** Names the ways to round what lies between two numbers; `halfUp` rounds halves away from zero. */
export const roundings = ['up', 'down', 'ceiling', 'floor', 'halfUp', 'halfDown', 'halfEven'] as const;

/** Names a way to round. */
export type Rounding = (typeof roundings)[number];

const MOST_DIGITS = limits.decimalDigits;
const BOUND = 10n ** BigInt(MOST_DIGITS);

/** Makes a decimal. Throws a `CelError` with the code `DECIMAL_OVERFLOW` where it has too many digits. */
export function decimalOf(unscaled: bigint, scale: number): Decimal {
  if (scale > MOST_DIGITS || unscaled >= BOUND || unscaled <= -BOUND) throw overflow();
  return { unscaled, scale };
}

/** Reads a decimal from text such as `-12.50` or `1.5e3`; the digits after the point are its scale. */
export function parseDecimal(text: string): Decimal {
  const match = text.length > 2 * MOST_DIGITS ? null : /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/.exec(text);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (match === null || whole + fraction === '') throw new CelError('CONVERSION_FAILED', 'the text is not a decimal.');
  const scale = fraction.length - Number(exponent);
  if (scale > MOST_DIGITS || scale < -MOST_DIGITS) throw overflow();
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  return scale >= 0 ? decimalOf(digits, scale) : decimalOf(digits * 10n ** BigInt(-scale), 0);
}

/** Prints a decimal with as many digits after the point as its scale says. */
export function formatDecimal({ unscaled, scale }: Decimal): string {
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale));
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Adds two decimals; the scale is the greater one. */
export function addDecimal(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return decimalOf(unscaledAt(a, scale) + unscaledAt(b, scale), scale);
}

/** Subtracts two decimals; the scale is the greater one. */
export function subtractDecimal(a: Decimal, b: Decimal): Decimal {
  return addDecimal(a, negateDecimal(b));
}

/** Multiplies two decimals; the scales add up. */
export function multiplyDecimal(a: Decimal, b: Decimal): Decimal {
  return decimalOf(a.unscaled * b.unscaled, a.scale + b.scale);
}

/** Gives the rest of a division towards zero; the scale is the greater one. */
export function moduloDecimal(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return decimalOf(unscaledAt(a, scale) % divisorOf(unscaledAt(b, scale)), scale);
}

/** Changes the sign of a decimal. */
export function negateDecimal({ unscaled, scale }: Decimal): Decimal {
  return { unscaled: -unscaled, scale };
}

/** Compares two decimals by value: negative where `a` is less, 0 where they are equal whatever their scales. */
export function compareDecimal(a: Decimal, b: Decimal): number {
  if (a.scale === b.scale) return a.unscaled < b.unscaled ? -1 : a.unscaled > b.unscaled ? 1 : 0;
  const scale = Math.max(a.scale, b.scale);
  const [x, y] = [unscaledAt(a, scale), unscaledAt(b, scale)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Divides two decimals and rounds the quotient to a scale. */
export function quotient(a: Decimal, b: Decimal, scale: number, rounding: Rounding): Decimal {
  // a / b = (au * 10^bs) / (bu * 10^as), times 10^scale for the digits that are kept.
  const shift = b.scale - a.scale + scale;
  const dividend = shift > 0 ? a.unscaled * 10n ** BigInt(shift) : a.unscaled;
  const divisor = divisorOf(shift < 0 ? b.unscaled * 10n ** BigInt(-shift) : b.unscaled);
  return decimalOf(divideRounded(dividend, divisor, rounding), scale);
}

/** Rounds a decimal to a scale; a greater scale adds zeros. */
export function roundDecimal(a: Decimal, scale: number, rounding: Rounding): Decimal {
  if (scale >= a.scale) return decimalOf(unscaledAt(a, scale), scale);
  return decimalOf(divideRounded(a.unscaled, 10n ** BigInt(a.scale - scale), rounding), scale);
}

/** Gives the double next to a decimal. */
export function decimalToDouble(a: Decimal): number {
  return Number(formatDecimal(a));
}

/** Cuts a decimal to an int, towards zero. */
export function decimalToInt(a: Decimal): Integer {
  return toInt(a.scale <= 0 ? unscaledAt(a, 0) : a.unscaled / 10n ** BigInt(a.scale));
}

/** Checks a scale that an expression names. */
export function scaleOf(scale: Integer): number {
  if (scale >= 0 && scale <= MOST_DIGITS) return Number(scale);
  throw new CelError('DECIMAL_OVERFLOW', `the scale of a decimal lies between 0 and ${MOST_DIGITS}.`);
}

// A decimal that was read may have a scale of its own choice.
function unscaledAt(a: Decimal, scale: number): bigint {
  const shift = scale - a.scale;
  if (shift === 0) return a.unscaled;
  if (shift < 0 || shift > 2 * MOST_DIGITS) throw overflow();
  return a.unscaled * 10n ** BigInt(shift);
}

function divisorOf(divisor: bigint): bigint {
  if (divisor === 0n) throw new CelError('DIVISION_BY_ZERO', 'division by zero.');
  return divisor;
}

/** Divides two integers and rounds the quotient. */
export function divideRounded(dividend: bigint, divisor: bigint, rounding: Rounding): bigint {
  const whole = dividend / divisor;
  const rest = dividend % divisor;
  if (rest === 0n) return whole;
  const isNegative = dividend < 0n !== divisor < 0n;
  return roundsUp(whole, rest, divisor, isNegative, rounding) ? whole + (isNegative ? -1n : 1n) : whole;
}

// Whether the quotient goes away from zero.
function roundsUp(whole: bigint, rest: bigint, divisor: bigint, isNegative: boolean, rounding: Rounding): boolean {
  const twice = 2n * (rest < 0n ? -rest : rest);
  const full = divisor < 0n ? -divisor : divisor;
  switch (rounding) {
    case 'up':
      return true;
    case 'down':
      return false;
    case 'ceiling':
      return !isNegative;
    case 'floor':
      return isNegative;
    case 'halfUp':
      return twice >= full;
    case 'halfDown':
      return twice > full;
    case 'halfEven':
      return twice > full || (twice === full && whole % 2n !== 0n);
  }
}

function overflow(): CelError {
  return new CelError('DECIMAL_OVERFLOW', `a decimal has at most ${MOST_DIGITS} digits.`);
}

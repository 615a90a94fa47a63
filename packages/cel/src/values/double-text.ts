import { divideRounded } from './decimal.ts';

/** Prints a finite double with a number of digits after the point; exact halves go to the even digit, as in Go. */
export function formatFixed(value: number, digits: number): string {
  const [numerator, denominator] = fractionOf(Math.abs(value));
  const scaled = divideRounded(numerator * 10n ** BigInt(digits), denominator, 'halfEven');
  const text = String(scaled).padStart(digits + 1, '0');
  const split = text.length - digits;
  return `${isNegative(value) ? '-' : ''}${text.slice(0, split)}${digits === 0 ? '' : `.${text.slice(split)}`}`;
}

/** Prints a finite double with one digit before the point and an exponent of at least two digits: `1.052033e+03`. */
export function formatScientific(value: number, digits: number): string {
  const [numerator, denominator] = fractionOf(Math.abs(value));
  let exponent = value === 0 ? 0 : Number(Math.abs(value).toExponential().split('e')[1]);
  let scaled = mantissa(numerator, denominator, digits - exponent);
  // 9.996 with two digits is 10.00.
  if (String(scaled).length > digits + 1) scaled = mantissa(numerator, denominator, digits - ++exponent);
  const text = String(scaled).padStart(digits + 1, '0');
  const sign = exponent < 0 ? '-' : '+';
  const power = String(Math.abs(exponent)).padStart(2, '0');
  return `${isNegative(value) ? '-' : ''}${text[0]}${digits === 0 ? '' : `.${text.slice(1)}`}e${sign}${power}`;
}

function mantissa(numerator: bigint, denominator: bigint, shift: number): bigint {
  const power = 10n ** BigInt(Math.abs(shift));
  return shift >= 0
    ? divideRounded(numerator * power, denominator, 'halfEven')
    : divideRounded(numerator, denominator * power, 'halfEven');
}

function isNegative(value: number): boolean {
  return value < 0 || Object.is(value, -0);
}

// A double is a whole number of 53 bits times a power of two.
function fractionOf(value: number): [bigint, bigint] {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const raw = bits.getBigUint64(0);
  const power = Number(raw >> 52n);
  const fraction = raw & 0xfffffffffffffn;
  const whole = power === 0 ? fraction : fraction | 0x10000000000000n;
  const shift = (power === 0 ? 1 : power) - 1075;
  return shift >= 0 ? [whole << BigInt(shift), 1n] : [whole, 1n << BigInt(-shift)];
}

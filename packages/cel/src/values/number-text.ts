import { CelError } from '../cel-error.ts';
import { toInt, toUint, type Integer } from './integer.ts';

/** Cuts a double to an int, towards zero. */
export function doubleToInt(value: number): Integer {
  if (!Number.isFinite(value))
    throw new CelError('INTEGER_OVERFLOW', 'integer overflow: the double is no finite number.');
  // The least int is not taken, as in the reference: a double that large stands for a thousand numbers.
  if (value <= -(2 ** 63)) throw new CelError('INTEGER_OVERFLOW', 'integer overflow.');
  return toInt(BigInt(Math.trunc(value)));
}

/** Cuts a double to a uint, towards zero. */
export function doubleToUint(value: number): Integer {
  if (!Number.isFinite(value) || value < 0) throw new CelError('INTEGER_OVERFLOW', 'unsigned integer overflow.');
  return toUint(BigInt(Math.trunc(value)));
}

/** Reads an int from decimal text. */
export function parseInteger(text: string): Integer {
  if (!/^[+-]?[0-9]{1,40}$/.test(text)) throw new CelError('CONVERSION_FAILED', 'the text is not an integer.');
  return toInt(BigInt(text.replace(/^\+/, '')));
}

/** Reads a uint from decimal text. */
export function parseUnsigned(text: string): Integer {
  if (!/^[0-9]{1,40}$/.test(text)) throw new CelError('CONVERSION_FAILED', 'the text is not an unsigned integer.');
  return toUint(BigInt(text));
}

/** Reads a double from text, as Go and so CEL does: `1.5`, `-2e3`, `NaN`, `Infinity`, `+Inf`. */
export function parseDouble(text: string): number {
  if (/^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(text)) return Number(text);
  const word = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (word === null) throw new CelError('CONVERSION_FAILED', 'the text is not a number.');
  if (word[2]?.toLowerCase() === 'nan') return NaN;
  return word[1] === '-' ? -Infinity : Infinity;
}

/** Prints a double with the fewest digits that read back as the same double. */
export function formatDouble(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return Object.is(value, -0) ? '-0' : String(value);
}

import { AvroError } from './avro-error.ts';

/** Holds a decimal number exactly: `unscaled` divided by ten to the power of `scale`. */
export interface Decimal {
  readonly unscaled: bigint;
  readonly scale: number;
}

/** Reads the two's complement, big endian, of an unscaled number (Avro 1.12, "Decimal"). */
export function decimalOfBytes(bytes: Uint8Array, precision: number, scale: number): Decimal {
  if (bytes.length === 0) throw new AvroError('BAD_DECIMAL', 'a decimal needs at least one byte');
  const start = bytes.length - Math.min(bytes.length, mostBytes(precision));
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset + start, bytes.length - start).toString('hex');
  const unscaled = BigInt.asIntN((bytes.length - start) * 8, BigInt(`0x${hex}`));
  // What stands before may only repeat the sign: a number of millions of digits is not even made.
  const isLong = bytes.subarray(0, start).some((byte) => byte !== (unscaled < 0n ? 0xff : 0));
  if (isLong || !fitsPrecision(unscaled, precision)) {
    throw new AvroError('BAD_DECIMAL', `the decimal has more than the ${precision} digits of its schema`);
  }
  return Object.freeze({ unscaled, scale });
}

/**
 * Writes a decimal as the two's complement of its unscaled number at the schema's scale.
 * Returns null where digits would be lost: too many of them, or too few places for them.
 */
export function bytesOfDecimal(value: Decimal, precision: number, scale: number, size?: number): Uint8Array | null {
  const unscaled = rescale(value, scale);
  if (unscaled === null || !fitsPrecision(unscaled, precision)) return null;
  const length = size ?? byteLength(unscaled);
  if (BigInt.asIntN(length * 8, unscaled) !== unscaled) return null;
  const hex = BigInt.asUintN(length * 8, unscaled)
    .toString(16)
    .padStart(length * 2, '0');
  return Buffer.from(hex, 'hex');
}

/** Tells whether a value is a decimal in memory. */
export function isDecimal(value: unknown): value is Decimal {
  if (typeof value !== 'object' || value === null) return false;
  const { unscaled, scale } = value as { unscaled?: unknown; scale?: unknown };
  return typeof unscaled === 'bigint' && typeof scale === 'number' && Number.isInteger(scale);
}

function rescale(value: Decimal, scale: number): bigint | null {
  const shift = scale - value.scale;
  if (Math.abs(shift) > 10_000) return null;
  if (shift >= 0) return value.unscaled * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  return value.unscaled % divisor === 0n ? value.unscaled / divisor : null;
}

function fitsPrecision(unscaled: bigint, precision: number): boolean {
  const limit = 10n ** BigInt(precision);
  return unscaled < limit && unscaled > -limit;
}

/** Returns how many bytes the numbers of so many digits take at most, with the bit of their sign. */
function mostBytes(precision: number): number {
  return Math.floor((precision * Math.log2(10)) / 8) + 1;
}

function byteLength(unscaled: bigint): number {
  const magnitude = unscaled < 0n ? -unscaled - 1n : unscaled;
  if (magnitude === 0n) return 1;
  const digits = magnitude.toString(16);
  const bits = (digits.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(digits[0] ?? '0', 16)));
  return Math.floor(bits / 8) + 1;
}

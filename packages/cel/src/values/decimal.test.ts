import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDecimal,
  compareDecimal,
  decimalToDouble,
  decimalToInt,
  divideRounded,
  formatDecimal,
  moduloDecimal,
  multiplyDecimal,
  parseDecimal,
  quotient,
  roundDecimal,
  roundings,
  subtractDecimal,
  type Decimal,
} from './decimal.ts';

const decimal = fc.record({ unscaled: fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), scale: fc.nat(25) });

// The value as a fraction of two big integers.
const fractionOf = ({ unscaled, scale }: Decimal): [bigint, bigint] => [unscaled, 10n ** BigInt(scale)];
const isSame = ([a, b]: [bigint, bigint], [c, d]: [bigint, bigint]): boolean => a * d === c * b;

describe('decimals', () => {
  it('add, subtract and multiply as fractions do', () => {
    fc.assert(
      fc.property(decimal, decimal, (x, y) => {
        const [[a, b], [c, d]] = [fractionOf(x), fractionOf(y)];
        expect(isSame(fractionOf(addDecimal(x, y)), [a * d + c * b, b * d])).toBe(true);
        expect(isSame(fractionOf(subtractDecimal(x, y)), [a * d - c * b, b * d])).toBe(true);
        expect(isSame(fractionOf(multiplyDecimal(x, y)), [a * c, b * d])).toBe(true);
        expect(Math.sign(compareDecimal(x, y))).toBe(a * d < c * b ? -1 : a * d > c * b ? 1 : 0);
      }),
    );
  });

  it('give quotients that lie within one unit of the last place, and exactly where they can', () => {
    fc.assert(
      fc.property(decimal, decimal, fc.nat(30), fc.constantFrom(...roundings), (x, y, scale, rounding) => {
        fc.pre(y.unscaled !== 0n);
        const [[a, b], [c, d]] = [fractionOf(x), fractionOf(y)];
        // quotient - a/b*d/c, times all denominators.
        const { unscaled } = quotient(x, y, scale, rounding);
        const difference = unscaled * b * c - a * d * 10n ** BigInt(scale);
        const unit = b * c < 0n ? -b * c : b * c;
        const size = difference < 0n ? -difference : difference;
        expect(size < unit || size === 0n).toBe(true);
        if (rounding.startsWith('half')) expect(2n * size <= unit).toBe(true);
      }),
    );
  });

  it('round as Intl does', () => {
    const modes = { up: 'expand', down: 'trunc', ceiling: 'ceil', floor: 'floor', halfUp: 'halfExpand', halfDown: 'halfTrunc', halfEven: 'halfEven' } as const; // prettier-ignore
    const small = fc.record({ unscaled: fc.bigInt({ min: -99_999n, max: 99_999n }), scale: fc.nat(4) });
    fc.assert(
      fc.property(small, fc.nat(4), fc.constantFrom(...roundings), (x, scale, rounding) => {
        const options = { minimumFractionDigits: scale, maximumFractionDigits: scale, useGrouping: false };
        const intl = new Intl.NumberFormat('en', {
          ...options,
          roundingMode: modes[rounding],
        } as Intl.NumberFormatOptions);
        const expected = intl.format(formatDecimal(x) as unknown as number).replace(/^-(0(?:\.0*)?)$/, '$1');
        expect(formatDecimal(roundDecimal(x, scale, rounding))).toBe(expected);
      }),
    );
  });

  it('are read back from their text, with their scale', () => {
    fc.assert(
      fc.property(decimal, (x) => {
        expect(parseDecimal(formatDecimal(x))).toEqual(x);
        expect(decimalToDouble(x)).toBe(Number(formatDecimal(x)));
      }),
    );
  });

  it('have a rest that is smaller than the divisor, and the sign of the dividend', () => {
    fc.assert(
      fc.property(decimal, decimal, (x, y) => {
        fc.pre(y.unscaled !== 0n);
        const whole = roundDecimal(quotient(x, y, 0, 'down'), 0, 'down');
        expect(compareDecimal(addDecimal(multiplyDecimal(whole, y), moduloDecimal(x, y)), x)).toBe(0);
      }),
    );
  });

  it.each([
    ['1.5e3', '1500'],
    ['1.50e-1', '0.150'],
    ['+.5', '0.5'],
    ['-5.', '-5'],
    ['007', '7'],
  ])('reads %s', (text, expected) => {
    expect(formatDecimal(parseDecimal(text))).toBe(expected);
  });

  it.each(['', '.', '-', '1e', '0x1', '1_000', ' 1', 'NaN', '1.2.3'])('does not read %j', (text) => {
    expect(() => parseDecimal(text)).toThrow(expect.objectContaining({ code: 'CONVERSION_FAILED' }));
  });

  it.each(['1e999999', '1e-999999', `1e${'9'.repeat(6)}`, '9'.repeat(1001), `0.${'1'.repeat(1001)}`])(
    'refuses what is too large: %s',
    (text) => {
      expect(() => parseDecimal(text)).toThrow(expect.objectContaining({ code: 'DECIMAL_OVERFLOW' }));
    },
  ); // prettier-ignore

  it('becomes an int, towards zero, where it fits', () => {
    expect(decimalToInt(parseDecimal('-2.99'))).toBe(-2);
    expect(decimalToInt(parseDecimal('9223372036854775807.9'))).toBe(9223372036854775807n);
    expect(() => decimalToInt(parseDecimal('9223372036854775808'))).toThrow(
      expect.objectContaining({ code: 'INTEGER_OVERFLOW' }),
    );
  });

  it('divides by nothing but zero', () => {
    expect(() => quotient(parseDecimal('1'), parseDecimal('0.00'), 2, 'halfUp')).toThrow(
      expect.objectContaining({ code: 'DIVISION_BY_ZERO' }),
    );
    expect(divideRounded(7n, -2n, 'halfUp')).toBe(-4n);
  });
});

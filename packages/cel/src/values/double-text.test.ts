import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatFixed, formatScientific } from './double-text.ts';

const double = fc.double({ noNaN: true, noDefaultInfinity: true });

describe('formatFixed', () => {
  it('agrees with toFixed, but for halves, which toFixed rounds up', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e20, max: 1e20 }), fc.nat(20), (value, digits) => {
        // oxlint-disable-next-line number-arg-out-of-range -- 100 digits are allowed since ES2018
        const exact = value.toFixed(100).replace(/0+$/, '');
        fc.pre(
          !new RegExp(`\\.\\d{${digits}}5$`).test(exact) &&
            !Object.is(value, -0) &&
            Number(value.toFixed(digits)) !== 0,
        );
        expect(formatFixed(value, digits)).toBe(value.toFixed(digits));
      }),
    );
  });

  it.each([
    [0.5, 0, '0'],
    [1.5, 0, '2'],
    [2.5, 0, '2'],
    [-0.125, 2, '-0.12'],
    [0.375, 2, '0.38'],
    [-0, 1, '-0.0'],
    [1e21, 1, '1000000000000000000000.0'],
    [5e-324, 3, '0.000'],
  ])('prints %d with %d digits', (value, digits, text) => {
    expect(formatFixed(value, digits)).toBe(text);
  });
});

describe('formatScientific', () => {
  it('prints 17 digits that read back as the same double', () => {
    fc.assert(
      fc.property(double, (value) => {
        expect(formatScientific(value, 16)).toMatch(/^-?\d\.\d{16}e[+-]\d{2,3}$/);
        expect(Number(formatScientific(value, 16))).toBe(value);
      }),
    );
  });

  it.each([
    [1052.032911275, 6, '1.052033e+03'],
    [9.996, 2, '1.00e+01'],
    [0, 2, '0.00e+00'],
    [2.5, 0, '2e+00'],
    [1.7976931348623157e308, 3, '1.798e+308'],
    [5e-324, 1, '4.9e-324'],
  ])('prints %d with %d digits', (value, digits, text) => {
    expect(formatScientific(value, digits)).toBe(text);
  });
});

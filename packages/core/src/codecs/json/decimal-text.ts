/** A decimal number in memory: `unscaled` divided by ten to the power of `scale`. */
export interface DecimalValue {
  readonly unscaled: bigint;
  readonly scale: number;
}

/** Tells whether a value is a decimal number. */
export function isDecimalValue(value: unknown): value is DecimalValue {
  if (typeof value !== 'object' || value === null) return false;
  const { unscaled, scale } = value as Partial<DecimalValue>;
  return typeof unscaled === 'bigint' && Number.isInteger(scale);
}

/** Reads `-12.50` at a scale; undefined where the text is no decimal, or has more digits than precision and scale allow. */
export function parseDecimal(text: string, precision: number, scale: number): DecimalValue | undefined {
  const match = /^(-?)(\d{1,1100})(?:\.(\d{1,1100}))?$/.exec(text);
  if (match === null) return undefined;
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > scale) return undefined;
  const digits = `${match[2]}${fraction.padEnd(scale, '0')}`.replace(/^0+(?=\d)/, '');
  if (digits.length > precision) return undefined;
  const unscaled = BigInt(digits);
  return Object.freeze({ unscaled: match[1] === '-' ? -unscaled : unscaled, scale });
}

/** Writes a decimal number with as many digits after the point as its scale says. */
export function formatDecimal(value: DecimalValue): string {
  const sign = value.unscaled < 0n ? '-' : '';
  const magnitude = (value.unscaled < 0n ? -value.unscaled : value.unscaled).toString();
  if (value.scale <= 0) return `${sign}${magnitude}${'0'.repeat(-value.scale)}`;
  const digits = magnitude.padStart(value.scale + 1, '0');
  return `${sign}${digits.slice(0, -value.scale)}.${digits.slice(-value.scale)}`;
}

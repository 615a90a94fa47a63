/** Writes a number as an expression that stands anywhere an operand may: negative ones in parentheses, -0 kept. */
export function numberLiteral(value: number): string {
  if (Number.isNaN(value)) return '(0 / 0)';
  if (value === Infinity) return '(1 / 0)';
  if (value === -Infinity) return '(-1 / 0)';
  return value < 0 || Object.is(value, -0) ? `(-${-value})` : String(value);
}

import { MAX_DECIMAL_PRECISION } from './limits.ts';
import { SchemaError } from './schema-error.ts';
import type { Logical } from './schema.ts';

const LOGICAL_TYPES: Partial<Record<string, readonly string[]>> = {
  int: ['date', 'time-millis'],
  long: [
    'time-micros',
    'timestamp-millis',
    'timestamp-micros',
    'timestamp-nanos',
    'local-timestamp-millis',
    'local-timestamp-micros',
    'local-timestamp-nanos',
  ],
  string: ['uuid'],
};

/**
 * Returns the logical type of a type's JSON (Avro 1.12, "Logical Types").
 * One that is unknown, or that the type cannot have, is ignored, as the specification demands.
 */
export function parseLogical(
  kind: string,
  json: Record<string, unknown>,
  pointer: string,
  size?: number,
): Logical | undefined {
  const type = json['logicalType'];
  if (typeof type !== 'string') return undefined;
  if (LOGICAL_TYPES[kind]?.includes(type)) return Object.freeze({ type } as Logical);
  if (kind === 'fixed' && ((type === 'uuid' && size === 16) || (type === 'duration' && size === 12))) {
    return Object.freeze({ type } as Logical);
  }
  if (type === 'decimal' && (kind === 'bytes' || kind === 'fixed')) return parseDecimal(json, pointer, size);
  return undefined;
}

function parseDecimal(json: Record<string, unknown>, pointer: string, size?: number): Logical | undefined {
  const { precision, scale = 0 } = json;
  if (!isCount(precision) || precision < 1 || !isCount(scale) || scale > precision) return undefined;
  if (size !== undefined && precision > Math.floor(Math.log10(2) * (8 * size - 1))) return undefined;
  if (precision > MAX_DECIMAL_PRECISION) {
    const message = `A decimal of ${precision} digits: at most ${MAX_DECIMAL_PRECISION} are possible.`;
    throw new SchemaError('TOO_LARGE', `${pointer}/precision`, message);
  }
  return Object.freeze({ type: 'decimal', precision, scale });
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

import type { Duration } from '@headrace/avro';

/** Tells whether a value is a duration of Avro in memory. */
export function isDuration(value: unknown): value is Duration {
  if (typeof value !== 'object' || value === null) return false;
  const { months, days, milliseconds } = value as Partial<Record<keyof Duration, unknown>>;
  return isUint32(months) && isUint32(days) && isUint32(milliseconds);
}

/** Returns the duration that an object shows, without what else it has; undefined where it is none. */
export function durationOf(value: unknown): Duration | undefined {
  if (!isDuration(value)) return undefined;
  const { months, days, milliseconds } = value;
  return { months, days, milliseconds };
}

function isUint32(value: unknown): boolean {
  return typeof value === 'number' && value >>> 0 === value;
}

import { CelError } from '../cel-error.ts';
import { checkDuration, checkTimestamp, wholeMicros } from './time-text.ts';

const LONGEST_BETWEEN = 2 ** 63 / 1e6;

/** Adds a duration to an instant. */
export function addDuration(ms: number, duration: number): number {
  return checkTimestamp(wholeMicros(ms + duration));
}

/** Adds two durations. */
export function addDurations(a: number, b: number): number {
  return checkDuration(wholeMicros(a + b));
}

/** Gives the duration from the second instant to the first; up to 292 years, what 64 bits of nanoseconds hold, as the reference does. */
export function betweenTimestamps(later: number, earlier: number): number {
  const between = wholeMicros(later - earlier);
  if (Math.abs(between) <= LONGEST_BETWEEN) return between;
  throw new CelError('DURATION_OUT_OF_RANGE', 'the time between the timestamps is longer than 292 years.');
}

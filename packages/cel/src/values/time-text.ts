import { CelError } from '../cel-error.ts';
import { daysOfMonth, utcOf } from './calendar.ts';

const INSTANT = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;
const EARLIEST = -62_135_596_800_000;
const LATEST = 253_402_300_800_000;
const LAST = LATEST - 2 ** -5;
const UNITS: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ns: 1e-6,
};

/** Reads an instant as RFC 3339 writes it, into milliseconds since the epoch; microseconds are kept as a fraction. */
export function parseTimestamp(text: string): number {
  const match = INSTANT.exec(text);
  if (match === null) throw invalidTimestamp();
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as Six;
  const isDate = month >= 1 && month <= 12 && day >= 1 && day <= daysOfMonth(year, month);
  if (!isDate || hour > 23 || minute > 59 || second > 59) throw invalidTimestamp();
  const [offsetHours, offsetMinutes] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (offsetHours > 23 || offsetMinutes > 59) throw invalidTimestamp();
  const offset = (match[8] === '-' ? -1 : 1) * (offsetHours * 60 + offsetMinutes) * 60_000;
  const whole = utcOf(year, month, day) + ((hour * 60 + minute) * 60 + second) * 1000 - offset;
  const micros = Math.floor(Number((match[7] ?? '').padEnd(9, '0')) / 1000);
  checkTimestamp(whole);
  // Far away a double does not hold every microsecond: the last one of all years must not become the first one after them.
  return Math.min(whole + micros / 1000, LAST);
}

type Six = [number, number, number, number, number, number];

/** Brings the sum of times in milliseconds to whole microseconds: the fractions of doubles do not add up exactly. */
export function wholeMicros(ms: number): number {
  if (Number.isInteger(ms)) return ms;
  const whole = Math.floor(ms);
  return whole + Math.round((ms - whole) * 1000) / 1000;
}

/** Refuses instants outside of the years 1 to 9999. */
export function checkTimestamp(ms: number): number {
  if (ms >= EARLIEST && ms < LATEST) return ms;
  throw new CelError('TIMESTAMP_OUT_OF_RANGE', 'the timestamp is outside of the years 1 to 9999.');
}

/** Prints an instant as RFC 3339 in UTC, with as many digits of the second as are needed. */
export function formatTimestamp(ms: number): string {
  checkTimestamp(ms);
  const micros = Math.round((ms - Math.floor(ms)) * 1000);
  const whole = Math.floor(ms) + (micros === 1000 ? 1 : 0);
  const [date, rest = ''] = new Date(whole).toISOString().split('.');
  const digits = (rest.slice(0, 3) + String(micros % 1000).padStart(3, '0')).replace(/0+$/, '');
  return digits === '' ? `${date}Z` : `${date}.${digits}Z`;
}

/** Reads a duration such as `1h30m`, `-2.5s`, `500ms` or `2d` into milliseconds. */
export function parseDuration(text: string): number {
  const match = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|[dhms]))+|0)$/.exec(text);
  if (match === null) {
    throw new CelError(
      'CONVERSION_FAILED',
      'the text is not a duration; write a number and a unit, such as 1h30m or 500ms.',
    );
  }
  let total = 0;
  for (const [, amount, unit] of match[2]!.matchAll(/([\d.]+)(ns|us|µs|μs|ms|[dhms])/g)) {
    total += Number(amount) * UNITS[unit!]!;
  }
  return checkDuration(Math.round(total * 1000) / 1000) * (match[1] === '-' ? -1 : 1) + 0;
}

/** Refuses durations of more than ten thousand years. */
export function checkDuration(ms: number): number {
  if (Math.abs(ms) <= 315_576_000_000_000) return ms;
  throw new CelError('DURATION_OUT_OF_RANGE', 'the duration is longer than 10000 years.');
}

/** Prints a duration in seconds, as CEL does: `5400s`, `0.5s`. */
export function formatDuration(ms: number): string {
  const micros = Math.round(Math.abs(ms) * 1000);
  const seconds = Math.floor(micros / 1_000_000);
  const digits = String(micros % 1_000_000)
    .padStart(6, '0')
    .replace(/0+$/, '');
  const sign = ms < 0 && micros > 0 ? '-' : '';
  return `${sign}${seconds}${digits === '' ? '' : `.${digits}`}s`;
}

function invalidTimestamp(): CelError {
  return new CelError('CONVERSION_FAILED', 'the text is not a timestamp; write it as 2026-01-31T09:30:00Z.');
}

import { UTC, instantOf, type Zone } from './time-zone.ts';

const DAY = 86_400_000;
const CYCLE_YEARS = 400;
const CYCLE = 146_097 * DAY;

/** Holds what a calendar and a clock on the wall show: months from 1, days of the week from Monday as 1, micros of the second. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly micros: number;
}

/** Gives the local time of an instant (milliseconds since the epoch, a fraction for micros). */
export function localTimeOf(ms: number, zone: Zone): LocalTime {
  const micros = Math.round((ms - Math.floor(ms)) * 1000);
  const whole = Math.floor(ms) + (micros === 1000 ? 1 : 0);
  const date = new Date(whole + zone.offsetAt(whole));
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    micros: date.getUTCMilliseconds() * 1000 + (micros % 1000),
  };
}

/** Gives the instant of a local time; the date must exist. */
export function instantOfLocal(time: LocalTime, zone: Zone): number {
  const days = utcOf(time.year, time.month, time.day);
  const local = days + ((time.hour * 60 + time.minute) * 60 + time.second) * 1000;
  return instantOf(zone, local) + time.micros / 1000;
}

/** Gives the milliseconds of midnight of a date in UTC. Months beyond 12 and days beyond the month's run on. */
export function utcOf(year: number, month: number, day: number): number {
  // Date.UTC takes the years 0 to 99 for 1900 to 1999: count from 400 years on, a whole cycle of the calendar.
  return Date.UTC(year + CYCLE_YEARS, month - 1, day) - CYCLE;
}

/** Counts the days of a month. */
export function daysOfMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Names the units that `truncate` takes. */
export const units = ['millisecond', 'second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'] as const;

/** Names a unit of time. */
export type Unit = (typeof units)[number];

const CLOCK: Partial<Record<Unit, number>> = { millisecond: 1, second: 1000, minute: 60_000, hour: 3_600_000 };

/** Gives the start of the unit of local time that an instant lies in; weeks start on Monday. */
export function startOf(ms: number, unit: Unit, zone: Zone): number {
  const size = CLOCK[unit];
  if (size !== undefined) return startOfSpan(ms, size, zone);
  const local = Math.floor(ms) + zone.offsetAt(Math.floor(ms));
  const date = new Date(local);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1];
  switch (unit) {
    case 'day':
      return instantOf(zone, Math.floor(local / DAY) * DAY);
    case 'week':
      // 1970-01-01 was a Thursday.
      return instantOf(zone, Math.floor((local + 3 * DAY) / (7 * DAY)) * 7 * DAY - 3 * DAY);
    case 'month':
      return instantOf(zone, utcOf(year, month, 1));
    case 'quarter':
      return instantOf(zone, utcOf(year, month - ((month - 1) % 3), 1));
    default:
      return instantOf(zone, utcOf(year, 1, 1));
  }
}

/** Gives the start of the span that an instant lies in, where spans of one length follow each other from 1970-01-01 in local time on. */
export function startOfSpan(ms: number, size: number, zone: Zone): number {
  if (zone === UTC) return Math.floor(ms / size) * size;
  const offset = zone.offsetAt(Math.floor(ms));
  const local = Math.floor((ms + offset) / size) * size;
  // A span of hours starts by the clock as it goes now; the start of a day may lie before a change of the clock.
  return size < DAY ? local - offset : instantOf(zone, local);
}

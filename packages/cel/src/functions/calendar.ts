import { CelError } from '../cel-error.ts';
import { DURATION, INT, STRING, TIMESTAMP } from '../types/cel-type.ts';
import { startOf, startOfSpan, units, type Unit } from '../values/calendar.ts';
import { timePattern, type TimePattern } from '../values/time-pattern.ts';
import { checkTimestamp, wholeMicros } from '../values/time-text.ts';
import { UTC, zoneOf, type Zone } from '../values/time-zone.ts';
import { call, method, type Implementation, type KnownArgument, type Overload } from './overload.ts';

/** Lists the members of timestamps and the functions on calendar and clock, in UTC or in a time zone. */
export const calendarFunctions: readonly Overload[] = [
  ...member('getFullYear', (date) => date.getUTCFullYear()),
  ...member('getMonth', (date) => date.getUTCMonth()),
  ...member('getDate', (date) => date.getUTCDate()),
  ...member('getDayOfMonth', (date) => date.getUTCDate() - 1),
  ...member('getDayOfWeek', (date) => date.getUTCDay()),
  ...member('getDayOfYear', dayOfYear),
  ...member('getHours', (date) => date.getUTCHours()),
  ...member('getMinutes', (date) => date.getUTCMinutes()),
  ...member('getSeconds', (date) => date.getUTCSeconds()),
  ...member('getMilliseconds', (date) => date.getUTCMilliseconds()),
  ...inZone('format', [TIMESTAMP, STRING], STRING, patternOf, (pattern, ms: number, zone) =>
    pattern.format(checkTimestamp(ms), zone),
  ),
  ...inZone('parseTimestamp', [STRING, STRING], TIMESTAMP, patternOf, (pattern, text: string, zone) =>
    checkTimestamp(pattern.parse(text, zone)),
  ),
  ...inZone('truncate', [TIMESTAMP, STRING], TIMESTAMP, unitOf, (unit, ms: number, zone) =>
    checkTimestamp(startOf(checkTimestamp(ms), unit, zone)),
  ),
  ...inZone('truncate', [TIMESTAMP, DURATION], TIMESTAMP, spanOf, (span, ms: number, zone) =>
    checkTimestamp(wholeMicros(startOfSpan(checkTimestamp(ms), span, zone))),
  ),
];

function member(name: string, read: (date: Date) => number): Overload[] {
  const inUtc = (ms: number): number => read(new Date(Math.floor(checkTimestamp(ms))));
  const at = (ms: number, zone: Zone): number => {
    const whole = Math.floor(checkTimestamp(ms));
    return read(new Date(whole + zone.offsetAt(whole)));
  };
  return [
    method(name, { params: [TIMESTAMP], result: INT, evaluate: inUtc }),
    method(name, {
      params: [TIMESTAMP, STRING],
      result: INT,
      evaluate: (ms: number, zone: string) => at(ms, zoneOf(zone)),
      specialise: ([, name]) => {
        if (typeof name?.constant !== 'string') return (ms, zone) => at(ms as number, zoneOf(zone as string));
        const zone = zoneOf(name.constant);
        return zone === UTC ? (inUtc as Implementation) : (ms) => at(ms as number, zone);
      },
    }),
  ];
}

// A function of a value and how, without and with a time zone; what is constant of the last two is read once.
function inZone<Value, How>(
  name: string,
  params: Overload['params'],
  result: typeof STRING,
  read: (how: never) => How,
  run: (how: How, value: Value, zone: Zone) => unknown,
): Overload[] {
  const evaluate = (value: Value, how: never, zone?: string): unknown =>
    run(read(how), value, zone === undefined ? UTC : zoneOf(zone));
  const specialise = ([, how, zone]: readonly KnownArgument[]): Implementation => {
    const known = how?.constant === undefined ? null : read(how.constant as never);
    const place = zone === undefined ? UTC : typeof zone.constant === 'string' ? zoneOf(zone.constant) : null;
    return (value, given, name) => run(known ?? read(given as never), value as Value, place ?? zoneOf(name as string));
  };
  return [
    call(name, { params, result, evaluate, specialise }),
    call(name, { params: [...params, STRING], result, evaluate, specialise }),
  ];
}

const MOST_PATTERNS = 100;
const patterns = new Map<string, TimePattern>();

function patternOf(text: string): TimePattern {
  let pattern = patterns.get(text);
  if (pattern !== undefined) return pattern;
  pattern = timePattern(text);
  // Patterns may come from records.
  if (patterns.size >= MOST_PATTERNS) patterns.clear();
  patterns.set(text, pattern);
  return pattern;
}

function unitOf(name: string): Unit {
  const unit = units.find((known) => known === name);
  if (unit !== undefined) return unit;
  throw new CelError('UNKNOWN_CHOICE', `the unit must be one of ${units.join(', ')}.`);
}

function spanOf(span: number): number {
  if (span >= 1) return span;
  throw new CelError('UNKNOWN_CHOICE', 'a timestamp is truncated to a millisecond or more.');
}

function dayOfYear(date: Date): number {
  const start = new Date(date);
  start.setUTCMonth(0, 1);
  return Math.round((date.getTime() - start.getTime()) / 86_400_000);
}

import { CelError } from '../cel-error.ts';
import { daysOfMonth, instantOfLocal, localTimeOf, utcOf, type LocalTime } from './calendar.ts';
import { UTC, type Zone } from './time-zone.ts';

/** Writes and reads instants by a pattern of letters, as Unicode's LDML has them (UTS 35, "Date Format Patterns"). */
export interface TimePattern {
  format(ms: number, zone: Zone): string;
  parse(text: string, zone: Zone): number;
}

interface Fields {
  year?: number;
  month?: number;
  day?: number;
  dayOfYear?: number;
  hour?: number;
  hour12?: number;
  afternoon?: boolean;
  minute?: number;
  second?: number;
  micros?: number;
  offset?: number;
}

interface Field {
  readonly write: (time: LocalTime, offset: number) => string;
  /** What the text must look like here. */
  readonly pattern: string;
  readonly read: (text: string, fields: Fields) => void;
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const DAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');
const LONGEST = 200;

/** Reads a pattern such as `yyyy-MM-dd'T'HH:mm:ssXXX`. Throws a `CelError` with the code `INVALID_FORMAT`. */
export function timePattern(pattern: string): TimePattern {
  if (pattern.length > LONGEST) throw invalidFormat('it is too long');
  const fields: Field[] = [];
  for (let i = 0; i < pattern.length;) {
    const letter = pattern[i]!;
    if (letter === "'") {
      const end = endOfQuote(pattern, i);
      const text = end === i + 2 ? "'" : pattern.slice(i + 1, end - 1).replaceAll("''", "'");
      fields.push(literal(text));
      i = end;
    } else {
      let end = i + 1;
      if (/[A-Za-z]/.test(letter)) while (pattern[end] === letter) end++;
      fields.push(/[A-Za-z]/.test(letter) ? fieldOf(letter, end - i) : literal(letter));
      i = end;
    }
  }
  const steps = fields.map((field) => ({ field, expected: new RegExp(field.pattern, 'iy') }));
  return {
    format: (ms, zone) => write(fields, ms, zone),
    parse: (text, zone) => parse(steps, text, zone),
  };
}

// Two quotes are one quote, inside of a quotation, too.
function endOfQuote(pattern: string, start: number): number {
  if (pattern[start + 1] === "'") return start + 2;
  for (let i = start + 1; i < pattern.length; i++) {
    if (pattern[i] !== "'") continue;
    if (pattern[i + 1] !== "'") return i + 1;
    i++;
  }
  throw invalidFormat('a quotation does not end');
}

function write(fields: readonly Field[], ms: number, zone: Zone): string {
  const time = localTimeOf(ms, zone);
  const offset = zone.offsetAt(Math.floor(ms));
  return fields.map((field) => field.write(time, offset)).join('');
}

// Each field takes what it can and gives nothing back, so that no text takes long.
function parse(steps: readonly { field: Field; expected: RegExp }[], text: string, zone: Zone): number {
  const found: Fields = {};
  let at = 0;
  for (const { field, expected } of steps) {
    expected.lastIndex = at;
    const match = expected.exec(text);
    if (match === null) throw otherForm();
    field.read(match[0], found);
    at = expected.lastIndex;
  }
  if (at < text.length) throw otherForm();
  const time = timeOf(found);
  if (found.offset === undefined) return instantOfLocal(time, zone);
  return instantOfLocal(time, UTC) - found.offset;
}

function otherForm(): CelError {
  return new CelError('CONVERSION_FAILED', 'the text does not have the form of the time format.');
}

function timeOf(found: Fields): LocalTime {
  const { year, month = 1, day = 1, dayOfYear, hour12, afternoon, minute = 0, second = 0, micros = 0 } = found;
  const hour = hour12 === undefined ? (found.hour ?? 0) : (hour12 % 12) + (afternoon === true ? 12 : 0);
  if (year === undefined) throw invalidFormat('it has no year');
  const isDate = month >= 1 && month <= 12 && day >= 1 && day <= daysOfMonth(year, month);
  const isTime = hour < 24 && minute < 60 && second < 60 && (hour12 === undefined || (hour12 >= 1 && hour12 <= 12));
  if (!isDate || !isTime) throw new CelError('CONVERSION_FAILED', 'there is no such date or time.');
  const time: LocalTime = { year, month, day, hour, minute, second, micros };
  if (dayOfYear === undefined) return time;
  const days = daysOfMonth(year, 2) + 337;
  if (dayOfYear < 1 || dayOfYear > days) throw new CelError('CONVERSION_FAILED', 'there is no such day of the year.');
  return { ...localTimeOf(utcOf(year, 1, dayOfYear), UTC), hour, minute, second, micros };
}

function literal(text: string): Field {
  return { write: () => text, pattern: text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), read: () => {} };
}

function fieldOf(letter: string, width: number): Field {
  switch (letter) {
    case 'y':
      return width === 2 ? shortYear : number(width, 4, (time) => time.year, 'year');
    case 'M':
      return width > 2
        ? name(MONTHS, width, (time) => time.month, 'month')
        : number(width, 2, (time) => time.month, 'month');
    case 'd':
      return number(width, 2, (time) => time.day, 'day');
    case 'D':
      return number(width, 3, (time) => dayOfYearOf(time), 'dayOfYear');
    case 'E':
      return name(DAYS, Math.max(width, 3), dayOfWeekOf, null);
    case 'H':
      return number(width, 2, (time) => time.hour, 'hour');
    case 'h':
      return number(width, 2, (time) => ((time.hour + 11) % 12) + 1, 'hour12');
    case 'a':
      return halfOfDay;
    case 'm':
      return number(width, 2, (time) => time.minute, 'minute');
    case 's':
      return number(width, 2, (time) => time.second, 'second');
    case 'S':
      return fraction(width);
    case 'X':
    case 'x':
    case 'Z':
      return offsetField(letter, width);
    default:
      throw invalidFormat(`the letter "${letter}" means nothing; put text into single quotes`);
  }
}

type Numeric = Exclude<keyof Fields, 'afternoon'>;

function number(width: number, most: number, get: (time: LocalTime) => number, key: Numeric): Field {
  if (width > most) throw invalidFormat('a field has too many letters');
  return {
    write: (time) => String(get(time)).padStart(width, '0'),
    pattern: width === 1 ? `[0-9]{1,${most}}` : `[0-9]{${width}}`,
    read: (text, fields) => {
      fields[key] = Number(text);
    },
  };
}

const shortYear: Field = {
  write: (time) => String(time.year % 100).padStart(2, '0'),
  pattern: '[0-9]{2}',
  read: (text, fields) => {
    fields.year = 2000 + Number(text);
  },
};

const halfOfDay: Field = {
  write: (time) => (time.hour < 12 ? 'AM' : 'PM'),
  pattern: '[ap]m',
  read: (text, fields) => {
    fields.afternoon = text.toLowerCase() === 'pm';
  },
};

function name(names: readonly string[], width: number, get: (time: LocalTime) => number, key: Numeric | null): Field {
  if (width > 4) throw invalidFormat('a field has too many letters');
  const shown = width === 4 ? names : names.map((full) => full.slice(0, 3));
  return {
    write: (time) => shown[get(time) - 1]!,
    pattern: shown.join('|'),
    read: (text, fields) => {
      if (key !== null) fields[key] = shown.findIndex((known) => known.toLowerCase() === text.toLowerCase()) + 1;
    },
  };
}

function fraction(width: number): Field {
  if (width > 9) throw invalidFormat('a field has too many letters');
  return {
    write: (time) => String(time.micros).padStart(6, '0').padEnd(9, '0').slice(0, width),
    pattern: `[0-9]{${width}}`,
    read: (text, fields) => {
      fields.micros = Math.floor(Number(text.padEnd(9, '0')) / 1000);
    },
  };
}

// X XX XXX: +02, +0200, +02:00, and Z for UTC; x the same without Z; Z as xx.
function offsetField(letter: string, width: number): Field {
  if (width > 3) throw invalidFormat('a field has too many letters');
  const form = letter === 'Z' ? 2 : width;
  return {
    write: (_, offset) => (letter === 'X' && offset === 0 ? 'Z' : offsetText(offset, form)),
    pattern: `${letter === 'X' ? 'z|' : ''}[+-][0-9]{2}${form === 1 ? '(?:[0-9]{2})?' : form === 2 ? '[0-9]{2}' : ':[0-9]{2}'}`,
    read: (text, fields) => {
      const digits = text.replace(/[^0-9]/g, '').padEnd(4, '0');
      const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
      if (hours > 23 || minutes > 59) throw new CelError('CONVERSION_FAILED', 'there is no such offset from UTC.');
      fields.offset = (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
    },
  };
}

function offsetText(offset: number, form: number): string {
  const minutes = Math.floor(Math.abs(offset) / 60_000);
  const [hour, rest] = [String(Math.floor(minutes / 60)).padStart(2, '0'), String(minutes % 60).padStart(2, '0')];
  const sign = offset < 0 ? '-' : '+';
  if (form === 1) return rest === '00' ? `${sign}${hour}` : `${sign}${hour}${rest}`;
  return form === 2 ? `${sign}${hour}${rest}` : `${sign}${hour}:${rest}`;
}

function dayOfWeekOf(time: LocalTime): number {
  return ((new Date(utcOf(time.year, time.month, time.day)).getUTCDay() + 6) % 7) + 1;
}

function dayOfYearOf(time: LocalTime): number {
  return (utcOf(time.year, time.month, time.day) - utcOf(time.year, 1, 1)) / 86_400_000 + 1;
}

function invalidFormat(why: string): CelError {
  return new CelError('INVALID_FORMAT', `the time format is not valid: ${why}.`);
}

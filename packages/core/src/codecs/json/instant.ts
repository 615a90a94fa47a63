import type { Logical, PrimitiveSchema } from '@headrace/avro';

const pattern =
  /^(\d{4}|[+-]\d{6})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|z|[+-]\d\d(?::?\d\d)?)?)?$/;

/** What a text of ISO 8601 says: milliseconds as if in UTC, what a millisecond leaves over, and the zone. */
interface Instant {
  readonly ms: number;
  /** Nanoseconds beyond the millisecond, 0 to 999 999. */
  readonly nanos: number;
  /** Minutes east of UTC; null where none is written. */
  readonly zone: number | null;
  readonly dateOnly: boolean;
}

/** Reads a date and time with its zone as epoch milliseconds; undefined where the text is no such or finer than `digits` digits of a second. */
export function parseInstant(text: string, digits: 3 | 6, local: boolean): number | undefined {
  const instant = parse(text);
  if (instant === undefined || instant.dateOnly || (instant.zone === null) !== local) return undefined;
  const finer = digits === 3 ? instant.nanos : instant.nanos % 1000;
  if (finer !== 0) return undefined;
  const ms = instant.ms - (instant.zone ?? 0) * 60_000;
  if (instant.nanos === 0) return ms;
  const micros = ms * 1000 + instant.nanos / 1000;
  return Number.isSafeInteger(micros) ? micros / 1000 : undefined;
}

/** Reads a date and time with its zone as nanoseconds since 1970; undefined where the text is no such. */
export function parseInstantNanos(text: string, local: boolean): bigint | undefined {
  const instant = parse(text);
  if (instant === undefined || instant.dateOnly || (instant.zone === null) !== local) return undefined;
  return BigInt(instant.ms - (instant.zone ?? 0) * 60_000) * 1_000_000n + BigInt(instant.nanos);
}

/** Writes nanoseconds since 1970 in ISO 8601, with as many digits of a second as they have: none, 3, 6 or 9. */
export function formatInstantNanos(nanos: bigint, local: boolean): string | undefined {
  const rest = ((nanos % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const ms = Number((nanos - rest) / 1_000_000n);
  if (Math.abs(ms) > 8.64e15) return undefined;
  const below = String(rest).padStart(6, '0');
  const shown = rest === 0n ? '' : rest % 1000n === 0n ? below.slice(0, 3) : below;
  return `${new Date(ms).toISOString().slice(0, -1)}${shown}${local ? '' : 'Z'}`;
}

/** Tells whether a long is held as a bigint, in the unit of its logical type. */
export function isBigLong({ logical, long }: PrimitiveSchema): boolean {
  return long === 'bigint' || logical?.type === 'timestamp-nanos' || logical?.type === 'local-timestamp-nanos';
}

/** Returns the nanoseconds of a timestamp's unit; null for other types. */
export function timestampUnit(logical: Logical | undefined): { unit: bigint; local: boolean } | null {
  const parts = /^(local-)?timestamp-(millis|micros|nanos)$/.exec(logical?.type ?? '');
  if (parts === null) return null;
  const unit = parts[2] === 'millis' ? 1_000_000n : parts[2] === 'micros' ? 1000n : 1n;
  return { unit, local: parts[1] !== undefined };
}

/** Reads `2026-01-31` as epoch milliseconds of its midnight in UTC; undefined where the text is no date. */
export function parseDate(text: string): number | undefined {
  const instant = parse(text);
  return instant?.dateOnly === true ? instant.ms : undefined;
}

/** Writes epoch milliseconds in ISO 8601, with the digits that they have; undefined beyond the years that it can write. */
export function formatInstant(ms: number, local: boolean): string | undefined {
  if (!(Math.abs(ms) <= 8.64e15)) return undefined;
  const whole = Math.floor(ms);
  const rest = ms === whole ? 0 : Math.round(ms * 1000) - whole * 1000;
  const text = new Date(whole).toISOString().slice(0, -1);
  return `${text}${rest === 0 ? '' : String(rest).padStart(3, '0')}${local ? '' : 'Z'}`;
}

/** Writes epoch milliseconds as a date; undefined where they are no midnight in UTC. */
export function formatDate(ms: number): string | undefined {
  if (ms % 86_400_000 !== 0 || !(Math.abs(ms) <= 8.64e15)) return undefined;
  return new Date(ms).toISOString().split('T')[0];
}

function parse(text: string): Instant | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as Six;
  const fraction = (match[7] ?? '').padEnd(9, '0');
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // 31 February and the like roll over.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  if (hour > 23 || minute > 59 || second > 59 || match[1] === '-000000') return undefined;
  const zone = zoneMinutes(match[8]);
  if (zone === undefined) return undefined;
  const ms = date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 + Number(fraction.slice(0, 3));
  return { ms, nanos: Number(fraction.slice(3)), zone, dateOnly: match[4] === undefined };
}

type Six = [number, number, number, number, number, number];

function zoneMinutes(text: string | undefined): number | null | undefined {
  if (text === undefined) return null;
  if (text === 'Z' || text === 'z') return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(3).replace(':', '') || '0');
  if (hours > 23 || minutes > 59) return undefined;
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

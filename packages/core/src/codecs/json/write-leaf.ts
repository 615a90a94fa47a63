import type { Duration, EnumSchema, FixedSchema, Logical, PrimitiveSchema } from '@headrace/avro';
import { DataFault, kindOf } from '../data-fault.ts';
import { formatDecimal, isDecimalValue } from './decimal-text.ts';
import { isDuration } from './duration.ts';
import { formatDate, formatInstant, formatInstantNanos, isBigLong, timestampUnit } from './instant.ts';

/** Turns a value in memory into a text of JSON; throws where it is of another type. */
export type JsonWriter = (value: unknown) => string;

/** How timestamps are written: as epoch milliseconds, or in ISO 8601. */
export type TimestampForm = 'number' | 'iso';

/** Returns the writer of a type without parts. */
export function leafWriter(schema: PrimitiveSchema | FixedSchema | EnumSchema, timestamps: TimestampForm): JsonWriter {
  if (schema.kind === 'enum') return writeString;
  if (schema.kind === 'long' && isBigLong(schema)) return bigWriter(schema.logical, timestamps);
  if (schema.logical !== undefined) {
    const write = logicalWriter(schema.logical, timestamps);
    if (write !== null) return write;
  }
  switch (schema.kind) {
    case 'null':
      return (value) => (value === null ? 'null' : notEncodable('null', value));
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? String(value) : notEncodable('a boolean', value));
    case 'int':
    case 'long':
      return writeInteger;
    case 'float':
      return writeFloat;
    case 'double':
      return writeNumber;
    case 'string':
      return writeString;
    case 'bytes':
    case 'fixed':
      return writeBytes;
  }
}

/** Reports that a value is of another type than its schema says. */
export function notEncodable(expected: string, value: unknown): never {
  throw new DataFault('NOT_ENCODABLE', `expected ${expected}, found ${kindOf(value)}`);
}

/** Writes a finite number; JSON has no other. */
export function writeNumber(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'number') return notEncodable('a number', value);
  if (!Number.isFinite(value)) throw new DataFault('NOT_ENCODABLE', 'JSON has no NaN and no infinite numbers');
  return String(value);
}

/** Writes bytes as base64. */
export function writeBytes(value: unknown): string {
  if (!(value instanceof Uint8Array)) return notEncodable('bytes', value);
  return `"${Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64')}"`;
}

function writeString(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : notEncodable('a string', value);
}

function writeInteger(value: unknown): string {
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return String(value);
  return notEncodable('an integer that is exact', value);
}

/** Writes the shortest text that reads back as the same float. */
function writeFloat(value: unknown): string {
  const text = writeNumber(value);
  const float = Math.fround(Number(value));
  if (!Number.isFinite(float)) return notEncodable('a float', value);
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(float.toPrecision(digits));
    if (Math.fround(short) === float) return String(short);
  }
  return text;
}

function logicalWriter(logical: Logical, timestamps: TimestampForm): JsonWriter | null {
  switch (logical.type) {
    case 'date':
      return (value) => quoted('a date (milliseconds of a midnight in UTC)', value, (ms) => formatDate(ms));
    case 'timestamp-millis':
    case 'timestamp-micros':
    case 'local-timestamp-millis':
    case 'local-timestamp-micros': {
      if (timestamps === 'number') return writeNumber;
      const local = logical.type.startsWith('local-');
      return (value) => quoted('a timestamp (epoch milliseconds)', value, (ms) => formatInstant(ms, local));
    }
    case 'time-millis':
    case 'time-micros':
      return writeNumber;
    case 'decimal':
      return (value) => (isDecimalValue(value) ? `"${formatDecimal(value)}"` : notEncodable('a decimal', value));
    case 'uuid':
      return writeString;
    case 'duration':
      return (value) => (isDuration(value) ? durationText(value) : notEncodable('a duration', value));
    case 'timestamp-nanos':
    case 'local-timestamp-nanos':
      return null;
  }
}

/** Writes a long that is held as a bigint, in the unit of its logical type. */
function bigWriter(logical: Logical | undefined, timestamps: TimestampForm): JsonWriter {
  const at = timestamps === 'iso' ? timestampUnit(logical) : null;
  if (at === null) return writeInteger;
  return (value) => {
    if (typeof value !== 'bigint' && !Number.isSafeInteger(value))
      return notEncodable('an integer that is exact', value);
    const text = formatInstantNanos(BigInt(value as bigint | number) * at.unit, at.local);
    return text === undefined ? notEncodable('a timestamp of a year that ISO 8601 can write', value) : `"${text}"`;
  };
}

function durationText({ months, days, milliseconds }: Duration): string {
  return `{"months":${months},"days":${days},"milliseconds":${milliseconds}}`;
}

function quoted(expected: string, value: unknown, format: (ms: number) => string | undefined): string {
  const text = typeof value === 'number' ? format(value) : undefined;
  return text === undefined ? notEncodable(expected, value) : `"${text}"`;
}

import type { EnumSchema, FixedSchema, Logical, PrimitiveSchema } from '@headrace/avro';
import { DataFault, kindOf } from '../data-fault.ts';
import { parseDecimal } from './decimal-text.ts';
import { durationOf } from './duration.ts';
import { isBigLong, parseDate, parseInstant, parseInstantNanos, timestampUnit } from './instant.ts';
import { RoundedNumber } from './parse-exactly.ts';

/** Turns a parsed value of JSON into the value in memory; throws where it is of another type. */
export type JsonReader = (json: unknown) => unknown;

/** Returns the reader of a type without parts. Nothing is coerced: a number is no text, and a text no number. */
export function leafReader(schema: PrimitiveSchema | FixedSchema | EnumSchema): JsonReader {
  if (schema.kind === 'enum') return enumReader(schema);
  if (schema.kind === 'long' && isBigLong(schema)) return bigReader(schema.logical);
  if (schema.logical !== undefined) {
    const read = logicalReader(schema.logical);
    if (read !== null) return read;
  }
  switch (schema.kind) {
    case 'null':
      return (json) => (json === null ? null : mismatch('null', json));
    case 'boolean':
      return (json) => (typeof json === 'boolean' ? json : mismatch('a boolean', json));
    case 'string':
      return (json) => (typeof json === 'string' ? json : mismatch('a string', json));
    case 'int':
      return readInt;
    case 'long':
      return readLong;
    case 'float':
      return readFloat;
    case 'double':
      return readDouble;
    case 'bytes':
      return readBytes;
    case 'fixed':
      return fixedReader(schema.size);
  }
}

/** Reports that a value of JSON is of another type than its schema says. */
export function mismatch(expected: string, json: unknown): never {
  throw new DataFault(
    'BAD_JSON',
    `expected ${expected}, found ${json instanceof RoundedNumber ? 'a number' : kindOf(json)}`,
  );
}

function readInt(json: unknown): number {
  if (typeof json === 'number' && (json | 0) === json) return json | 0;
  return mismatch('an integer of 32 bits', json);
}

function readLong(json: unknown): number | bigint {
  if (typeof json === 'number') {
    if (Number.isSafeInteger(json)) return json === 0 ? 0 : json;
    if (!Number.isInteger(json)) return mismatch('an integer', json);
    if (Math.abs(json) >= 2 ** 63) throw new DataFault('BAD_JSON', 'the integer has more than 64 bits');
  } else if (typeof json === 'bigint') {
    if (BigInt.asIntN(64, json) === json) return json;
    throw new DataFault('BAD_JSON', 'the integer has more than 64 bits');
  } else if (!(json instanceof RoundedNumber)) return mismatch('an integer', json);
  throw new DataFault(
    'LONG_NOT_SAFE',
    'the integer is not written in digits alone, so that its exact value is not certain',
  );
}

function readDouble(json: unknown): number {
  if (typeof json === 'number' && Number.isFinite(json)) return json;
  if (json instanceof RoundedNumber) return json.value;
  if (typeof json === 'bigint' && Number.isFinite(Number(json))) return Number(json);
  return mismatch('a number', json);
}

function readFloat(json: unknown): number {
  const float = Math.fround(readDouble(json));
  if (Number.isFinite(float)) return float;
  throw new DataFault('BAD_JSON', 'the number is beyond what a float can hold');
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function readBytes(json: unknown): Uint8Array {
  if (typeof json !== 'string') return mismatch('bytes in base64', json);
  if (!base64.test(json)) throw new DataFault('BAD_JSON', 'the text is not base64');
  return new Uint8Array(Buffer.from(json, 'base64'));
}

function fixedReader(size: number): JsonReader {
  return (json) => {
    const bytes = readBytes(json);
    if (bytes.length === size) return bytes;
    throw new DataFault('BAD_JSON', `expected ${size} bytes, found ${bytes.length}`);
  };
}

function enumReader(schema: EnumSchema): JsonReader {
  const symbols = new Set(schema.symbols);
  return (json) => {
    if (typeof json !== 'string') return mismatch('a symbol', json);
    if (symbols.has(json)) return json;
    throw new DataFault('BAD_JSON', `the text is not a symbol of "${schema.name}"`);
  };
}

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

function logicalReader(logical: Logical): JsonReader | null {
  switch (logical.type) {
    case 'date':
      return textReader('a date such as "2026-01-31"', parseDate);
    case 'timestamp-millis':
    case 'local-timestamp-millis':
      return instantReader(3, logical.type === 'local-timestamp-millis');
    case 'timestamp-micros':
    case 'local-timestamp-micros':
      return instantReader(6, logical.type === 'local-timestamp-micros');
    case 'time-micros':
      return readMicros;
    case 'decimal':
      return textReader(`a decimal of ${logical.precision} digits, ${logical.scale} after the point, as text`, (text) =>
        parseDecimal(text, logical.precision, logical.scale),
      );
    case 'uuid':
      return textReader('a UUID', (text) => (uuid.test(text) ? text : undefined));
    case 'duration':
      return (json) => durationOf(json) ?? mismatch('{ "months", "days", "milliseconds" }, each of 32 bits', json);
    case 'time-millis':
    case 'timestamp-nanos':
    case 'local-timestamp-nanos':
      return null;
  }
}

/** Reads a long that is held as a bigint, in the unit of its logical type; a timestamp may also come as a text of ISO 8601. */
function bigReader(logical: Logical | undefined): JsonReader {
  const { unit, local } = timestampUnit(logical) ?? { unit: null, local: false };
  return (json) => {
    if (unit === null || typeof json !== 'string') return BigInt(readLong(json));
    const nanos = parseInstantNanos(json, local);
    if (nanos !== undefined && nanos % unit === 0n && BigInt.asIntN(64, nanos / unit) === nanos / unit)
      return nanos / unit;
    throw new DataFault('BAD_JSON', `expected a number, or a time of ISO 8601 ${local ? 'without' : 'with'} a zone`);
  };
}

function textReader(expected: string, parse: (text: string) => unknown): JsonReader {
  return (json) => {
    if (typeof json !== 'string') return mismatch(expected, json);
    const value = parse(json);
    if (value === undefined) throw new DataFault('BAD_JSON', `expected ${expected}`);
    return value;
  };
}

function instantReader(digits: 3 | 6, local: boolean): JsonReader {
  const unit = digits === 3 ? 'milliseconds' : 'microseconds';
  const expected = `epoch milliseconds, or a time of ISO 8601 ${local ? 'without' : 'with'} a zone, in whole ${unit}`;
  return (json) => {
    if (typeof json === 'string') {
      const value = parseInstant(json, digits, local);
      if (value === undefined) throw new DataFault('BAD_JSON', `expected ${expected}`);
      return value;
    }
    return digits === 3 ? readLong(json) : readMicros(json);
  };
}

function readMicros(json: unknown): number {
  const ms = readDouble(json);
  if (Math.round(ms * 1000) / 1000 === ms) return ms;
  throw new DataFault('BAD_JSON', 'expected milliseconds with at most three digits after the point');
}

import type { Schema } from '@headrace/avro';
import type { CelType } from '@headrace/cel';
import { HeadraceError } from '../errors/headrace-error.ts';

/** Returns the value as the schema holds it, or throws. */
export type Fit = (value: unknown) => unknown;

/** A schema without parts. */
export type ScalarSchema = Exclude<Schema, { kind: 'record' | 'array' | 'map' | 'union' }>;

const dayMs = 86_400_000;
const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const int64 = 2n ** 63n;

/** Makes the error of a value that its field cannot hold. It names the field, never the value. */
export function misfit(path: string, problem: string): HeadraceError {
  return new HeadraceError('VALUE_OUT_OF_RANGE', `Field "${path}": ${problem}`);
}

/** Builds the look at values of an expression's type that become values of a schema; null where all of them are. */
export function fitScalar(from: CelType, to: ScalarSchema, path: string): Fit | null {
  if (to.kind === 'enum') return fitSymbol(from, to.symbols, path);
  if (to.logical !== undefined) return fitLogical(from, to, to.logical.type, path);
  const unknown = from.kind === 'dyn';
  switch (to.kind) {
    case 'int':
      return (value) =>
        isInt32(value) ? value : refuse(path, 'the value is no whole number from -2147483648 to 2147483647.');
    case 'long':
      if (to.long === 'bigint') return fitBigLong(path);
      if (from.kind === 'int') return null;
      return (value) => (isInt64(value) ? value : refuse(path, 'the value is no whole number of 64 bits.'));
    case 'float':
      return (value) => fitFloat(value, path);
    case 'double':
      if (from.kind === 'double') return null;
      return (value) => numberOf(value, path);
    case 'fixed':
      return (value) =>
        value instanceof Uint8Array && value.length === to.size ? value : refuse(path, `it takes ${to.size} bytes.`);
    case 'bytes':
      return unknown ? (value) => (value instanceof Uint8Array ? value : refuse(path, 'it takes bytes.')) : null;
    case 'boolean':
      return unknown ? (value) => (typeof value === 'boolean' ? value : refuse(path, 'it takes true or false.')) : null;
    case 'string':
      return unknown ? (value) => (typeof value === 'string' ? value : refuse(path, 'it takes text.')) : null;
    case 'null':
      return (value) => ((value ?? null) === null ? null : refuse(path, 'it takes nothing but null.'));
  }
}

function fitSymbol(from: CelType, symbols: readonly string[], path: string): Fit | null {
  if (from.kind === 'string' && from.symbols?.every((symbol) => symbols.includes(symbol)) === true) return null;
  const known = new Set<unknown>(symbols);
  return (value) => (known.has(value) ? value : refuse(path, `the value is not one of its ${symbols.length} symbols.`));
}

function fitLogical(from: CelType, to: ScalarSchema, logical: string, path: string): Fit | null {
  if (to.kind === 'long' && to.long === 'bigint') return fitBigLong(path);
  switch (logical) {
    case 'date':
      return (value) =>
        typeof value === 'number' && isInt32(value / dayMs) ? value : refuse(path, 'the value is no midnight in UTC.');
    case 'time-millis':
      return (value) => (isInt32(value) ? value : refuse(path, 'the value is no whole number of milliseconds.'));
    case 'timestamp-millis':
    case 'local-timestamp-millis':
      return (value) =>
        Number.isSafeInteger(value)
          ? value
          : refuse(path, 'the value has parts of a millisecond; "types" can make it a timestamp-micros.');
    case 'timestamp-micros':
    case 'local-timestamp-micros':
    case 'time-micros':
      return (value) => (Number.isFinite(value) ? value : refuse(path, 'the value is no time.'));
    case 'timestamp-nanos':
    case 'local-timestamp-nanos':
      return fitBigLong(path);
    case 'duration':
      return (value) => fitDuration(value, path);
    case 'uuid':
      return (value) => (typeof value === 'string' && uuid.test(value) ? value : refuse(path, 'the value is no UUID.'));
    default:
      return fitDecimal(from, path);
  }
}

function fitBigLong(path: string): Fit {
  return (value) =>
    isInt64(value) ? BigInt(value as number | bigint) : refuse(path, 'the value is no whole number of 64 bits.');
}

function fitDuration(value: unknown, path: string): unknown {
  const { months, days, milliseconds } = (value ?? {}) as Record<string, unknown>;
  if ([months, days, milliseconds].every((part) => typeof part === 'number' && part >>> 0 === part))
    return { months, days, milliseconds };
  return refuse(path, 'it takes months, days and milliseconds, each from 0 to 4294967295.');
}

// The codec knows what a decimal holds.
function fitDecimal(from: CelType, path: string): Fit | null {
  return from.kind === 'dyn'
    ? (value) => (typeof value === 'object' ? value : refuse(path, 'it takes a decimal.'))
    : null;
}

function fitFloat(value: unknown, path: string): number {
  const exact = numberOf(value, path);
  const rounded = Math.fround(exact);
  if (Number.isFinite(exact) && !Number.isFinite(rounded)) return refuse(path, 'the value is greater than any float.');
  return rounded;
}

function numberOf(value: unknown, path: string): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'bigint') return refuse(path, 'it takes a number.');
  const number = Number(value);
  return BigInt(number) === value ? number : refuse(path, 'no double holds the whole number exactly.');
}

function isInt32(value: unknown): boolean {
  return typeof value === 'number' && (value | 0) === value;
}

function isInt64(value: unknown): boolean {
  if (typeof value === 'bigint') return value >= -int64 && value < int64;
  return Number.isSafeInteger(value);
}

function refuse(path: string, problem: string): never {
  throw misfit(path, problem);
}

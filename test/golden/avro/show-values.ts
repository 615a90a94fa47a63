import { branchName, isTagged, nonNullBranch } from '../../../packages/avro/src/branches.ts';
import type { Decimal } from '../../../packages/avro/src/decimal.ts';
import type { Duration } from '../../../packages/avro/src/duration.ts';
import type { Field, Logical, Schema, UnionSchema } from '../../../packages/avro/src/schema.ts';

type Show = (schema: Schema, value: unknown) => unknown;
type Fields = Record<string, unknown>;

/** Returns the JSON of a schema without its logical types. */
export function withoutLogicals(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(withoutLogicals);
  if (typeof json !== 'object' || json === null) return json;
  const kept = Object.entries(json).filter(([key]) => key !== 'logicalType');
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutLogicals(value)]));
}

/** Shows a value in memory as the field `value` of a golden case: unions are not tagged. */
export function plainValue(schema: Schema, value: unknown): unknown {
  if (schema.kind === 'union') {
    const [branch, inner] = untag(schema, value);
    return plainValue(branch, inner);
  }
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('hex') };
  if (typeof value === 'bigint') return isSafe(value) ? Number(value) : { $long: String(value) };
  if (typeof value === 'number' && (Object.is(value, -0) || !Number.isFinite(value))) {
    return { $double: Object.is(value, -0) ? '-0' : String(value) };
  }
  return showParts(schema, value, plainValue);
}

/** Shows a value in memory in Avro's JSON encoding. */
export function avroJson(schema: Schema, value: unknown): unknown {
  if (schema.kind === 'union') {
    const [branch, inner] = untag(schema, value);
    return inner === null ? null : { [branchName(branch)]: avroJson(branch, inner) };
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (typeof value === 'bigint') return isSafe(value) ? Number(value) : value;
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : String(value);
  return showParts(schema, value, avroJson);
}

/** Shows a value in memory as the field `logical` of a golden case. */
export function logicalText(schema: Schema, value: unknown): unknown {
  if (schema.kind === 'union') {
    const [branch, inner] = untag(schema, value);
    return logicalText(branch, inner);
  }
  if ('logical' in schema && schema.logical !== undefined) return logical(schema.logical, value);
  if (typeof value === 'bigint') return plainValue(schema, value);
  return showParts(schema, value, logicalText);
}

function isSafe(value: bigint): boolean {
  return Number.isSafeInteger(Number(value));
}

function showParts(schema: Schema, value: unknown, show: Show): unknown {
  if (schema.kind === 'array') return (value as unknown[]).map((item) => show(schema.items, item));
  if (schema.kind === 'map') {
    const entries = Object.entries(value as Fields);
    return Object.fromEntries(entries.map(([key, item]) => [key, show(schema.values, item)]));
  }
  if (schema.kind !== 'record') return value;
  const record = value as Fields;
  const names = schema.fields.map((field) => field.name);
  if (Object.keys(record).join() !== names.join()) throw new Error(`The fields are ${Object.keys(record).join()}.`);
  return Object.fromEntries(schema.fields.map((field: Field) => [field.name, show(field.type, record[field.name])]));
}

function untag(schema: UnionSchema, value: unknown): [Schema, unknown] {
  if (value === null) return [{ kind: 'null' }, null];
  if (!isTagged(schema)) return [nonNullBranch(schema) as Schema, value];
  const [name, inner] = Object.entries(value as Fields)[0] as [string, unknown];
  return [schema.branches.find((branch) => branchName(branch) === name) as Schema, inner];
}

const DIGITS: Record<string, number> = { millis: 3, micros: 6, nanos: 9 };

function logical({ type }: Logical, value: unknown): unknown {
  if (type === 'uuid') return value;
  if (type === 'decimal') return decimalText(value as Decimal);
  if (type === 'duration') {
    const { months, days, milliseconds } = value as Duration;
    return { months, days, millis: milliseconds };
  }
  if (type === 'date') return new Date(value as number).toISOString().slice(0, 10);
  const digits = DIGITS[type.slice(type.lastIndexOf('-') + 1)] as number;
  // A bigint stands in its own unit, a number is milliseconds.
  const nanos =
    typeof value === 'bigint'
      ? value * 10n ** BigInt(9 - digits)
      : BigInt(Math.round((value as number) * 1000)) * 1000n;
  const below = ((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const second = new Date(Number((nanos - below) / 1_000_000n)).toISOString().slice(0, -5);
  const text = `${second}.${String(below).padStart(9, '0').slice(0, digits)}`;
  if (type.startsWith('time-')) return text.slice(text.indexOf('T') + 1);
  return type.startsWith('local-') ? text : `${text}Z`;
}

function decimalText({ unscaled, scale }: Decimal): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const point = digits.length - scale;
  const text = scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return unscaled < 0n ? `-${text}` : text;
}

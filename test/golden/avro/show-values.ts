import { expect } from 'vitest';
import { branchName, isTagged, nonNullBranch } from '../../../packages/avro/src/branches.ts';
import type { Decimal } from '../../../packages/avro/src/decimal.ts';
import type { Field, Logical, Schema, UnionSchema } from '../../../packages/avro/src/schema.ts';

type Show = (schema: Schema, value: unknown) => unknown;
type Fields = Record<string, unknown>;

/** Returns the JSON of a schema without its logical types. */
export function withoutLogicals(json: unknown): unknown {
  const keep = (key: string, value: unknown): unknown => (key === 'logicalType' ? undefined : value);
  return JSON.parse(JSON.stringify(json, keep));
}

/** Shows a value in memory as the field `value` of a golden case: unions are not tagged. */
export function plainValue(schema: Schema, value: unknown): unknown {
  if (schema.kind === 'union') {
    const [branch, inner] = untag(schema, value);
    return plainValue(branch, inner);
  }
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('hex') };
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
  return showParts(schema, value, logicalText);
}

function showParts(schema: Schema, value: unknown, show: Show): unknown {
  if (schema.kind === 'array') return (value as unknown[]).map((item) => show(schema.items, item));
  if (schema.kind === 'map') {
    const entries = Object.entries(value as Fields);
    return Object.fromEntries(entries.map(([key, item]) => [key, show(schema.values, item)]));
  }
  if (schema.kind !== 'record') return value;
  const record = value as Fields;
  expect(Object.keys(record)).toEqual(schema.fields.map((field) => field.name));
  return Object.fromEntries(schema.fields.map((field: Field) => [field.name, show(field.type, record[field.name])]));
}

function untag(schema: UnionSchema, value: unknown): [Schema, unknown] {
  if (value === null) return [{ kind: 'null' }, null];
  if (!isTagged(schema)) return [nonNullBranch(schema) as Schema, value];
  const [name, inner] = Object.entries(value as Fields)[0] as [string, unknown];
  return [schema.branches.find((branch) => branchName(branch) === name) as Schema, inner];
}

function logical({ type }: Logical, value: unknown): unknown {
  if (type === 'uuid') return value;
  if (type === 'decimal') return decimalText(value as Decimal);
  if (type === 'duration') {
    const bytes = Buffer.from(value as Uint8Array);
    return { months: bytes.readUInt32LE(0), days: bytes.readUInt32LE(4), millis: bytes.readUInt32LE(8) };
  }
  const micros = Math.round((value as number) * 1000);
  const date = new Date(Math.floor(micros / 1000)).toISOString();
  if (type === 'date') return date.slice(0, 10);
  const below = String(((micros % 1000) + 1000) % 1000).padStart(3, '0');
  const text = type.endsWith('micros') ? date.replace('Z', `${below}Z`) : date;
  if (type.startsWith('time-')) return text.slice(11, -1);
  return type.startsWith('local-') ? text.slice(0, -1) : text;
}

function decimalText({ unscaled, scale }: Decimal): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const point = digits.length - scale;
  const text = scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return unscaled < 0n ? `-${text}` : text;
}

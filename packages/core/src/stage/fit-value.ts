import { branchName, defaultValue, nonNullBranch, type Schema } from '@headrace/avro';
import type { CelType } from '@headrace/cel';
import { celTypeOf } from '../types/cel-type-of.ts';
import { fitScalar, misfit, type Fit } from './fit-scalar.ts';
import { setField } from './set-field.ts';

/** The looks that are being built, by type and schema: recursive records come back to them. */
type Building = Map<CelType, Map<Schema, { fit: Fit }>>;

const dyn: CelType = { kind: 'dyn' };

/**
 * Builds the look at values of an expression's type that become values of a schema: ranges of numbers, symbols of enums, null; all of
 * the type where nothing is known of it. It gives the value as the schema holds it, or throws `VALUE_OUT_OF_RANGE`; null where
 * every value fits as it is.
 */
export function fitValue(from: CelType, to: Schema, path: string): Fit | null {
  return build(from, to, path, new Map());
}

function build(from: CelType, to: Schema, path: string, building: Building): Fit | null {
  if (celTypeOf(to) === from && from.kind === 'record') return null;
  const branch = nonNullBranch(to);
  if (branch !== null) return fitNullable(from, branch, path, building);
  if (to.kind === 'null') return fitScalar(from, to, path);
  const inner = buildPresent(nonNull(from), to, path, building);
  if (from.kind !== 'nullable' && from.kind !== 'optional' && from.kind !== 'dyn' && from.kind !== 'null') return inner;
  return (value) => {
    if ((value ?? null) === null) throw misfit(path, 'it takes no null.');
    return inner === null ? value : inner(value);
  };
}

function fitNullable(from: CelType, branch: Schema, path: string, building: Building): Fit | null {
  if (from.kind === 'null') return null;
  const inner = build(nonNull(from), branch, path, building);
  if (inner === null) return null;
  return (value) => ((value ?? null) === null ? null : inner(value));
}

function buildPresent(from: CelType, to: Schema, path: string, building: Building): Fit | null {
  switch (to.kind) {
    case 'union':
      return fitBranches(to, path, building);
    case 'record':
      return fitRecord(from, to, path, building);
    case 'array':
      return fitList(from, build(from.kind === 'list' ? from.element : dyn, to.items, `${path}[]`, building), path);
    case 'map':
      return fitMap(from, build(from.kind === 'map' ? from.value : dyn, to.values, `${path}{}`, building), path);
    default:
      return fitScalar(from, to, path);
  }
}

function fitList(from: CelType, item: Fit | null, path: string): Fit | null {
  if (item === null && from.kind === 'list') return null;
  return (value) => {
    if (!Array.isArray(value)) throw misfit(path, 'it takes a list.');
    return item === null ? value : value.map((each) => item(each));
  };
}

function fitMap(from: CelType, entry: Fit | null, path: string): Fit | null {
  if (entry === null && from.kind === 'map' && from.key.kind === 'string') return null;
  return (value) => {
    const map = Object.create(null) as Record<string, unknown>;
    for (const [key, each] of entriesOf(value, path)) {
      if (typeof key !== 'string') throw misfit(path, 'the keys of its map are text.');
      map[key] = entry === null ? each : entry(each);
    }
    return map;
  };
}

function fitRecord(from: CelType, to: Schema & { kind: 'record' }, path: string, building: Building): Fit {
  const schemas = building.get(from) ?? new Map<Schema, { fit: Fit }>();
  building.set(from, schemas);
  const known = schemas.get(to);
  if (known !== undefined) return (value) => known.fit(value);
  const result: { fit: Fit } = { fit: (value) => value };
  schemas.set(to, result);
  const types = from.kind === 'record' ? from.fields : null;
  const fields = to.fields.map((field) => {
    const { name } = field;
    const inner = `${path}.${name}`;
    if (types === null || types.has(name))
      return { name, fit: build(types?.get(name) ?? dyn, field.type, inner, building), default: defaultValue(field) };
    return { name, fit: field.default === undefined ? missing(inner) : null, default: defaultValue(field) };
  });
  result.fit = (value) => {
    if (!isObject(value)) throw misfit(path, 'it takes a record.');
    const record: Record<string, unknown> = {};
    for (const field of fields) {
      const given = Object.hasOwn(value, field.name) ? value[field.name] : field.default;
      setField(record, field.name, field.fit === null ? given : field.fit(given));
    }
    return record;
  };
  return result.fit;
}

function missing(path: string): Fit {
  return () => {
    throw misfit(path, 'it is missing and has no default.');
  };
}

// Values of such a union carry the name of their branch.
function fitBranches(to: Schema & { kind: 'union' }, path: string, building: Building): Fit {
  const branches = new Map(to.branches.map((branch) => [branchName(branch), branch]));
  const fits = new Map<string, Fit | null>();
  return (value) => {
    if (value === null && branches.has('null')) return null;
    const [name, ...others] = isObject(value) ? Object.keys(value) : [];
    const branch = name === undefined || others.length > 0 ? undefined : branches.get(name);
    if (name === undefined || branch === undefined || !isObject(value))
      throw misfit(path, 'it takes a record of one field that is named after a branch of its union.');
    if (!fits.has(name)) fits.set(name, build(dyn, branch, `${path}.${name}`, building));
    const fit = fits.get(name) ?? null;
    return fit === null ? value : { [name]: fit(value[name]) };
  };
}

function entriesOf(value: unknown, path: string): Iterable<readonly [unknown, unknown]> {
  if (value instanceof Map) return value as ReadonlyMap<unknown, unknown>;
  if (!isObject(value)) throw misfit(path, 'it takes a map.');
  return Object.entries(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

function nonNull(type: CelType): CelType {
  return type.kind === 'nullable' || type.kind === 'optional' ? type.of : type;
}

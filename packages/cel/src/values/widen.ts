import type { CelType } from '../types/cel-type.ts';
import { DoubleBox, DurationBox, TimestampBox, UintBox, unbox } from './box.ts';
import { spend } from './meter.ts';
import { Optional } from './optional.ts';

/** Changes how a value is held, not what it is. */
export type Change = (value: unknown) => unknown;

/** Gives what makes values of a static type values of a wider one, where parts of it become `dyn`; null where nothing changes. */
export function widener(from: CelType, to: CelType): Change | null {
  return build(from, to, new Map());
}

// Types of recursive schemas are cyclic: a type that is being built is called when it is there.
type Building = Map<CelType, { change: Change | null }>;

function build(from: CelType, to: CelType, building: Building): Change | null {
  if (from === to || from.kind === 'dyn' || from.kind === 'error' || from.kind === 'null') return null;
  if (from.kind === 'nullable') return unlessNull(build(from.of, to.kind === 'nullable' ? to.of : to, building));
  if (to.kind === 'nullable') return build(from, to.of, building);
  if (to.kind !== 'dyn' && to.kind !== from.kind) return null;
  switch (from.kind) {
    case 'int':
      return to.kind === 'dyn' ? toBigInt : null;
    case 'uint':
      return to.kind === 'dyn' ? (value) => new UintBox(value as number) : null;
    case 'double':
      return to.kind === 'dyn' ? (value) => new DoubleBox(value as number) : null;
    case 'timestamp':
      return to.kind === 'dyn' ? (value) => new TimestampBox(value as number) : null;
    case 'duration':
      return to.kind === 'dyn' ? (value) => new DurationBox(value as number) : null;
    case 'list':
      return eachElement(build(from.element, to.kind === 'list' ? to.element : to, building));
    case 'map':
      return eachEntry(build(from.value, to.kind === 'map' ? to.value : to, building));
    case 'optional':
      return inOptional(build(from.of, to.kind === 'optional' ? to.of : to, building));
    case 'record':
      return to.kind === 'dyn' ? ofRecord(from, to, building) : null;
    default:
      return null;
  }
}

function toBigInt(value: unknown): unknown {
  return typeof value === 'number' ? BigInt(value) : value;
}

function unlessNull(change: Change | null): Change | null {
  return change === null ? null : (value) => ((value ?? null) === null ? null : change(value));
}

function eachElement(change: Change | null): Change | null {
  if (change === null) return null;
  return (value) => {
    const list = value as readonly unknown[];
    spend(list.length);
    return list.map(change);
  };
}

function eachEntry(change: Change | null): Change | null {
  if (change === null) return null;
  return (value) => {
    if (!(value instanceof Map)) return changeEntries(value as object, change);
    spend(value.size);
    return new Map([...(value as Map<unknown, unknown>)].map(([key, item]) => [key, change(item)]));
  };
}

function changeEntries(value: object, change: (value: unknown, name: string) => unknown): object {
  const copy = Object.create(null) as Record<string, unknown>;
  const names = Object.keys(value);
  spend(names.length);
  for (const name of names) copy[name] = change((value as Record<string, unknown>)[name], name);
  return copy;
}

function inOptional(change: Change | null): Change | null {
  if (change === null) return null;
  return (value) => {
    const optional = value as Optional;
    return optional.hasValue ? Optional.of(change(optional.value)) : optional;
  };
}

function ofRecord(from: CelType & { kind: 'record' }, to: CelType, building: Building): Change | null {
  const known = building.get(from);
  if (known !== undefined) return (value) => (known.change === null ? value : known.change(value));
  const result: { change: Change | null } = { change: null };
  building.set(from, result);
  const changes = new Map<string, Change>();
  for (const [name, type] of from.fields) {
    const change = build(type, to, building);
    if (change !== null) changes.set(name, change);
  }
  if (changes.size === 0) return null;
  result.change = (value) =>
    changeEntries(value as object, (item, name) => {
      const change = changes.get(name);
      return change === undefined || item === undefined ? item : change(item);
    });
  return result.change;
}

/** Makes a value of type `dyn`, which `accepts` let through, a value of a static type: takes the boxes off. */
export function narrow(type: CelType, value: unknown): unknown {
  switch (type.kind) {
    case 'dyn':
      return value;
    case 'nullable':
      return (value ?? null) === null ? null : narrow(type.of, value);
    case 'list':
      return type.element.kind === 'dyn' ? value : (value as unknown[]).map((item) => narrow(type.element, item));
    case 'map':
      return type.value.kind === 'dyn' ? value : eachEntry((item) => narrow(type.value, item))!(value);
    case 'optional':
      return inOptional((item) => narrow(type.of, item))!(value);
    case 'record':
      return changeEntries(value as object, (item, name) => {
        const field = type.fields.get(name);
        return field === undefined ? item : narrow(field, item);
      });
    default:
      return unbox(value);
  }
}

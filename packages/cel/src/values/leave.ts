import { CelError } from '../cel-error.ts';
import { limits } from '../limits.ts';
import { isBox } from './box.ts';
import { isDecimalObject } from './kind-of-value.ts';
import { Optional } from './optional.ts';
import { TypeValue } from './type-value.ts';

/**
 * Makes the value of an expression what its caller works with: boxes are taken off, an int is a number while it is safe, an
 * optional is its value or null, a type is its name. What holds none of them is not copied.
 */
export function leave(value: unknown): unknown {
  return leaveAt(value, 0);
}

function leaveAt(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return isSafe(value) ? Number(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (depth > limits.valueDepth) throw new CelError('VALUE_TOO_DEEP', 'the value is nested too deep to be given out.');
  if (isBox(value)) return leaveAt(value.value, depth);
  if (value instanceof Optional) return value.hasValue ? leaveAt(value.value, depth + 1) : null;
  if (value instanceof TypeValue) return value.name;
  if (Array.isArray(value)) return leaveList(value as unknown[], depth + 1);
  if (ArrayBuffer.isView(value) || isDecimalObject(value)) return value;
  return value instanceof Map ? leaveMap(value, depth + 1) : leaveRecord(value as Record<string, unknown>, depth + 1);
}

function isSafe(value: bigint): boolean {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
}

function leaveList(list: readonly unknown[], depth: number): unknown {
  const items = list.map((item) => leaveAt(item, depth));
  return items.every((item, i) => item === list[i]) ? list : items;
}

function leaveMap(map: ReadonlyMap<unknown, unknown>, depth: number): unknown {
  const entries = [...map].map(([key, value]) => [key, leaveAt(value, depth)] as const);
  return entries.every(([key, value]) => value === map.get(key)) ? map : new Map(entries);
}

function leaveRecord(record: Readonly<Record<string, unknown>>, depth: number): unknown {
  const entries = Object.keys(record).map((name) => [name, leaveAt(record[name], depth)] as const);
  if (entries.every(([name, value]) => value === record[name])) return record;
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of entries) copy[name] = value;
  return copy;
}

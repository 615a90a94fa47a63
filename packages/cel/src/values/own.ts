import { CelError } from '../cel-error.ts';
import { isBox } from './box.ts';
import { Optional } from './optional.ts';
import { TypeValue } from './type-value.ts';

/** Tells whether a value is a map or a record, and nothing that merely is an object to JavaScript. */
export function isRecord(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) return false;
  return !isBox(value) && !(value instanceof Optional) && !(value instanceof TypeValue);
}

/** Reads an own property or an entry of a `Map`; undefined where there is none. Never reaches a prototype. */
export function own(target: unknown, key: unknown): unknown {
  if (!isRecord(target)) throw notARecord(target);
  if (target instanceof Map) return ownEntry(target, key);
  // The names of an object are text: 1 is none of them.
  if (typeof key !== 'string' || !Object.hasOwn(target, key)) return undefined;
  return (target as Record<string, unknown>)[key];
}

/** Lists the keys of a map or record. */
export function keysOf(target: object): unknown[] {
  return target instanceof Map ? [...target.keys()] : Object.keys(target);
}

/** Counts the entries of a map or record. */
export function countEntries(target: object): number {
  return target instanceof Map ? target.size : Object.keys(target).length;
}

function ownEntry(target: Map<unknown, unknown>, key: unknown): unknown {
  if (target.has(key)) return target.get(key);
  // 1 and 1n are the same key of a map with int keys.
  if (typeof key === 'number' && Number.isInteger(key)) return target.get(BigInt(key));
  return typeof key === 'bigint' ? target.get(Number(key)) : undefined;
}

function notARecord(value: unknown): CelError {
  if (value === null || value === undefined) return new CelError('NULL_OPERAND', 'a field of null was asked for.');
  return new CelError('NO_SUCH_OVERLOAD', 'a field was asked for of a value that is no record or map.');
}

import { CelError } from '../cel-error.ts';
import { DoubleBox, DurationBox, TimestampBox, UintBox } from './box.ts';
import { Optional } from './optional.ts';
import { isRecord } from './own.ts';
import { TypeValue } from './type-value.ts';

/** Names what a value of type `dyn` turns out to be at run time. */
export type ValueKind =
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'null'
  | 'list'
  | 'map'
  | 'timestamp'
  | 'duration'
  | 'decimal'
  | 'optional'
  | 'type'
  | 'unknown';

/** Looks at a value of type `dyn`: a plain number without a fraction is an int, since JavaScript cannot tell. */
export function kindOfValue(value: unknown): ValueKind {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'double';
    case 'bigint':
      return 'int';
    case 'string':
      return 'string';
    case 'undefined':
      return 'null';
    case 'object':
      return value === null ? 'null' : kindOfObject(value);
    default:
      return 'unknown';
  }
}

function kindOfObject(value: object): ValueKind {
  if (Array.isArray(value)) return 'list';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof DoubleBox) return 'double';
  if (value instanceof UintBox) return 'uint';
  if (value instanceof TimestampBox) return 'timestamp';
  if (value instanceof DurationBox) return 'duration';
  if (value instanceof Optional) return 'optional';
  if (value instanceof TypeValue) return 'type';
  if (isDecimalObject(value)) return 'decimal';
  return isRecord(value) ? 'map' : 'unknown';
}

const MOST_SCALE = 10_000;

/** Tells whether an object is a decimal in memory. JSON could hold the like only of a very long number. */
export function isDecimalObject(value: object): boolean {
  if (!Object.hasOwn(value, 'unscaled') || !Object.hasOwn(value, 'scale')) return false;
  const { unscaled, scale } = value as { unscaled: unknown; scale: unknown };
  return typeof unscaled === 'bigint' && Number.isInteger(scale) && Math.abs(scale as number) <= MOST_SCALE;
}

/** Makes the error of an operation that does not exist for the values that it met. */
export function noSuchOverload(what: string, values: readonly unknown[]): CelError {
  const kinds = values.map(kindOfValue);
  if (kinds.includes('null')) return new CelError('NULL_OPERAND', `${what} met null.`);
  return new CelError('NO_SUCH_OVERLOAD', `no such overload: ${what} of ${kinds.join(', ')}.`);
}

import { CelError } from '../cel-error.ts';
import type { CelType } from '../types/cel-type.ts';
import { isRecord } from './own.ts';

/** Names what a value of type `dyn` turns out to be at run time. */
export type ValueKind = 'bool' | 'int' | 'double' | 'string' | 'bytes' | 'null' | 'list' | 'map' | 'unknown';

/** Looks at a value: a number without a fraction is an int, since JavaScript cannot tell. */
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
      if (value === null) return 'null';
      if (Array.isArray(value)) return 'list';
      if (value instanceof Uint8Array) return 'bytes';
      return isRecord(value) ? 'map' : 'unknown';
    default:
      return 'unknown';
  }
}

/** Tells whether a value of type `dyn` may stand where a type is asked for. Timestamps and durations must be made explicitly. */
export function accepts(type: CelType, value: unknown): boolean {
  const kind = kindOfValue(value);
  switch (type.kind) {
    case 'dyn':
    case 'error':
      return true;
    case 'nullable':
      return kind === 'null' || accepts(type.of, value);
    case 'uint':
      return kind === 'int' && (value as number) >= 0;
    case 'double':
      return typeof value === 'number';
    case 'list':
      return kind === 'list' && acceptsAll(type.element, value as unknown[]);
    case 'map':
    case 'record':
      return kind === 'map';
    default:
      return kind === type.kind;
  }
}

function acceptsAll(element: CelType, list: readonly unknown[]): boolean {
  return element.kind === 'dyn' || list.every((item) => accepts(element, item));
}

/** Makes the error of an operation that does not exist for the values that it met. */
export function noSuchOverload(what: string, values: readonly unknown[]): CelError {
  const kinds = values.map(kindOfValue);
  if (kinds.includes('null')) return new CelError('NULL_OPERAND', `${what} met null.`);
  return new CelError('NO_SUCH_OVERLOAD', `no such overload: ${what} of ${kinds.join(', ')}.`);
}

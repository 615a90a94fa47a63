import { CelError } from '../cel-error.ts';
import { limits } from '../limits.ts';
import type { CelType } from '../types/cel-type.ts';
import { kindOfValue } from './kind-of-value.ts';
import type { Optional } from './optional.ts';
import { keysOf, own } from './own.ts';

/** Tells whether a value of type `dyn` may stand where a type is asked for; `narrow` then makes it fit. */
export function accepts(type: CelType, value: unknown): boolean {
  return acceptsAt(type, value, 0);
}

function acceptsAt(type: CelType, value: unknown, depth: number): boolean {
  if (depth > limits.valueDepth) throw new CelError('VALUE_TOO_DEEP', 'the value is nested too deep to be looked at.');
  const kind = kindOfValue(value);
  switch (type.kind) {
    case 'dyn':
    case 'error':
      return true;
    case 'nullable':
      return kind === 'null' || acceptsAt(type.of, value, depth);
    case 'uint':
      return kind === 'uint' || (typeof value === 'number' && Number.isInteger(value) && value >= 0);
    case 'double':
      return kind === 'double' || typeof value === 'number';
    case 'string':
      return kind === 'string' && (type.symbols === undefined || type.symbols.includes(value as string));
    case 'list':
      return kind === 'list' && acceptsAll(type.element, value as unknown[], depth + 1);
    case 'map':
      return kind === 'map' && acceptsEntries(type, value as object, depth + 1);
    case 'optional':
      return (
        kind === 'optional' &&
        (!(value as Optional).hasValue || acceptsAt(type.of, (value as Optional).value, depth + 1))
      );
    case 'record':
      return kind === 'map' && acceptsFields(type, value as object, depth + 1);
    default:
      return kind === type.kind;
  }
}

function acceptsAll(element: CelType, list: readonly unknown[], depth: number): boolean {
  return element.kind === 'dyn' || list.every((item) => acceptsAt(element, item, depth));
}

function acceptsEntries(type: CelType & { kind: 'map' }, map: object, depth: number): boolean {
  if (type.key.kind === 'dyn' && type.value.kind === 'dyn') return true;
  return keysOf(map).every((key) => acceptsAt(type.key, key, depth) && acceptsAt(type.value, own(map, key), depth));
}

// What a record leaves out is null.
function acceptsFields(type: CelType & { kind: 'record' }, record: object, depth: number): boolean {
  return [...type.fields].every(([name, field]) => acceptsAt(field, own(record, name), depth));
}

import { AvroError, SchemaError } from '@headrace/avro';
import { HeadraceError } from '../errors/headrace-error.ts';

/** States how deep lists and objects may nest in one value. */
export const maxDepth = 512;

/** Reports a fault inside a value. Its path grows on the way out of the value, so that what succeeds pays nothing for it. */
export class DataFault extends Error {
  readonly code: string;
  readonly path: string;

  constructor(code: string, message: string, path = '') {
    super(message);
    this.name = 'DataFault';
    this.code = code;
    this.path = path;
  }
}

/** Returns the fault with a field's name before its path. */
export function withinField(name: string, thrown: unknown): unknown {
  if (!(thrown instanceof DataFault)) return thrown;
  const separator = thrown.path === '' || thrown.path.startsWith('[') ? '' : '.';
  return new DataFault(thrown.code, thrown.message, `${name}${separator}${thrown.path}`);
}

/** Returns the fault with a list's index or a map's key before its path. */
export function withinItem(item: number | string, thrown: unknown): unknown {
  const step =
    typeof item === 'number' ? String(item) : JSON.stringify(item.length > 40 ? `${item.slice(0, 40)}…` : item);
  return withinField(`[${step}]`, thrown);
}

/** Turns whatever a codec's work threw into an error with a code and the path inside the value. */
export function codecError(thrown: unknown, fallbackCode: string): HeadraceError {
  if (thrown instanceof HeadraceError) return thrown;
  if (thrown instanceof DataFault) {
    return new HeadraceError(thrown.code, sentence(thrown.path, thrown.message), { cause: thrown });
  }
  if (thrown instanceof AvroError) {
    return new HeadraceError(thrown.code, sentence(thrown.path, thrown.detail), { cause: thrown });
  }
  if (thrown instanceof SchemaError) return new HeadraceError(thrown.code, thrown.message, { cause: thrown });
  // The stack is the only thing that a deep or cyclic value can exhaust here.
  if (thrown instanceof RangeError) {
    return new HeadraceError('TOO_DEEP', 'The value nests too deep.', { cause: thrown });
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new HeadraceError(fallbackCode, message, { cause: thrown });
}

/** Names the kind of a value for messages, which never quote the value itself. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Uint8Array) return 'bytes';
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? 'an integer' : 'a number';
    case 'bigint':
      return 'an integer';
    case 'object':
      return 'an object';
    default:
      return `a ${typeof value}`;
  }
}

function sentence(path: string, message: string): string {
  const text = path === '' ? message : `${path}: ${message}`;
  return /[.?!]$/.test(text) ? text : `${text}.`;
}

import { AvroError } from './avro-error.ts';

const MAX_TEXT = 40;

/** Throws that a value is not what its type demands. */
export function refuse(expected: string, value: unknown): never {
  throw new AvroError('NOT_ENCODABLE', `expected ${expected}, got ${describe(value)}`);
}

/** Tells whether a value is an object with keys: no array, no bytes. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** Describes a value by its kind and, if it is short, itself. */
function describe(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `string ${JSON.stringify(shorten(value))}`;
    case 'number':
    case 'bigint':
    case 'boolean':
      return `${typeof value} ${shorten(String(value))}`;
    case 'undefined':
      return 'nothing';
    case 'object':
      break;
    default:
      return `a ${typeof value}`;
  }
  if (value === null) return 'null';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  const keys = Object.keys(value);
  return keys.length === 0 ? nameOfEmpty(value) : shorten(`an object with ${keys.slice(0, 3).join(', ')}`);
}

function nameOfEmpty(value: object): string {
  if (value instanceof Map) return 'a Map';
  return value instanceof Date ? 'a Date' : 'an object with no keys';
}

function shorten(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

import { MAX_NAME_LENGTH } from './limits.ts';
import { SchemaError } from './schema-error.ts';

const SIMPLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const PRIMITIVES = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string']);
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);

/** Tells whether a name would reach into the prototype of a decoded object. */
export function isReservedName(name: string): boolean {
  return RESERVED.has(name);
}

/** Returns a name without its namespace. */
export function shortName(fullName: string): string {
  return fullName.slice(fullName.lastIndexOf('.') + 1);
}

/** Returns the namespace of a full name, '' for none. */
export function namespaceOf(fullName: string): string {
  const dot = fullName.lastIndexOf('.');
  return dot < 0 ? '' : fullName.slice(0, dot);
}

/** Joins a name and the namespace in which it stands; a name with a dot is full already. */
export function qualify(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
}

/** Checks a name without namespace: a field's or a symbol's. */
export function checkSimpleName(name: unknown, what: string, pointer: string): string {
  if (typeof name !== 'string') throw new SchemaError('BAD_NAME', pointer, `A ${what} needs a name.`);
  if (name.length > MAX_NAME_LENGTH) {
    throw new SchemaError('BAD_NAME', pointer, `The name of a ${what} has more than ${MAX_NAME_LENGTH} characters.`);
  }
  if (!SIMPLE_NAME.test(name)) {
    throw new SchemaError('BAD_NAME', pointer, `"${name}" is not a name: letters, digits and _, no digit first.`);
  }
  return name;
}

/** Checks a field's name, which becomes the key of an object. */
export function checkFieldName(name: unknown, pointer: string): string {
  const checked = checkSimpleName(name, 'field', pointer);
  if (isReservedName(checked)) {
    throw new SchemaError('RESERVED_NAME', pointer, `"${checked}" cannot be the name of a field.`);
  }
  return checked;
}

/** Checks and completes the name of a record, enum or fixed (Avro 1.12, "Names"). */
export function checkFullName(name: unknown, namespace: unknown, enclosing: string, pointer: string): string {
  if (typeof name !== 'string') throw new SchemaError('BAD_NAME', pointer, 'A record, enum or fixed needs a name.');
  const fullName = qualify(name, typeof namespace === 'string' ? namespace : enclosing);
  if (fullName.length > MAX_NAME_LENGTH) {
    throw new SchemaError('BAD_NAME', pointer, `A full name has more than ${MAX_NAME_LENGTH} characters.`);
  }
  for (const part of fullName.split('.')) checkSimpleName(part, 'type', pointer);
  if (PRIMITIVES.has(fullName) || isReservedName(fullName)) {
    throw new SchemaError('RESERVED_NAME', pointer, `"${fullName}" cannot be the name of a type.`);
  }
  return fullName;
}

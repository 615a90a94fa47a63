/** Describes what an expression can give, as the checker knows it before anything runs. */
export type CelType =
  | {
      kind: 'bool' | 'int' | 'uint' | 'double' | 'bytes' | 'timestamp' | 'duration' | 'null' | 'type' | 'dyn' | 'error';
    }
  | { kind: 'string'; symbols?: readonly string[] }
  | { kind: 'decimal' }
  | { kind: 'list'; element: CelType }
  | { kind: 'map'; key: CelType; value: CelType }
  | { kind: 'record'; name: string | null; fields: ReadonlyMap<string, CelType> }
  | { kind: 'nullable'; of: CelType }
  | { kind: 'optional'; of: CelType };

/** Names a kind of type. */
export type Kind = CelType['kind'];

export const BOOL: CelType = { kind: 'bool' };
export const INT: CelType = { kind: 'int' };
export const UINT: CelType = { kind: 'uint' };
export const DOUBLE: CelType = { kind: 'double' };
export const STRING: CelType = { kind: 'string' };
export const BYTES: CelType = { kind: 'bytes' };
export const TIMESTAMP: CelType = { kind: 'timestamp' };
export const DURATION: CelType = { kind: 'duration' };
export const DECIMAL: CelType = { kind: 'decimal' };
export const NULL: CelType = { kind: 'null' };
/** The type of what `type(x)` gives and of the names `int`, `string`, … */
export const TYPE: CelType = { kind: 'type' };
export const DYN: CelType = { kind: 'dyn' };

/** Stands for what has an error already, so that nothing is reported twice. */
export const ERROR: CelType = { kind: 'error' };

/** Stands for the elements of an empty list or map: known by identity, assignable to every type, printed as `dyn`. */
export const NOTHING: CelType = { kind: 'dyn' };

/** Makes the type of a list. */
export function listOf(element: CelType): CelType {
  return { kind: 'list', element };
}

/** Makes the type of a map. */
export function mapOf(key: CelType, value: CelType): CelType {
  return { kind: 'map', key, value };
}

/** Makes a type nullable; types that take null already stay as they are. */
export function nullableOf(of: CelType): CelType {
  return acceptsNull(of) || of.kind === 'error' ? of : { kind: 'nullable', of };
}

/** Makes the type of an optional, which may hold a value or nothing. */
export function optionalOf(of: CelType): CelType {
  return { kind: 'optional', of };
}

/** Tells whether null is a value of the type. */
export function acceptsNull(type: CelType): boolean {
  return type.kind === 'nullable' || type.kind === 'null' || type.kind === 'dyn';
}

/** Tells whether the values of the type are numbers to the author. */
export function isNumeric(type: CelType): boolean {
  return type.kind === 'int' || type.kind === 'uint' || type.kind === 'double';
}

/** Tells whether nothing can be said of a value before run time, or something was said already. */
export function isOpen(type: CelType): boolean {
  return type.kind === 'dyn' || type.kind === 'error';
}

/** Names why a datum could not be read or written, or two schemas not be resolved. */
export type AvroErrorCode =
  | 'TRUNCATED'
  | 'TRAILING_BYTES'
  | 'TOO_MANY_ITEMS'
  | 'TOO_DEEP'
  | 'TOO_LARGE'
  | 'NEGATIVE_LENGTH'
  | 'BAD_VARINT'
  | 'BAD_BOOLEAN'
  | 'BAD_UTF8'
  | 'BAD_BRANCH'
  | 'BAD_SYMBOL'
  | 'BAD_DECIMAL'
  | 'LONG_NOT_SAFE'
  | 'NOT_ENCODABLE'
  | 'RESOLUTION_FAILED'
  | 'BAD_FRAME';

/** Reports that a datum could not be read or written, or that a writer's schema does not fit a reader's. */
export class AvroError extends Error {
  readonly code: AvroErrorCode;
  /** The place inside the datum, `items[3].price`; empty for the datum itself. */
  readonly path: string;
  /** The message without the place. */
  readonly detail: string;

  constructor(code: AvroErrorCode, detail: string, path = '') {
    super(path === '' ? detail : `${path}: ${detail}`);
    this.name = 'AvroError';
    this.code = code;
    this.path = path;
    this.detail = detail;
  }
}

/**
 * Puts a step before the path of an error on its way out of the datum, and returns the error.
 * The path grows only when something failed, so that reading pays nothing for it.
 */
export function within(step: string, error: unknown): unknown {
  if (!(error instanceof AvroError)) return error;
  const separator = error.path === '' || error.path.startsWith('[') ? '' : '.';
  const path = `${step}${separator}${error.path}`;
  return Object.assign(error, { path, message: `${path}: ${error.detail}` });
}

/** Writes the step of an array's item. */
export function itemStep(index: number): string {
  return `[${index}]`;
}

/** Writes the step of a map's entry. */
export function entryStep(key: string): string {
  return `[${JSON.stringify(key.length > 40 ? `${key.slice(0, 40)}…` : key)}]`;
}

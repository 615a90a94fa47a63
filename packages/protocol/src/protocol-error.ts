/** Names why a frame, a message or a record batch could not be read or written. */
export type ProtocolErrorCode =
  | 'TRUNCATED'
  | 'TRAILING_BYTES'
  | 'NEGATIVE_LENGTH'
  | 'TOO_MANY_ITEMS'
  | 'TOO_LARGE'
  | 'BAD_VARINT'
  | 'BAD_UTF8'
  | 'BAD_TAG'
  | 'NULL_NOT_ALLOWED'
  | 'LONG_NOT_SAFE'
  | 'UNKNOWN_KEY'
  | 'UNSUPPORTED_VERSION'
  | 'NOT_IN_VERSION'
  | 'NOT_ENCODABLE'
  | 'BAD_FRAME'
  | 'BAD_BATCH'
  | 'UNSUPPORTED_MAGIC'
  | 'CRC_MISMATCH'
  | 'UNSUPPORTED_COMPRESSION'
  | 'BAD_COMPRESSION';

/** Reports bytes that do not follow Kafka's protocol, or a value that it cannot carry. */
export class ProtocolError extends Error {
  readonly code: ProtocolErrorCode;
  /** The place inside the message, `topics[3].partitions[0].records`; empty for the message itself. */
  readonly path: string;
  /** The message without the place. */
  readonly detail: string;

  constructor(code: ProtocolErrorCode, detail: string, path = '', cause?: unknown) {
    super(path === '' ? detail : `${path}: ${detail}`, cause === undefined ? undefined : { cause });
    this.name = 'ProtocolError';
    this.code = code;
    this.path = path;
    this.detail = detail;
  }
}

/**
 * Puts a step before the path of an error on its way out of the message, and returns the error.
 * The path grows only when something failed, so that reading pays nothing for it.
 */
export function within(step: string, error: unknown): unknown {
  if (!(error instanceof ProtocolError)) return error;
  const separator = error.path === '' || error.path.startsWith('[') ? '' : '.';
  const path = `${step}${separator}${error.path}`;
  return Object.assign(error, { path, message: `${path}: ${error.detail}` });
}

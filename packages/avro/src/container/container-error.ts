/** Names what is wrong with a container file. */
export type ContainerErrorCode =
  | 'NOT_A_CONTAINER'
  | 'BAD_HEADER'
  | 'UNSUPPORTED_CODEC'
  | 'TRUNCATED'
  | 'BAD_BLOCK'
  | 'BAD_SYNC'
  | 'BAD_RECORD'
  | 'TOO_LARGE'
  | 'BAD_OPTIONS';

/** Reports that a container file cannot be read or written. */
export class ContainerError extends Error {
  readonly code: ContainerErrorCode;
  /** The byte of the file at which the faulty part begins: a block, or 0 for the header. */
  readonly offset: number;

  constructor(code: ContainerErrorCode, offset: number, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ContainerError';
    this.code = code;
    this.offset = offset;
  }
}

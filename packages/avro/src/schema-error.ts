/** Names what is wrong with a schema. */
export type SchemaErrorCode =
  | 'NOT_JSON'
  | 'NOT_A_SCHEMA'
  | 'NOT_FOUND'
  | 'UNKNOWN_TYPE'
  | 'BAD_NAME'
  | 'RESERVED_NAME'
  | 'DUPLICATE_NAME'
  | 'DUPLICATE_FIELD'
  | 'DUPLICATE_BRANCH'
  | 'DUPLICATE_SYMBOL'
  | 'NESTED_UNION'
  | 'EMPTY_UNION'
  | 'BAD_SIZE'
  | 'BAD_ORDER'
  | 'BAD_PROPERTY'
  | 'BAD_DEFAULT'
  | 'TOO_DEEP'
  | 'TOO_LARGE';

/** Reports that a schema is not valid, or larger than this package accepts. */
export class SchemaError extends Error {
  readonly code: SchemaErrorCode;
  /** The JSON pointer of the fault inside the schema. */
  readonly pointer: string;
  /** The name of the file or source in which the fault is, where schemas were given together; else null. */
  source: string | null = null;

  constructor(code: SchemaErrorCode, pointer: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'SchemaError';
    this.code = code;
    this.pointer = pointer;
  }
}

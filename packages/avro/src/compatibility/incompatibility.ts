/** Names what is in the way of reading with one schema what was written with another; the first six as in Java. */
export type IncompatibilityCode =
  | 'NAME_MISMATCH'
  | 'FIXED_SIZE_MISMATCH'
  | 'MISSING_ENUM_SYMBOLS'
  | 'READER_FIELD_MISSING_DEFAULT_VALUE'
  | 'TYPE_MISMATCH'
  | 'MISSING_UNION_BRANCH'
  | 'LOGICAL_TYPE_MISMATCH';

/** Says what is in the way, and where. */
export interface Incompatibility {
  readonly code: IncompatibilityCode;
  /** The field, `items[].price`; empty for the schema itself. */
  readonly path: string;
  /** The JSON pointer of the place inside the reader's schema, names followed. */
  readonly pointer: string;
  /** One sentence. */
  readonly message: string;
}

/** States how deep types may nest in the text of a schema. */
export const MAX_SCHEMA_DEPTH = 64;

/** States how many types, fields, symbols and aliases one schema may have together. */
export const MAX_SCHEMA_NODES = 20_000;

/** States how many characters a full name may have. */
export const MAX_NAME_LENGTH = 512;

/** States how many values that take no bytes (null, an empty record) one value of a record may hold. */
export const MAX_EMPTY_VALUES = 10_000;

/** States how many values the defaults of one schema may hold when they are spelled out. */
export const MAX_DEFAULT_VALUES = 100_000;

/** States how many digits a decimal may have. */
export const MAX_DECIMAL_PRECISION = 1_000;

/**
 * States how many array items and map entries one datum may have, those of nested ones included.
 * An item that holds several values of no bytes counts as that many.
 */
export const MAX_ITEMS = 1_000_000;

/** States as how many items a map counts: without a prototype it takes some 250 bytes even if it is empty. */
export const ITEMS_OF_MAP = 8;

/** States how deep records, arrays and maps may nest in one datum. */
export const MAX_DEPTH = 512;

/** States how many bytes one encoded datum may have. */
export const MAX_ENCODED_BYTES = 1 << 30;

/** States how many pairs of types a resolution may compare. */
export const MAX_RESOLUTION_STEPS = 1_000_000;

/** States how many types may stand inside each other when the names of a schema are followed. */
export const MAX_SCHEMA_HEIGHT = 256;

/** States how many characters the text of one schema may have. */
export const MAX_SCHEMA_TEXT = 4 << 20;

/** States how many schemas one set may have. */
export const MAX_SCHEMAS = 1_000;

import { MAX_SCHEMA_DEPTH, MAX_SCHEMA_TEXT } from './limits.ts';
import { SchemaError } from './schema-error.ts';

/** Sixteen digits in a row, which a double may not hold. */
const WIDE = /\d{16}/;
/** A text, or an integer of sixteen digits or more. */
const TEXT_OR_WIDE = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\d.eE+-])(-?\d{16,})(?![\d.eE])/g;

/**
 * Reads the text of a schema as JSON; integers beyond 53 bits come as bigint, since `JSON.parse` would round them.
 * Throws SchemaError NOT_JSON.
 */
export function parseJson(text: string): unknown {
  if (text.length > MAX_SCHEMA_TEXT) {
    throw new SchemaError('TOO_LARGE', '', `The text of a schema has more than ${MAX_SCHEMA_TEXT} characters.`);
  }
  return readExactly(text);
}

/** Reads JSON as `parseJson` does, of any length. */
export function readExactly(text: string): unknown {
  const rounded = parse(text);
  if (!WIDE.test(text)) return rounded;
  const quoted = text.replace(TEXT_OR_WIDE, (match, integer: string | undefined) =>
    integer === undefined ? match : `"${integer}"`,
  );
  return exact(rounded, parse(quoted), 0);
}

/** Takes from the second reading what the first one has rounded. */
function exact(rounded: unknown, quoted: unknown, depth: number): unknown {
  if (typeof rounded === 'number') {
    return typeof quoted === 'string' && !Number.isSafeInteger(rounded) ? BigInt(quoted) : rounded;
  }
  if (typeof rounded !== 'object' || rounded === null) return rounded;
  if (depth > 4 * MAX_SCHEMA_DEPTH) throw new SchemaError('TOO_DEEP', '', 'The JSON of the schema nests too deep.');
  const parts = rounded as Record<string, unknown>;
  for (const [key, other] of Object.entries(quoted as object)) {
    const value = exact(parts[key], other, depth + 1);
    // An assignment would reach the prototype through "__proto__"; what is the same is left alone.
    if (typeof value === 'bigint')
      Object.defineProperty(parts, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return rounded;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new SchemaError('NOT_JSON', '', `The schema is not JSON: ${(error as Error).message}.`, error);
  }
}

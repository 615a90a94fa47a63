import type { RecordSchema, Schema } from './schema.ts';

/** States bounds of every value of a type. */
export interface Size {
  /** Fewest bytes that a value takes: a lower bound, also of recursive types. */
  readonly bytes: number;
  /** Values of no bytes that a value holds outside of its arrays, maps and unions. */
  readonly empties: number;
  /** Types on the longest way down, without going round a cycle. */
  readonly height: number;
}

const PRIMITIVE_BYTES = { null: 0, boolean: 1, int: 1, long: 1, float: 4, double: 8, bytes: 1, string: 1 };

/** Holds bounds that were computed already. */
export interface Sizes {
  get(schema: Schema): Size | undefined;
  set(schema: Schema, size: Size): unknown;
}

const SIZES = new WeakMap<Schema, Size>();

/** Computes bounds of the values of a type, which the guard compares with the bytes that are left. */
export function sizeOf(schema: Schema, known: Sizes = SIZES): Size {
  switch (schema.kind) {
    case 'array':
      return { bytes: 1, empties: 0, height: 1 + sizeOf(schema.items, known).height };
    case 'map':
      return { bytes: 1, empties: 0, height: 1 + sizeOf(schema.values, known).height };
    case 'union': {
      const sizes = schema.branches.map((branch) => sizeOf(branch, known));
      const bytes = 1 + Math.min(...sizes.map((size) => size.bytes));
      return { bytes, empties: 0, height: 1 + Math.max(...sizes.map((size) => size.height)) };
    }
    case 'enum':
      return { bytes: 1, empties: 0, height: 1 };
    case 'fixed':
      return { bytes: schema.size, empties: schema.size === 0 ? 1 : 0, height: 1 };
    case 'record':
      return sizeOfRecord(schema, known);
    default: {
      const bytes = PRIMITIVE_BYTES[schema.kind];
      return { bytes, empties: bytes === 0 ? 1 : 0, height: 1 };
    }
  }
}

function sizeOfRecord(schema: RecordSchema, known: Sizes): Size {
  const before = known.get(schema);
  if (before !== undefined) return before;
  known.set(schema, { bytes: 0, empties: 0, height: 0 });
  let bytes = 0;
  let empties = 0;
  let height = 0;
  for (const field of schema.fields) {
    const size = sizeOf(field.type, known);
    bytes += size.bytes;
    empties += size.empties;
    height = Math.max(height, size.height);
  }
  const size = { bytes, empties: bytes === 0 ? empties + 1 : empties, height: height + 1 };
  known.set(schema, size);
  return size;
}

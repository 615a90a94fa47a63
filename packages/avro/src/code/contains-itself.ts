import type { Schema } from '../schema.ts';

/** Tells whether values of a type may nest without end: whether a record stands inside itself. */
export function containsItself(
  schema: Schema,
  open: ReadonlySet<Schema> = new Set(),
  done: Set<Schema> = new Set(),
): boolean {
  if (open.has(schema)) return true;
  if (done.has(schema)) return false;
  const inside = new Set(open).add(schema);
  const found = partsOf(schema).some((part) => containsItself(part, inside, done));
  done.add(schema);
  return found;
}

function partsOf(schema: Schema): readonly Schema[] {
  switch (schema.kind) {
    case 'array':
      return [schema.items];
    case 'map':
      return [schema.values];
    case 'union':
      return schema.branches;
    case 'record':
      return schema.fields.map((field) => field.type);
    default:
      return [];
  }
}

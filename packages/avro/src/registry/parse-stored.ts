import { parseSchema } from '../parse-schema.ts';
import { SchemaError } from '../schema-error.ts';
import type { RecordSchema, Schema } from '../schema.ts';
import { RegistryError } from './registry-error.ts';
import type { StoredSchema } from './stored-schema.ts';

/**
 * Parses a schema whose named types may lie in others, which come before it in `referenced`, each before those that
 * refer to it. Throws RegistryError UNUSABLE_SCHEMA, whose cause says where the fault is.
 */
export function parseStored(stored: StoredSchema, referenced: readonly StoredSchema[], request: string): Schema {
  try {
    if (referenced.length === 0) return parseSchema(JSON.parse(stored.text) as unknown);
    // Names reach from one field to the next: a record around all of them gives the schema the types of the others.
    const fields = [...referenced, stored].map(({ text }, index) => ({
      name: `part${index}`,
      type: JSON.parse(text) as unknown,
    }));
    const all = parseSchema({ type: 'record', name: '__headrace_parts', fields }) as RecordSchema;
    return all.fields.at(-1)!.type;
  } catch (thrown) {
    const message = `The schema of ${request} cannot be used: ${reasonOf(thrown, referenced.length)}`;
    throw new RegistryError('UNUSABLE_SCHEMA', request, message, { cause: thrown });
  }
}

function reasonOf(thrown: unknown, references: number): string {
  if (!(thrown instanceof SchemaError)) return 'its text, or that of a schema to which it refers, is not JSON.';
  if (references === 0) return `${thrown.pointer}: ${thrown.message}`;
  const [, part, pointer] = /^\/fields\/(\d+)\/type(.*)$/.exec(thrown.pointer) ?? [];
  if (part === undefined || Number(part) === references) return `${pointer ?? ''}: ${thrown.message}`;
  return `in a schema to which it refers, ${pointer}: ${thrown.message}`;
}

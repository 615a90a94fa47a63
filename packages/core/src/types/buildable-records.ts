import { defaultValue, type RecordSchema, type Schema } from '@headrace/avro';
import type { BuildableRecord } from '@headrace/cel';
import { builtTypeOf } from './cel-type-of.ts';
import { isDynamic, type ValueType } from './edge-type.ts';

const known = new WeakMap<RecordSchema, BuildableRecord>();

/**
 * Gives the records that expressions may build, by their full names, and by the last part of the name where only one record has it:
 * all that have a name in these schemas, however deep.
 */
export function buildableRecords(schemas: Iterable<ValueType>): ReadonlyMap<string, BuildableRecord> {
  const found = new Map<string, RecordSchema>();
  const seen = new Set<Schema>();
  for (const schema of schemas) if (!isDynamic(schema)) collect(schema, found, seen);
  const records = new Map<string, BuildableRecord>();
  const shortNames = [...found.keys()].map(shortName);
  for (const [name, schema] of found) {
    const short = shortName(name);
    records.set(name, recordOf(schema));
    if (shortNames.indexOf(short) === shortNames.lastIndexOf(short)) records.set(short, recordOf(schema));
  }
  return records;
}

// Of two schemas of one name the first counts: that of the records that the expression reads.
function collect(schema: Schema, found: Map<string, RecordSchema>, seen: Set<Schema>): void {
  if (seen.has(schema)) return;
  seen.add(schema);
  switch (schema.kind) {
    case 'record':
      if (schema.name !== null && !found.has(schema.name)) found.set(schema.name, schema);
      for (const field of schema.fields) collect(field.type, found, seen);
      break;
    case 'array':
      collect(schema.items, found, seen);
      break;
    case 'map':
      collect(schema.values, found, seen);
      break;
    case 'union':
      for (const branch of schema.branches) collect(branch, found, seen);
  }
}

function shortName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function recordOf(schema: RecordSchema): BuildableRecord {
  let record = known.get(schema);
  if (record === undefined) {
    const defaults = schema.fields
      .filter((field) => field.default !== undefined)
      .map((field) => [field.name, defaultValue(field)] as const);
    known.set(schema, (record = { type: builtTypeOf(schema), defaults: new Map(defaults) }));
  }
  return record;
}

import { AvroError, within } from './avro-error.ts';
import { isReservedName } from './names.ts';
import type { Resolved, ResolvedStep } from './resolved.ts';
import type { Field, RecordSchema, Schema } from './schema.ts';

/** Finds how the fields of a record are taken; the reader's fields that the writer lacks take their defaults. */
export function resolveFields(
  writer: RecordSchema,
  reader: RecordSchema,
  resolve: (writer: Schema, reader: Schema) => Resolved,
): { steps: ResolvedStep[]; defaults: number[] } {
  const slots = matchFields(writer, reader);
  const taken = new Set(slots.values());
  const steps = writer.fields.map((source): ResolvedStep => {
    const slot = slots.get(source);
    const target = slot === undefined ? undefined : reader.fields[slot];
    if (slot === undefined || target === undefined) return { source, target: null };
    return { source, target: { slot, value: resolveField(source, target, resolve) } };
  });
  const defaults = [...reader.fields.keys()].filter((slot) => !taken.has(slot));
  for (const slot of defaults) {
    const field = reader.fields[slot] as Field;
    if (field.default !== undefined) continue;
    throw new AvroError('RESOLUTION_FAILED', 'the writer has no such field, and it has no default', field.name);
  }
  return { steps, defaults };
}

/** Finds for the writer's fields the place of the reader's: the same name goes before an alias. */
export function matchFields(writer: RecordSchema, reader: RecordSchema): Map<Field, number> {
  const unclaimed = new Map(writer.fields.map((field) => [field.name, field]));
  const slots = new Map<Field, number>();
  const claim = (name: string, slot: number): boolean => {
    const source = unclaimed.get(name);
    if (source === undefined) return false;
    slots.set(source, slot);
    return unclaimed.delete(name);
  };
  const unmatched = [...reader.fields.entries()].filter(([slot, field]) => {
    if (isReservedName(field.name)) throw new AvroError('RESOLUTION_FAILED', `a field has the name "${field.name}"`);
    return !claim(field.name, slot);
  });
  for (const [slot, field] of unmatched) field.aliases.some((alias) => claim(alias, slot));
  return slots;
}

function resolveField(source: Field, target: Field, resolve: (writer: Schema, reader: Schema) => Resolved): Resolved {
  try {
    return resolve(source.type, target.type);
  } catch (error) {
    throw within(target.name, error);
  }
}

import { AvroError, within } from './avro-error.ts';
import { defaultValue } from './default-value.ts';
import { isReservedName } from './names.ts';
import type { Read } from './reader.ts';
import { recordBuilder, type RecordBuilder } from './record-builder.ts';
import type { Field, RecordSchema, Schema } from './schema.ts';
import type { Skip } from './skip.ts';

/** Takes one step through a record's bytes: a field that is kept, one that is passed over, or a default. */
interface Step {
  /** The field's name, for errors. */
  readonly field: string;
  /** The reader's field that takes the value; -1: none. */
  readonly slot: number;
  readonly read: Read;
}

/** Builds the functions of fields. */
interface FieldCompiler {
  read(writer: Schema, reader: Schema): Read;
  skip(writer: Schema): Skip;
}

/** Builds the function that reads a record: fields of the reader in the reader's order. */
export function readRecord(writer: RecordSchema, reader: RecordSchema, compiler: FieldCompiler): Read {
  const slots = matchFields(writer, reader);
  const taken = new Set(slots.values());
  const steps: Step[] = [];
  for (const source of writer.fields) {
    const slot = slots.get(source) ?? -1;
    const target = reader.fields[slot];
    const read = target === undefined ? compiler.skip(source.type) : resolveField(source, target, compiler);
    steps.push({ field: target?.name ?? source.name, slot, read });
  }
  for (const [slot, field] of reader.fields.entries()) if (!taken.has(slot)) steps.push(defaultStep(field, slot));
  return runSteps(
    steps,
    reader.fields.map((field) => field.name),
  );
}

function runSteps(steps: readonly Step[], keys: readonly string[]): Read {
  const reads = steps.map((step) => step.read);
  const slots = steps.map((step) => step.slot);
  const isInOrder = slots.length === keys.length && slots.every((slot, index) => slot === index);
  const blank: readonly unknown[] = isInOrder ? [] : keys.map(() => null);
  const { length } = steps;
  let build: RecordBuilder | null = null;
  return (reader) => {
    reader.enter();
    const values = blank.slice();
    let index = 0;
    try {
      for (; index < length; index++) {
        const value = (reads[index] as Read)(reader);
        const slot = slots[index] as number;
        if (slot >= 0) values[slot] = value;
      }
    } catch (error) {
      throw within((steps[index] as Step).field, error);
    }
    reader.leave();
    build ??= recordBuilder(keys);
    return build(values);
  };
}

/** Finds for the writer's fields the place of the reader's: the same name goes before an alias. */
function matchFields(writer: RecordSchema, reader: RecordSchema): Map<Field, number> {
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

function resolveField(source: Field, target: Field, compiler: FieldCompiler): Read {
  try {
    return compiler.read(source.type, target.type);
  } catch (error) {
    throw within(target.name, error);
  }
}

function defaultStep(field: Field, slot: number): Step {
  const value = defaultValue(field);
  if (value === undefined) {
    throw new AvroError('RESOLUTION_FAILED', 'the writer has no such field, and it has no default', field.name);
  }
  const isShared = typeof value !== 'object' || value === null;
  return { field: field.name, slot, read: isShared ? () => value : () => defaultValue(field) };
}

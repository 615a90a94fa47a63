import { within } from './avro-error.ts';
import { defaultValue } from './default-value.ts';
import type { Read } from './reader.ts';
import { recordBuilder, type RecordBuilder } from './record-builder.ts';
import type { Resolved, ResolvedRecord } from './resolved.ts';
import type { Field, LongForm, Schema } from './schema.ts';
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
  /** How longs are held, for defaults. */
  readonly long: LongForm;
  read(resolved: Resolved): Read;
  skip(writer: Schema): Skip;
}

/** Builds the function that reads a record: fields of the reader in the reader's order. */
export function readRecord(record: ResolvedRecord, compiler: FieldCompiler): Read {
  const { fields } = record.reader;
  const steps = record.steps.map(({ source, target }): Step => {
    if (target === null) return { field: source.name, slot: -1, read: compiler.skip(source.type) };
    const { slot, value } = target;
    return { field: (fields[slot] as Field).name, slot, read: compiler.read(value) };
  });
  for (const slot of record.defaults) steps.push(defaultStep(fields[slot] as Field, slot, compiler.long));
  return runSteps(
    steps,
    fields.map((field) => field.name),
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

function defaultStep(field: Field, slot: number, long: LongForm): Step {
  const value = defaultOf(field, long);
  const isShared = typeof value !== 'object' || value === null;
  return { field: field.name, slot, read: isShared ? () => value : () => defaultValue(field, long) };
}

function defaultOf(field: Field, long: LongForm): unknown {
  try {
    return defaultValue(field, long);
  } catch (error) {
    throw within(field.name, error);
  }
}

import { AvroError, within } from './avro-error.ts';
import { defaultValue } from './default-value.ts';
import { isReservedName } from './names.ts';
import type { Read } from './reader.ts';
import type { Field, RecordSchema, Schema } from './schema.ts';
import type { Skip } from './skip.ts';

/** Takes one step through a record's bytes: a field that is kept, one that is passed over, or a default. */
interface Step {
  /** The writer's or the reader's name, for errors. */
  readonly field: string;
  /** The key of the value; null: there is none. */
  readonly key: string | null;
  readonly read: Read;
}

/** Builds the functions of fields. */
interface FieldCompiler {
  read(writer: Schema, reader: Schema): Read;
  skip(writer: Schema): Skip;
}

/** Builds the function that reads a record: fields of the reader in the reader's order. */
export function readRecord(writer: RecordSchema, reader: RecordSchema, compiler: FieldCompiler): Read {
  const sources = matchFields(writer, reader);
  const targets = new Map<Field, Field>();
  for (const [target, source] of sources) if (source !== null) targets.set(source, target);
  const kept = writer.fields.filter((field) => targets.has(field));
  const wanted = reader.fields.filter((field) => sources.get(field) !== null);
  const inOrder = wanted.every((field, index) => sources.get(field) === kept[index]);
  const steps: Step[] = inOrder ? [] : reader.fields.map((field) => literal(field, null));
  let next = 0;
  const takeDefaults = (): void => {
    for (let field = reader.fields[next]; field !== undefined; field = reader.fields[++next]) {
      if (sources.get(field) === null) steps.push(defaultStep(field));
      else if (inOrder) break;
    }
  };
  takeDefaults();
  for (const source of writer.fields) {
    const target = targets.get(source);
    if (target === undefined) {
      const skip = compiler.skip(source.type);
      steps.push({ field: source.name, key: null, read: (bytes) => skip(bytes) });
      continue;
    }
    steps.push({ field: target.name, key: target.name, read: resolveField(source, target, compiler) });
    if (!inOrder) continue;
    next++;
    takeDefaults();
  }
  return runSteps(steps);
}

function runSteps(steps: readonly Step[]): Read {
  const reads = steps.map((step) => step.read);
  const keys = steps.map((step) => step.key);
  const { length } = steps;
  return (reader) => {
    reader.enter();
    const record: Record<string, unknown> = {};
    let index = 0;
    try {
      for (; index < length; index++) {
        const value = (reads[index] as Read)(reader);
        const key = keys[index] as string | null;
        if (key !== null) record[key] = value;
      }
    } catch (error) {
      throw within((steps[index] as Step).field, error);
    }
    reader.leave();
    return record;
  };
}

/** Finds for each field of the reader the writer's: the same name goes before an alias. */
function matchFields(writer: RecordSchema, reader: RecordSchema): Map<Field, Field | null> {
  const unclaimed = new Map(writer.fields.map((field) => [field.name, field]));
  const sources = new Map<Field, Field | null>();
  for (const field of reader.fields) {
    if (isReservedName(field.name)) throw new AvroError('RESOLUTION_FAILED', `a field has the name "${field.name}"`);
    sources.set(field, unclaimed.get(field.name) ?? null);
    unclaimed.delete(field.name);
  }
  for (const field of reader.fields) {
    if (sources.get(field) !== null) continue;
    const alias = field.aliases.find((name) => unclaimed.has(name));
    if (alias === undefined) continue;
    sources.set(field, unclaimed.get(alias) ?? null);
    unclaimed.delete(alias);
  }
  return sources;
}

function resolveField(source: Field, target: Field, compiler: FieldCompiler): Read {
  try {
    return compiler.read(source.type, target.type);
  } catch (error) {
    throw within(target.name, error);
  }
}

function defaultStep(field: Field): Step {
  const value = defaultValue(field);
  if (value === undefined) {
    throw new AvroError('RESOLUTION_FAILED', 'the writer has no such field, and it has no default', field.name);
  }
  if (typeof value !== 'object' || value === null) return literal(field, value);
  return { field: field.name, key: field.name, read: () => defaultValue(field) };
}

function literal(field: Field, value: unknown): Step {
  return { field: field.name, key: field.name, read: () => value };
}

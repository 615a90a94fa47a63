import type { Field, RecordSchema, Schema } from '@headrace/avro';
import { formatType as formatCelType } from '@headrace/cel';
import type { InferContext } from '../component/contexts.ts';
import { isFunctionCall, type FunctionCall } from '../component/function-call.ts';
import type { ProjectSource } from '../component/stage-op.ts';
import { avroTypeOf } from '../types/avro-type-of.ts';
import { isDynamic } from '../types/edge-type.ts';
import { formatType } from '../types/format-type.ts';
import { mayFit } from '../types/may-fit.ts';
import type { CheckedField } from './check-fields.ts';

/**
 * Types the record that fields make: a passed field keeps its type, one that takes the place of another does so where its values may
 * fit, all others take the type of their expression; `types` has the last word. Null where a type cannot be known.
 */
export function inferFields(
  fields: readonly CheckedField[],
  types: Readonly<Record<string, unknown>>,
  context: InferContext,
): RecordSchema | null {
  reportUnused(types, fields, context);
  const typed = fields.map((field): Field | null => {
    if (!isName(field, context)) return null;
    const type = Object.hasOwn(types, field.name) ? overridden(field, types[field.name], context) : ownType(field);
    if (type === 'unknown') reportDynamic(field, context);
    return type === null || type === 'unknown' ? null : { name: field.name, type, aliases: [] };
  });
  return typed.every((field) => field !== null) ? { kind: 'record', name: null, fields: typed } : null;
}

/** Looks whether fields can be written with the schema that `output` declares. */
export function matchOutput(
  fields: readonly CheckedField[],
  output: RecordSchema,
  isOpen: (name: string) => boolean,
  context: InferContext,
): void {
  const given = new Map(fields.map((field) => [field.name, field]));
  for (const { name, type, default: initial } of output.fields) {
    const field = given.get(name);
    given.delete(name);
    if (field !== undefined) reportMisfit(field, type, context);
    else if (initial === undefined && !isOpen(name)) {
      const message = `the field "${name}" of "output" is not made and has no default.`;
      context.report({ code: 'MISSING_FIELD', severity: 'error', at: ['output'], message });
    }
  }
  // What is passed on without being named may be left out; what the author wrote may not.
  for (const field of given.values()) {
    if (field.kept !== null && field.at.length === 0) continue;
    const message = `"output" has no field "${field.name}".`;
    context.report({ code: 'UNKNOWN_FIELD', severity: 'error', at: field.at, on: 'key', message });
  }
}

function ownType(field: CheckedField): Schema | 'unknown' {
  if (field.kept !== null && !isDynamic(field.kept)) return field.kept;
  const { replaced } = field;
  if (isFunction(field.source)) return isDynamic(field.source.returns) ? 'unknown' : field.source.returns;
  if (replaced !== null && !isDynamic(replaced) && mayFit(field.type, replaced)) return replaced;
  return avroTypeOf(field.type) ?? 'unknown';
}

function isFunction(source: ProjectSource): source is FunctionCall {
  return isFunctionCall(source);
}

const logicalTypes: Readonly<Record<string, string>> = {
  date: 'int',
  'time-millis': 'int',
  'time-micros': 'long',
  'timestamp-millis': 'long',
  'timestamp-micros': 'long',
  'timestamp-nanos': 'long',
  'local-timestamp-millis': 'long',
  'local-timestamp-micros': 'long',
  'local-timestamp-nanos': 'long',
  uuid: 'string',
};

function overridden(field: CheckedField, reference: unknown, context: InferContext): Schema | null {
  const at = ['types', field.name];
  const base = typeof reference === 'string' ? logicalTypes[reference] : undefined;
  const schema = context.schema(at, base === undefined ? reference : { type: base, logicalType: reference });
  if (schema === null || isDynamic(schema)) return null;
  if (mayFit(field.type, schema)) return schema;
  reportNoFit(field, schema, at, context);
  return null;
}

function reportMisfit(field: CheckedField, type: Schema, context: InferContext): void {
  if (!mayFit(field.type, type)) reportNoFit(field, type, field.at.length === 0 ? ['output'] : field.at, context);
}

function reportNoFit(field: CheckedField, type: Schema, at: CheckedField['at'], context: InferContext): void {
  const message = `"${field.name}" is ${formatCelType(field.type)}, which never fits into ${formatType(type)}.`;
  context.report({ code: 'TYPE_DOES_NOT_FIT', severity: 'error', at, message });
}

function reportDynamic(field: CheckedField, context: InferContext): void {
  const { at } = field;
  const message = `the type of "${field.name}" cannot be known before the topology runs.`;
  const suggestion = 'Declare it in "types", or the whole record in "output".';
  context.report({ code: 'OUTPUT_SCHEMA_NEEDED', severity: 'error', at, message, suggestion });
}

function reportUnused(
  types: Readonly<Record<string, unknown>>,
  fields: readonly CheckedField[],
  context: InferContext,
): void {
  for (const name of Object.keys(types)) {
    if (fields.some((field) => field.name === name && field.kept === null)) continue;
    const message = `"${name}" is no field that "select" or "set" makes.`;
    context.report({ code: 'UNKNOWN_FIELD', severity: 'error', at: ['types', name], on: 'key', message });
  }
}

function isName(field: CheckedField, context: InferContext): boolean {
  const wrong = namesIn(field.name, field.source).find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  if (wrong === undefined) return true;
  const message = `"${wrong}" cannot be the name of a field: letters, digits and "_" only, no digit first.`;
  context.report({ code: 'WRONG_FIELD_NAME', severity: 'error', at: field.at, on: 'key', message });
  return false;
}

function namesIn(name: string, source: ProjectSource): readonly string[] {
  return 'record' in source ? [name, ...source.record.flatMap(([inner, part]) => namesIn(inner, part))] : [name];
}

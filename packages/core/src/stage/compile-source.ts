import { defaultValue } from '@headrace/avro';
import type { FieldPath, ProjectField, ProjectSource } from '../component/stage-op.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import { celTypeOf } from '../types/cel-type-of.ts';
import { isDynamic, type ValueType } from '../types/edge-type.ts';
import { compileExpression, type Evaluate } from './expression.ts';
import { fitValue } from './fit-value.ts';
import { fieldReader, type NameReader, type RecordNames } from './record-names.ts';
import { setField } from './set-field.ts';
import type { StageRow } from './stage-row.ts';

/** What sources of one step share. */
export interface SourceContext {
  readonly row: StageRow;
  readonly names: RecordNames;
  readonly variables: ReadonlyMap<string, NameReader>;
}

/** What a source must make: `type` is null where nothing is asked of it. */
export interface SourceTarget {
  readonly type: ValueType | null;
  /** The name of the field, for messages. */
  readonly path: string;
  /** What stands for a copied field that is missing. */
  readonly default?: unknown;
}

/** Builds what makes a field or a key. */
export function compileSource(source: ProjectSource, target: SourceTarget, context: SourceContext): Evaluate {
  if ('record' in source) return compileFields(source.record, target, context);
  const schema = target.type === null || isDynamic(target.type) ? null : target.type;
  if ('copy' in source) {
    if (schema === null) return compileCopy(source.copy, context.row, true);
    if (source.from === undefined) return compileCopy(source.copy, context.row, false);
    const read = compileCopy(source.copy, context.row, true);
    const fit = fitValue(celTypeOf(source.from), schema, target.path);
    return () => {
      const value = read();
      if (value === undefined && target.default !== undefined) return target.default;
      return fit === null ? value : fit(value);
    };
  }
  const evaluate = compileExpression(source, context.names, context.variables);
  const fit = schema === null ? null : fitValue(source.type, schema, target.path);
  return fit === null ? evaluate : () => fit(evaluate());
}

// Fields of the type that are not listed take their default.
function compileFields(fields: readonly ProjectField[], target: SourceTarget, context: SourceContext): Evaluate {
  const known = new Map(target.type?.kind === 'record' ? target.type.fields.map((field) => [field.name, field]) : []);
  const parts = fields.map(([name, source]) => {
    const field = known.get(name);
    known.delete(name);
    const path = target.path === '' ? name : `${target.path}.${name}`;
    const inner = { type: field?.type ?? null, path, default: field === undefined ? undefined : defaultValue(field) };
    return { name, make: compileSource(source, inner, context) };
  });
  for (const field of known.values()) {
    const value = defaultValue(field);
    if (value !== undefined) parts.push({ name: field.name, make: () => value });
  }
  return makerOf(
    parts.map(({ name }) => name),
    parts.map(({ make }) => make),
  );
}

function makerOf(names: readonly string[], makes: readonly Evaluate[]): Evaluate {
  const count = names.length;
  const isPlain = !names.includes('__proto__');
  return () => {
    const record: Record<string, unknown> = {};
    for (let i = 0; i < count; i++) {
      const value = (makes[i] as Evaluate)();
      if (value === undefined) continue;
      if (isPlain) record[names[i] as string] = value;
      else setField(record, names[i] as string, value);
    }
    return record;
  };
}

// `open`: the field may be missing.
function compileCopy(path: FieldPath, row: StageRow, open: boolean): Evaluate {
  const [first, ...rest] = path;
  if (first === undefined) return () => row.value;
  const read = fieldReader(row, first, open);
  if (rest.length === 0) return read;
  return () => rest.reduce<unknown>((target, name) => fieldOf(target, name), read());
}

function fieldOf(target: unknown, name: string): unknown {
  if (typeof target === 'object' && target !== null)
    return Object.hasOwn(target, name) ? (target as Record<string, unknown>)[name] : undefined;
  throw new HeadraceError(
    'VALUE_IS_NO_RECORD',
    `A value on the way is null or no record, so it has no field "${name}".`,
  );
}

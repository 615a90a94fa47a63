import { defaultValue } from '@headrace/avro';
import type { ProjectField, StageOp } from '../component/stage-op.ts';
import type { ValueType } from '../types/edge-type.ts';
import { compileHeaders } from './compile-headers.ts';
import { compileSource, type SourceContext } from './compile-source.ts';
import { compileTimestamp } from './compile-timestamp.ts';
import { compileExpression, type Evaluate } from './expression.ts';
import { goesOn, type OpContext, type RunOp } from './op-context.ts';
import type { NameReader } from './record-names.ts';
import { setField } from './set-field.ts';
import type { StageRow } from './stage-row.ts';

type ProjectOp = StageOp & { op: 'project' };

/** Builds the step that makes a new record: all parts are computed from the incoming one before any is set. */
export function compileProject(op: ProjectOp, context: OpContext): RunOp {
  const { row, names } = context;
  const { variables, computeLets } = compileLets(op, context);
  const sources: SourceContext = { row, names, variables };
  const value = compileValue(op, sources);
  const key = op.key === undefined ? null : compileSource(op.key, { type: null, path: 'key' }, sources);
  const headers = op.headers === undefined ? null : compileHeaders(op.headers, names, variables);
  const timestamp = op.timestamp === undefined ? null : compileTimestamp(op.timestamp, names, variables);
  return () => {
    if (row.value === null) return goesOn;
    computeLets();
    const newValue = value();
    const newKey = key === null ? row.key : (key() ?? null);
    const newHeaders = headers === null ? row.headers : headers(row.headers);
    if (timestamp !== null) row.timestamp = timestamp();
    row.value = newValue;
    row.key = newKey;
    row.headers = newHeaders;
    return goesOn;
  };
}

// A let sees those before it, so they are computed in their order.
function compileLets(op: ProjectOp, { names }: OpContext) {
  const values: unknown[] = [];
  const variables = new Map<string, NameReader>();
  const lets: Evaluate[] = op.let.map(([name, expression], i) => {
    const evaluate = compileExpression(expression, names, new Map(variables));
    variables.set(name, () => values[i]);
    return evaluate;
  });
  const computeLets = (): void => {
    for (let i = 0; i < lets.length; i++) values[i] = (lets[i] as Evaluate)();
  };
  return { variables, computeLets };
}

function compileValue(op: ProjectOp, context: SourceContext): Evaluate {
  const { row } = context;
  if (op.fields === null) return () => row.value;
  const fields = compileSource({ record: op.fields }, { type: op.output, path: '' }, context);
  const defaults = defaultsOf(op.output, op.fields);
  const { rest } = op;
  if (rest === undefined && defaults.length === 0) return fields;
  const without = new Set([...(rest ?? []), ...op.fields.map(([name]) => name)]);
  return () => {
    const record = fields() as Record<string, unknown>;
    for (const [name, value] of defaults) setField(record, name, value);
    return rest === undefined ? record : { ...othersOf(row, without), ...record };
  };
}

function defaultsOf(output: ValueType, fields: readonly ProjectField[]): [string, unknown][] {
  if (output.kind !== 'record') return [];
  const given = new Set(fields.map(([name]) => name));
  return output.fields.flatMap((field): [string, unknown][] => {
    const value = given.has(field.name) ? undefined : defaultValue(field);
    return value === undefined ? [] : [[field.name, value]];
  });
}

function othersOf(row: StageRow, without: ReadonlySet<string>): Record<string, unknown> {
  const others: Record<string, unknown> = {};
  const { value } = row;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return others;
  for (const [name, each] of Object.entries(value)) if (!without.has(name)) setField(others, name, each);
  return others;
}

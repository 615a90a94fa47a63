import type { StageOp } from '../component/stage-op.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
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
  if (op.rest === undefined) return fields;
  const without = new Set([...op.rest, ...op.fields.map(([name]) => name)]);
  return () => {
    const record = othersOf(row, without);
    for (const [name, value] of Object.entries(fields() as object)) setField(record, name, value);
    return record;
  };
}

function othersOf(row: StageRow, without: ReadonlySet<string>): Record<string, unknown> {
  const others: Record<string, unknown> = {};
  const { value } = row;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new HeadraceError('VALUE_IS_NO_RECORD', 'The value is no record, so it has no fields to pass on.');
  for (const [name, each] of Object.entries(value)) if (!without.has(name)) setField(others, name, each);
  return others;
}

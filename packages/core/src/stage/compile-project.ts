import type { Name, ProjectField, StageOp } from '../component/stage-op.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import type { ValueType } from '../types/edge-type.ts';
import { compileHeaders } from './compile-headers.ts';
import { compileSource, type SourceContext } from './compile-source.ts';
import { compileTimestamp } from './compile-timestamp.ts';
import { compileExpression, type Evaluate } from './expression.ts';
import { compileParse } from './compile-parse.ts';
import { goesOn, type OpContext, type RunOp } from './op-context.ts';
import { onlyRoutes } from '../record/route-headers.ts';
import { truth } from './truth.ts';
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
  const deletes = op.deleteWhen === undefined ? null : compileExpression(op.deleteWhen, names, variables);
  const replaces = op.replacesHeaders ?? false;
  return () => {
    const kept = replaces ? onlyRoutes(row.headers) : row.headers;
    if (row.isTombstone) {
      row.headers = kept;
      return goesOn;
    }
    computeLets();
    const newValue = deletes !== null && truth(deletes()) ? null : value();
    const newKey = key === null ? row.keySlot : (key() ?? null);
    const newHeaders = headers === null ? kept : headers(kept);
    if (timestamp !== null) row.timestamp = timestamp();
    row.valueSlot = newValue;
    row.keySlot = newKey;
    row.headers = newHeaders;
    return goesOn;
  };
}

// A let sees those before it, so they are computed in their order.
function compileLets(op: ProjectOp, context: OpContext) {
  const { names } = context;
  const values: unknown[] = [];
  const variables = new Map<string, NameReader>();
  const parse = op.parse === undefined ? null : compileParse(op.parse, context);
  let parsed: unknown = null;
  if (op.parse !== undefined) variables.set(op.parse.as, () => parsed);
  const lets: Evaluate[] = op.let.map(([name, expression], i) => {
    const evaluate = compileExpression(expression, names, new Map(variables));
    variables.set(name, () => values[i]);
    return evaluate;
  });
  const computeLets = (): void => {
    if (parse !== null) parsed = parse();
    for (let i = 0; i < lets.length; i++) values[i] = (lets[i] as Evaluate)();
  };
  return { variables, computeLets };
}

function compileValue({ fields, rest, output }: ProjectOp, context: SourceContext): Evaluate {
  const { row } = context;
  if (fields === null) return () => row.valueSlot;
  if ('value' in fields) return compileSource(fields.value, { type: output, path: 'value' }, context);
  return compileFields({ fields, rest, output }, context);
}

/** What the fields of a new record are made of. */
export interface FieldsPart {
  readonly fields: readonly ProjectField[];
  readonly rest: readonly Name[] | undefined;
  readonly output: ValueType;
}

/** Builds what makes a record of fields; with `rest`, of all others as well. */
export function compileFields({ fields: listed, rest, output }: FieldsPart, context: SourceContext): Evaluate {
  const { row } = context;
  const fields = compileSource({ record: listed }, { type: output, path: '' }, context);
  if (rest === undefined) return fields;
  const without = new Set([...rest, ...listed.map(([name]) => name)]);
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

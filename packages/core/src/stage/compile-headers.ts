import type { CelType } from '@headrace/cel';
import type { Expression } from '../component/contexts.ts';
import type { StageOp } from '../component/stage-op.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import type { Header } from '../record/columns.ts';
import { compileExpression } from './expression.ts';
import { goesOn, type OpContext, type RunOp } from './op-context.ts';
import type { NameReader, RecordNames } from './record-names.ts';

/** Builds the step that adds headers. */
export function compileHeadersOp(op: StageOp & { op: 'headers' }, context: OpContext): RunOp {
  const { row } = context;
  const add = compileHeaders(op.set, context.names, new Map());
  const always = op.tombstones ?? false;
  return () => {
    if (always || !row.isTombstone) row.headers = add(row.headers);
    return goesOn;
  };
}

/** Builds what returns headers with others added; those of the same name stay, and the last one counts. */
export function compileHeaders(
  set: readonly (readonly [string, Expression])[],
  names: RecordNames,
  variables: ReadonlyMap<string, NameReader>,
): (headers: readonly Header[] | null) => readonly Header[] {
  const added = set.map(([name, expression]) => ({
    name,
    evaluate: compileExpression(expression, names, variables),
    isTime: isTime(expression.type),
  }));
  return (headers) => {
    const all: Header[] = headers === null ? [] : [...headers];
    for (const { name, evaluate, isTime } of added) all.push({ name, value: bytesOf(evaluate(), isTime, name) });
    return all;
  };
}

function isTime(type: CelType): boolean {
  return type.kind === 'timestamp' || ((type.kind === 'nullable' || type.kind === 'optional') && isTime(type.of));
}

function bytesOf(value: unknown, isTime: boolean, header: string): Uint8Array | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array) return value;
  if (isTime && typeof value === 'number') return Buffer.from(new Date(value).toISOString());
  if (typeof value === 'string') return Buffer.from(value);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return Buffer.from(String(value));
  throw new HeadraceError(
    'HEADER_IS_NO_TEXT',
    `The value for header "${header}" is a list, map or record and has no text.`,
  );
}

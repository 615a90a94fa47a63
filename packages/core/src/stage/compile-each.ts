import type { StageOp } from '../component/stage-op.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import { isDynamic } from '../types/edge-type.ts';
import { celTypeOf } from '../types/cel-type-of.ts';
import { compileFields } from './compile-project.ts';
import { compileExpression } from './expression.ts';
import { fitValue } from './fit-value.ts';
import { leavesAsMany, type OpContext, type RunOp } from './op-context.ts';
import type { NameReader } from './record-names.ts';

/** How many records one may become: their numbers must stay telling apart all that come of one record. */
export const mostItems = 65_535;

/** Builds the step that makes a record of each item of a list. */
export function compileEach(op: StageOp & { op: 'each' }, context: OpContext): RunOp {
  const { row, names, emitted } = context;
  const items = compileExpression(op.items, names);
  const current = { item: null as unknown, index: 0 };
  const variables = new Map<string, NameReader>([[op.as, () => current.item]]);
  if (op.index !== null) variables.set(op.index, () => current.index);
  const value =
    op.fields === null
      ? itemValue(op, () => current.item)
      : compileFields({ fields: op.fields, rest: op.rest, output: op.output }, { row, names, variables });
  const empty = context.port(op.empty);
  const out = context.port('out');
  return () => {
    const list = items() ?? [];
    if (!Array.isArray(list)) throw new HeadraceError('LIST_NEEDED', 'What "each" gives is no list.');
    if (list.length === 0) return empty;
    if (list.length > mostItems)
      throw new HeadraceError('TOO_MANY_ITEMS', `A record becomes at most ${mostItems} others, not ${list.length}.`);
    const { keySlot: key, timestamp, headers } = row;
    emitted.length = 0;
    for (let i = 0; i < list.length; i++) {
      current.item = list[i];
      current.index = i;
      emitted.push({ port: out, key, value: value(), timestamp, headers });
    }
    current.item = null;
    return leavesAsMany;
  };
}

// A value that is null would delete its key, which nobody has asked for.
function itemValue({ output, items }: StageOp & { op: 'each' }, item: () => unknown): () => unknown {
  const from = items.type.kind === 'list' ? items.type.element : ({ kind: 'dyn' } as const);
  const fit = isDynamic(output) || celTypeOf(output) === from ? null : fitValue(from, output, 'item');
  return () => {
    const value = item() ?? null;
    if (value === null) throw new HeadraceError('NULL_OPERAND', 'An item is null, and cannot be a record.');
    return fit === null ? value : fit(value);
  };
}

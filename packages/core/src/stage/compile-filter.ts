import type { StageOp } from '../component/stage-op.ts';
import { compileExpression } from './expression.ts';
import { goesOn, type OpContext, type RunOp } from './op-context.ts';
import { truth } from './truth.ts';

/** Builds the step that lets records pass whose expression is true. */
export function compileFilter(op: StageOp & { op: 'filter' }, context: OpContext): RunOp {
  const { row } = context;
  const where = compileExpression(op.where, context.names);
  const dropped = context.port(op.dropped);
  return () => (row.isTombstone || truth(where()) ? goesOn : dropped);
}

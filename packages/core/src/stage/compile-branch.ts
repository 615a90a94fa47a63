import type { StageOp } from '../component/stage-op.ts';
import { compileExpression } from './expression.ts';
import { leavesBySeveral, type OpContext, type RunOp } from './op-context.ts';
import { truth } from './truth.ts';

/** Builds the step that sends a record to the first case that is true, or to all of them. */
export function compileBranch(op: StageOp & { op: 'branch' }, context: OpContext): RunOp {
  const { row, chosen } = context;
  const cases = op.cases.map(([port, where]) => ({
    port: context.port(port),
    where: compileExpression(where, context.names),
  }));
  const unmatched = context.port(op.unmatched);
  const chooseAll = (): number => {
    chosen.length = 0;
    for (const { port, where } of cases) if (row.isTombstone || truth(where())) chosen.push(port);
    return chosen.length === 0 ? unmatched : leavesBySeveral;
  };
  if (op.mode === 'all') return chooseAll;
  return () => {
    if (row.isTombstone) return chooseAll();
    for (const { port, where } of cases) if (truth(where())) return port;
    return unmatched;
  };
}

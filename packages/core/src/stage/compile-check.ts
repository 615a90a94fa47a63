import type { StageOp } from '../component/stage-op.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import { compileExpression } from './expression.ts';
import { codeOf } from './failure-of.ts';
import { goesOn, type OpContext, type RunOp } from './op-context.ts';
import { truth } from './truth.ts';

/** Builds the step that fails a record for which a condition is not true; all conditions are asked, so that all are named. */
export function compileCheck(op: StageOp & { op: 'check' }, context: OpContext): RunOp {
  const { row } = context;
  const conditions = op.that.map(([name, that]) => ({ name, holds: compileExpression(that, context.names) }));
  return () => {
    if (row.isTombstone) return goesOn;
    const broken: string[] = [];
    for (const { name, holds } of conditions) {
      try {
        if (!truth(holds())) broken.push(`"${name}"`);
      } catch (error) {
        broken.push(`"${name}" (${codeOf(error, 'process')})`);
      }
    }
    if (broken.length === 0) return goesOn;
    throw new HeadraceError('ASSERTION_FAILED', `Not true of the record: ${broken.join(', ')}.`);
  };
}

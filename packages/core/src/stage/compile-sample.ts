import type { StageOp } from '../component/stage-op.ts';
import { compileExpression } from './expression.ts';
import { hashOf } from './hash-of.ts';
import { goesOn, type OpContext, type RunOp } from './op-context.ts';

/** Builds the step that passes on every n-th record of a split, or a share of them that is the same in every replay. */
export function compileSample(op: StageOp & { op: 'sample' }, context: OpContext): RunOp {
  const { row } = context;
  const dropped = context.port(op.dropped);
  if (op.every !== null) {
    const { every } = op;
    const seen = new Map<string, number>();
    return () => {
      const { split } = row.from;
      const count = seen.get(split) ?? 0;
      seen.set(split, (count + 1) % every);
      return count === 0 ? goesOn : dropped;
    };
  }
  const limit = (op.rate ?? 1) * 2 ** 32;
  const by =
    op.by === null
      ? () => [row.from.source, row.from.split, row.offset, row.ordinal]
      : compileExpression(op.by, context.names);
  return () => (hashOf(by()) < limit ? goesOn : dropped);
}

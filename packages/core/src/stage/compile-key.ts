import type { StageOp } from '../component/stage-op.ts';
import { compileSource } from './compile-source.ts';
import { goesOn, type OpContext, type RunOp } from './op-context.ts';

/** Builds the step that sets a record's key. */
export function compileKey(op: StageOp & { op: 'key' }, context: OpContext): RunOp {
  const { row, names } = context;
  const by = compileSource(op.by, { type: null, path: 'key' }, { row, names, variables: new Map() });
  const without = op.null === null ? goesOn : context.port(op.null);
  return () => {
    const key = by() ?? null;
    if (key === null && without !== goesOn) return without;
    row.keySlot = key;
    return goesOn;
  };
}

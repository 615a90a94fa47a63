import type { StageOp } from '../component/stage-op.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import { goesOn, type OpContext, type RunOp } from './op-context.ts';

/** Builds the step that fails records whose time is too far ahead of the clock. */
export function compileAhead({ mostMs }: StageOp & { op: 'ahead' }, context: OpContext): RunOp {
  const { row } = context;
  return () => {
    const ahead = row.timestamp - context.wallNow();
    if (ahead <= mostMs) return goesOn;
    throw new HeadraceError(
      'TOO_FAR_AHEAD',
      `The time of the record is ${Math.ceil(ahead)} ms ahead of the clock, and ${mostMs} ms may be.`,
    );
  };
}

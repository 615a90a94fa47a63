import type { Expression } from '../component/contexts.ts';
import type { StageOp } from '../component/stage-op.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import { compileExpression } from './expression.ts';
import { goesOn, type OpContext, type RunOp } from './op-context.ts';
import type { NameReader, RecordNames } from './record-names.ts';

// The last millisecond of the year 9999; before 1970 Kafka takes none.
const latest = 253_402_300_799_999;

/** Builds the step that sets a record's timestamp. */
export function compileTimestampOp(op: StageOp & { op: 'timestamp' }, context: OpContext): RunOp {
  const { row } = context;
  const at = compileTimestamp(op.at, context.names, new Map());
  return () => {
    if (!row.isTombstone) row.timestamp = at();
    return goesOn;
  };
}

/** Builds what gives a timestamp in whole milliseconds; anything that is none is a failure of the record. */
export function compileTimestamp(
  at: Expression,
  names: RecordNames,
  variables: ReadonlyMap<string, NameReader>,
): () => number {
  const evaluate = compileExpression(at, names, variables);
  return () => {
    const value = evaluate();
    if (typeof value === 'number' && value >= 0 && value <= latest) return Math.floor(value);
    throw new HeadraceError(
      'VALUE_OUT_OF_RANGE',
      `The timestamp is ${(value ?? null) === null ? 'null' : 'no instant from 1970 to 9999'}.`,
    );
  };
}

import type { StageOp } from '../component/stage-op.ts';
import { publish } from '../telemetry/channels.ts';
import { callWith } from './call-function.ts';
import { goesOn, type OpContext, type RunOp } from './op-context.ts';
import { detached } from './row-view.ts';

/** Builds the step that shows each record and passes it on as it is. */
export function compilePeek(op: StageOp & { op: 'peek' }, context: OpContext): RunOp {
  const { row, node, topology } = context;
  if (op.call !== null) {
    const call = callWith(op.call.use, row);
    return () => {
      call();
      return goesOn;
    };
  }
  const { level } = op;
  return () => {
    publish('headrace:record:peeked', () => ({ topology, node, level, record: detached(row) }));
    return goesOn;
  };
}

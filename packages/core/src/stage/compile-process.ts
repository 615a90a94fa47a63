import type { StageOp } from '../component/stage-op.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import { defaultPort, type Port } from '../record/record-batch.ts';
import { callWith } from './call-function.ts';
import { mostItems } from './compile-each.ts';
import { rowMaker, type RowMaker } from './new-row.ts';
import { leavesAsMany, leavesNowhere, type OpContext, type RunOp } from './op-context.ts';

/** Builds the step that lets a function make any number of records. */
export function compileProcess(op: StageOp & { op: 'process' }, context: OpContext): RunOp {
  const { row, emitted } = context;
  const call = callWith(op.call.use, row);
  const makers = new Map<Port, { port: number; make: RowMaker }>();
  for (const [port, edge] of Object.entries(op.outputs))
    makers.set(port, { port: context.port(port), make: rowMaker(edge) });
  return () => {
    emitted.length = 0;
    const base = { key: row.keySlot, value: row.value, timestamp: row.timestamp, headers: row.headers };
    const run = { open: true };
    const emit = (record: unknown, port: Port = defaultPort): void => {
      if (!run.open)
        throw new HeadraceError(
          'EMITTED_TOO_LATE',
          `The function of node "${context.node}" emitted a record after it had returned.`,
          { place: { node: context.node } },
        );
      const maker = makers.get(port);
      if (maker === undefined)
        throw new HeadraceError(
          'UNKNOWN_PORT',
          `The function emits to the port "${port}", which its node does not declare.`,
        );
      if (emitted.length >= mostItems)
        throw new HeadraceError('TOO_MANY_ITEMS', `A record becomes at most ${mostItems} others.`);
      emitted.push({ port: maker.port, ...maker.make(record, base) });
    };
    try {
      call(emit);
    } finally {
      run.open = false;
    }
    return emitted.length === 0 ? leavesNowhere : leavesAsMany;
  };
}

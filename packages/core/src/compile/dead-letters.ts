import type { TopologyPlan } from '../plan/topology-plan.ts';
import type { Columns, Header } from '../record/columns.ts';
import type { Failure } from '../record/failure.ts';
import { defaultPort, type NodeId, type Split } from '../record/record-batch.ts';
import { withoutRoutes } from '../record/route-headers.ts';
import type { TaskBatch } from '../record/task-batch.ts';
import { interpretStage, type ExitRows, type StageInterpreter } from '../stage/interpreter.ts';
import { Counters } from '../telemetry/counters.ts';

/** Makes dead letters of rows that a sink refused: the selected rows of `batch`, whose keys and values are the sink's bytes. The result is a new handle. */
export type DeadLetterMaker = (sink: NodeId, batch: TaskBatch, failures: readonly (Failure | null)[]) => TaskBatch;

/** Builds the maker of dead letters for refused deliveries. */
export function deadLetterMaker(
  plan: TopologyPlan,
  origin: (split: Split) => { topic: string | null; partition: number | null },
): DeadLetterMaker {
  const target = plan.graph.run.deadLetter === null ? undefined : plan.sinks.get(plan.graph.run.deadLetter);
  const as = target?.value.codec === 'json' ? 'envelope' : 'bytes';
  const interpreters = new Map<NodeId, StageInterpreter>();
  const interpreterOf = (sink: NodeId): StageInterpreter => {
    let interpreter = interpreters.get(sink);
    if (interpreter === undefined) {
      const nodes = { [sink]: { ops: [], ports: { [defaultPort]: [0] }, onError: 'fail' as const } };
      interpreter = interpretStage(
        { head: sink, exits: 1, nodes },
        {
          topology: plan.graph.name,
          decodeKey: null,
          decodeValue: null,
          exits: [{ kind: 'deadLetter', as, key: null, value: (value) => value as Uint8Array }],
          parameters: {},
          origin,
        },
      );
      interpreters.set(sink, interpreter);
    }
    return interpreter;
  };
  return (sink, batch, failures) => {
    const failed = batch.derive(ownColumns(batch), batch.ordinals, failures, 0);
    const rows = failed.view(batch.selection);
    failed.release();
    // What is counted here was counted when the sink refused it.
    const [letters] = interpreterOf(sink).run(rows, 0, rows.rows, new Counters()) as [ExitRows];
    const result = rows.derive(letters.columns, letters.ordinals, letters.failures, letters.bytes);
    rows.release();
    return result;
  };
}

/** Where a sink was told to put a record is no business of its letter. */
function ownColumns(batch: TaskBatch): Columns {
  const { count, offsets, timestamps, keys, values, headers } = batch;
  if (headers.kind === 'bytes') return batch;
  const items = headers.items.map((item) => withoutRoutes(item as readonly Header[] | null));
  return { count, offsets, timestamps, keys, values, headers: { kind: 'objects', items } };
}

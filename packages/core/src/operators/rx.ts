import { Type } from '../component/option-type.ts';
import { map, type OperatorFunction, type SchedulerLike } from 'rxjs';
import type { SchemaValue } from '../component/author/schema-value.ts';
import { streamOperator, type OperatorExtras, type StreamOperator } from '../component/author/stream.ts';
import { useOf, type WrittenFunction } from '../component/author/written.ts';
import type { Clock } from '../component/clock.ts';
import { defineOperator } from '../component/define.ts';
import type { AsyncNode } from '../component/operator.ts';
import { functionOption, schemaOption } from '../component/option-schemas.ts';
import type { NewRecord } from '../component/record-view.ts';
import type { AnyFunction } from '../component/user-function.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import type { RecordBatch } from '../record/record-batch.ts';
import { clockScheduler } from './clock-scheduler.ts';

/** Makes an operator of RxJS on batches. It is called once per epoch: at its end the input completes, and the epoch waits for the output. */
export type RxFunction = (context: {
  /** Goes by the clock of the run, so that tests can move its time. */
  readonly scheduler: SchedulerLike;
  /** Makes a batch of new records. */
  readonly batch: (records: Iterable<NewRecord>) => RecordBatch;
}) => OperatorFunction<RecordBatch, RecordBatch>;

/** Sends batches through an operator of RxJS. */
export const rxOperator = defineOperator({
  type: 'rx',
  summary:
    'Sends batches through an operator of RxJS, subscribed once per epoch; what does not come out is counted as "rx".',
  options: Type.Object(
    {
      $use: functionOption('A function that returns the operator, as "./file.ts#export".'),
      output: Type.Optional(
        schemaOption('The schema of the records that come out; that of the records that go in unless written.'),
      ),
    },
    { additionalProperties: false },
  ),
  examples: [{ summary: 'An operator of RxJS that passes batches on in groups', options: { $use: './rx.ts#grouped' } }],
  ports: () => [{ port: 'out', quiet: false }],
  infer({ output }, input, context) {
    const value = output === undefined ? input.value : context.schema(['output'], output);
    if (value === null) return null;
    return {
      out: { ...input, value, kind: 'stream', partitionedBy: 'unknown', ordered: false },
    };
  },
  traits: () => ({ key: 'changes', order: 'loses', holds: 'epoch', deterministic: false, stores: [] }),
  create({ $use }, { clock, node }): AsyncNode {
    return (input, run) => {
      const operator = callOf($use.bound(), clock, (records) => run.batch('out', records));
      if (typeof operator !== 'function')
        throw new HeadraceError('NODE_FAILED', `The function of node "${node}" returned no operator of RxJS.`, {
          place: { node },
        });
      return input.pipe(
        operator as OperatorFunction<RecordBatch, RecordBatch>,
        map((batch) => ({ port: 'out', batch })),
      );
    };
  },
});

function callOf(use: AnyFunction, clock: Clock, batch: (records: Iterable<NewRecord>) => RecordBatch): unknown {
  return (use as unknown as RxFunction)({ scheduler: clockScheduler(clock), batch });
}

/** Sends batches through an operator of RxJS in a TypeScript topology; `output` says what comes out, what goes in unless written. */
export function rx<V, const S = undefined>(
  id: string,
  use: WrittenFunction<RxFunction>,
  options: OperatorExtras & { readonly output?: S } = {},
): StreamOperator<V, { readonly out: S extends undefined ? V : SchemaValue<S>; readonly error: V }> {
  return streamOperator(rx, 'rx', id, { ...options, ...useOf(use) });
}

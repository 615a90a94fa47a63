import { defineOperator, durationOption, parseDuration, type RecordBatch, Type } from '@headrace/core';
import { concatMap, Observable } from 'rxjs';

/** Lets a pause pass before each batch. */
export const spaced = defineOperator({
  type: 'spaced',
  summary: 'Waits before it passes each batch on, so that what comes behind has time to breathe.',
  options: Type.Object({ pause: durationOption('How long it waits.') }, { additionalProperties: false }),
  examples: [{ summary: 'A tenth of a second', options: { pause: '100ms' } }],
  ports: () => [{ port: 'out', quiet: false }],
  infer: (_options, input) => ({ out: input }),
  traits: () => ({ key: 'keeps', order: 'keeps', holds: 'nothing', deterministic: true, stores: [] }),
  create({ pause }, { clock }) {
    const ms = parseDuration(pause) ?? 0;
    const later = (batch: RecordBatch) =>
      new Observable<{ port: string; batch: RecordBatch }>((subscriber) =>
        // What `after` returns cancels the timer: RxJS calls it when nobody waits any more.
        clock.after(ms, () => {
          subscriber.next({ port: 'out', batch });
          subscriber.complete();
        }),
      );
    return (input) => input.pipe(concatMap(later));
  },
});

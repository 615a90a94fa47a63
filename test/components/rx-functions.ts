import {
  bufferCount,
  bufferTime,
  debounceTime,
  filter,
  from,
  map,
  mergeMap,
  NEVER,
  concat,
  switchMap,
  timer,
} from 'rxjs';
import { recordsOf, type RxFunction } from '@headrace/core';

interface Numbered {
  readonly n: number;
}

export const grouped: RxFunction = () => (batches) =>
  batches.pipe(
    bufferCount(7),
    mergeMap((group) => from(group)),
  );

/** Sums up what came within a time. */
export const sums: RxFunction =
  ({ scheduler, batch }) =>
  (batches) =>
    batches.pipe(
      bufferTime(1000, scheduler),
      filter((group) => group.length > 0),
      map((group) => {
        const numbers = group.flatMap((each) => [...recordsOf<Numbered>(each)].map(({ value }) => value.n));
        return batch([{ value: { sum: numbers.reduce((sum, n) => sum + n, 0) } }]);
      }),
    );

export const wrongSums: RxFunction =
  ({ batch }) =>
  (batches) =>
    batches.pipe(map(() => batch([{ value: { sum: 'x' } }])));
export const debounced: RxFunction = () => (batches) => batches.pipe(debounceTime(2));
export const switched: RxFunction = () => (batches) =>
  batches.pipe(switchMap((each) => timer(1).pipe(map(() => each))));
export const endless: RxFunction = () => (batches) => concat(batches, NEVER);
export const failing: RxFunction = () => (batches) =>
  batches.pipe(
    map((each) => {
      for (const { value } of recordsOf<Numbered>(each)) if (value.n === 20_000) throw new Error('twenty thousand');
      return each;
    }),
  );

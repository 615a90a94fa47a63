import type { ProcessFunction } from '@headrace/core';

/** What a sensor sends: samples since a time, and their sum to check them by. */
export interface Frame {
  readonly sensor: string;
  readonly frame: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly samples: readonly { readonly afterMs: number; readonly value: number }[];
  readonly sum: number;
}

const longestPauseMs = 5000;

/** Unpacks a frame: a reading for each sample, and a note on the port "gaps" for each long pause. A wrong sum fails the record. */
export const unpack: ProcessFunction<Frame> = ({ sensor, startedAt, samples, sum }, _record, emit) => {
  const found = samples.reduce((total, { value }) => total + value, 0);
  if (found !== sum) throw new Error('The sum of the samples is not what the frame says.');
  let last = startedAt;
  for (const { afterMs, value } of samples) {
    const at = startedAt + afterMs;
    if (at - last > longestPauseMs)
      emit({ value: { sensor, from: last, seconds: (at - last) / 1000 }, timestamp: at }, 'gaps');
    emit({ value: { sensor, at, value }, timestamp: at });
    last = at;
  }
};

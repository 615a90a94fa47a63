import { HeadraceError, type TopicPartition } from '@headrace/core';

/** Makes the error of a position that does not exist. */
export function outOfRange(split: TopicPartition, offset: number, low: number, high?: number): HeadraceError {
  const holds = high === undefined ? `begins at ${low}` : `holds ${low} to ${high}`;
  return new HeadraceError(
    'OFFSET_OUT_OF_RANGE',
    `Offset ${offset} of "${split}" does not exist: the partition ${holds}.`,
    { place: { split, offset } },
  );
}

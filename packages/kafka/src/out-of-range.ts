import { HeadraceError, type TopicPartition } from '@headrace/core';

/** A position that is not in a partition: where, what the partition holds, and what is known of the reason. */
export interface LostPosition {
  readonly split: TopicPartition;
  readonly offset: number;
  readonly low: number;
  readonly high: number;
  /** Where a new leader has cut the log off; null where nobody says that it has. */
  readonly cutAt?: number | null;
}

/** Makes the error of a position that does not exist. */
export function outOfRange({ split, offset, low, high, cutAt = null }: LostPosition): HeadraceError {
  const isInside = offset >= low && offset <= high;
  // The numbers alone would not tell: other records may stand at the offset by now.
  const why =
    cutAt !== null
      ? `a new leader has cut the log off at ${cutAt}, behind which stood records that were read`
      : isInside
        ? 'its leader does not know the records that were read before it, as after an unclean election'
        : null;
  return new HeadraceError(
    'OFFSET_OUT_OF_RANGE',
    `Offset ${offset} of "${split}" does not exist${isInside ? ' any more' : ''}: ${why === null ? '' : `${why}; `}the partition holds ${low} to ${high}.`,
    { place: { split, offset } },
  );
}

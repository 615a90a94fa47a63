import type { TopicPartition } from '@headrace/core';

/** From which offset on records were written under an epoch. */
export interface EpochStart {
  readonly from: number;
  readonly epoch: number;
}

/** A partition has a new leader now and then: whoever commits is never so many leaders behind what was read. */
const mostStarts = 64;

/**
 * The epochs of leaders under which the records before a position were written: with them a broker can tell whether the log, as it is
 * now, still holds what was read (KIP-320).
 */
export class PositionEpochs {
  readonly #starts = new Map<TopicPartition, EpochStart[]>();

  /** Takes that the record at an offset, and those behind it as far as nothing else is said, are of an epoch. */
  learn(partition: TopicPartition, { from, epoch }: EpochStart): void {
    if (epoch < 0) return;
    const starts = this.#starts.get(partition) ?? [];
    if (starts.findLast((start) => start.from <= from)?.epoch === epoch) return;
    // What is told later counts: the log may have been cut off, and written anew.
    const before = starts.filter((start) => start.from < from);
    this.#starts.set(partition, [...before, { from, epoch }].slice(-mostStarts));
  }

  /** Returns the epoch of the last record before a position; -1 where it is not known. */
  before(partition: TopicPartition, offset: number): number {
    return this.#starts.get(partition)?.findLast(({ from }) => from < offset)?.epoch ?? -1;
  }

  /** Forgets a partition whose offsets mean other records now. */
  forget(partition: TopicPartition): void {
    this.#starts.delete(partition);
  }
}

import type { TopicPartition } from '@headrace/core';
import type { Consumer } from 'kafkajs';
import { parseTopicPartition } from './topic-partition.ts';

/** The partitions of a member between two joins. kafkajs fetches none of them: all are paused. */
export class Assignment {
  readonly partitions: readonly TopicPartition[];
  readonly #owned: ReadonlySet<TopicPartition>;
  #isOver = false;

  constructor(partitions: readonly TopicPartition[], consumer: Pick<Consumer, 'pause'>) {
    this.partitions = partitions;
    this.#owned = new Set(partitions);
    for (const name of partitions) {
      const { topic, partition } = parseTopicPartition(name);
      consumer.pause([{ topic, partitions: [partition] }]);
    }
  }

  /** Tells whether a partition belongs to the member now. */
  owns(partition: TopicPartition): boolean {
    return !this.#isOver && this.#owned.has(partition);
  }

  /** Ends it: the partitions belong to nobody, or to somebody else. */
  end(): void {
    this.#isOver = true;
  }
}

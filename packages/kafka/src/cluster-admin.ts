import { HeadraceError } from '@headrace/core';
import type { Clock, TopicPartition } from '@headrace/core';
import type { Admin } from 'kafkajs';
import { kafkaError } from './errors.ts';
import { retryTransient } from './retry-transient.ts';
import { parseTopicPartition, topicPartition } from './topic-partition.ts';

/** Asks the cluster about topics and groups. */
export class ClusterAdmin {
  readonly #admin: Admin;
  readonly #clock: Clock;
  readonly #group: string;

  constructor(admin: Admin, clock: Clock, group: string) {
    this.#admin = admin;
    this.#clock = clock;
    this.#group = group;
  }

  /** Returns how many partitions a topic has; throws `UNKNOWN_TOPIC`. */
  async partitions(topic: string): Promise<number> {
    const { topics } = await this.#ask(`could not describe topic "${topic}"`, () =>
      this.#admin.fetchTopicMetadata({ topics: [topic] }),
    );
    const count = topics.find(({ name }) => name === topic)?.partitions.length ?? 0;
    if (count === 0) throw new HeadraceError('UNKNOWN_TOPIC', `Kafka has no topic "${topic}".`);
    return count;
  }

  /** Returns what the group has committed; partitions without a commit are absent. */
  async committed(
    partitions: readonly TopicPartition[],
  ): Promise<ReadonlyMap<TopicPartition, { offset: number; metadata: string }>> {
    const result = new Map<TopicPartition, { offset: number; metadata: string }>();
    if (partitions.length === 0) return result;
    const wanted = new Set(partitions);
    const topics = [...new Set(partitions.map((name) => parseTopicPartition(name).topic))];
    const answers = await this.#ask(`could not read the positions of group "${this.#group}"`, () =>
      this.#admin.fetchOffsets({ groupId: this.#group, topics }),
    );
    for (const { topic, partitions: committed } of answers) {
      for (const { partition, offset, metadata } of committed) {
        const name = topicPartition(topic, partition);
        if (!wanted.has(name) || Number(offset) === -1) continue;
        if (Number(offset) < 0) throw this.#resetByClient(name);
        result.set(name, { offset: Number(offset), metadata: metadata ?? '' });
      }
    }
    return result;
  }

  #ask<R>(what: string, question: () => Promise<R>): Promise<R> {
    return retryTransient(this.#clock, (thrown) => kafkaError(thrown, what), question);
  }

  // kafkajs commits "earliest" by itself when a fetch was out of range. The position that was there before is gone: going on from
  // anywhere would skip or repeat records that nobody counted.
  #resetByClient(name: TopicPartition): HeadraceError {
    return new HeadraceError(
      'OFFSET_OUT_OF_RANGE',
      `The position of group "${this.#group}" on "${name}" no longer existed and was reset by the client. ` +
        'Set the group to an offset from which it shall go on.',
      { place: { split: name } },
    );
  }
}

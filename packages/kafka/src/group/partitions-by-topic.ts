import type { TopicPartition } from '@headrace/core';
import { parseTopicPartition, topicPartition } from '../topic-partition.ts';

/** The partitions of one topic, as messages of groups carry them. */
export interface TopicPartitions {
  readonly topic: string;
  readonly partitions: readonly number[];
}

/** Arranges partitions by topic, in the order of names and numbers. */
export function partitionsByTopic(names: Iterable<TopicPartition>): { topic: string; partitions: number[] }[] {
  const byTopic = new Map<string, number[]>();
  for (const name of names) {
    const { topic, partition } = parseTopicPartition(name);
    const numbers = byTopic.get(topic);
    if (numbers === undefined) byTopic.set(topic, [partition]);
    else numbers.push(partition);
  }
  return [...byTopic]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([topic, partitions]) => ({ topic, partitions: partitions.sort((a, b) => a - b) }));
}

/** Names the partitions that are arranged by topic. */
export function partitionsOf(topics: readonly TopicPartitions[]): TopicPartition[] {
  return topics.flatMap(({ topic, partitions }) => partitions.map((partition) => topicPartition(topic, partition)));
}

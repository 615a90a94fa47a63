import { HeadraceError } from '@headrace/core';
import type { TopicPartition } from '@headrace/core';

/** Names a partition of a topic. */
export function topicPartition(topic: string, partition: number): TopicPartition {
  return `${topic}/${partition}`;
}

/** Splits `topic/number`. */
export function parseTopicPartition(name: TopicPartition): { topic: string; partition: number } {
  const slash = name.lastIndexOf('/');
  const partition = Number(name.slice(slash + 1));
  if (slash < 1 || slash === name.length - 1 || !Number.isInteger(partition) || partition < 0)
    throw new HeadraceError('UNKNOWN_TOPIC', `"${name}" is not the name of a partition.`);
  return { topic: name.slice(0, slash), partition };
}

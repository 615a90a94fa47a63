import { HeadraceError } from '@headrace/core';
import type { TopicPartition } from '@headrace/core';

/** Splits `topic/number`. */
export function parsePartition(partition: TopicPartition): { topic: string; number: number } {
  const at = partition.lastIndexOf('/');
  const number = Number(partition.slice(at + 1));
  if (at < 1 || !Number.isInteger(number) || number < 0)
    throw new HeadraceError('UNKNOWN_TOPIC', `"${partition}" is not the name of a partition.`);
  return { topic: partition.slice(0, at), number };
}

/** Orders partitions by topic, then by number. */
export function comparePartitions(left: TopicPartition, right: TopicPartition): number {
  const a = parsePartition(left);
  const b = parsePartition(right);
  if (a.topic !== b.topic) return a.topic < b.topic ? -1 : 1;
  return a.number - b.number;
}

import { Refusal } from '../refusal.ts';
import type { TopicTable } from '../topics/topic-table.ts';
import type { Partition } from '../topics/topic.ts';
import type { Nodes } from './nodes.ts';

/** Gives partitions that a node led, or that nobody leads, to the first of their nodes that is up. */
export function reassignLeaders(topics: TopicTable, nodes: Nodes): void {
  for (const { partitions } of topics.all())
    for (const partition of partitions)
      if (!nodes.isUp(partition.leader)) lead(partition, partition.replicas.find((node) => nodes.isUp(node)) ?? -1);
}

/** Makes a node the leader of a partition; it must be one of the partition's nodes, and up. */
export function moveLeader(topics: TopicTable, nodes: Nodes, topic: string, index: number, node: number): void {
  const partition = topics.get(topic)?.partitions[index];
  if (partition === undefined)
    throw new Refusal('UNKNOWN_TOPIC_OR_PARTITION', `There is no partition ${index} of "${topic}".`);
  if (!partition.replicas.includes(node) || !nodes.isUp(node))
    throw new Refusal('INELIGIBLE_REPLICA', `Node ${node} cannot lead partition ${index} of "${topic}".`);
  lead(partition, node);
}

/** Each change begins an epoch. Readers that wait learn that they ask the wrong node. */
function lead(partition: Partition, node: number): void {
  if (partition.leader === node) return;
  partition.leader = node;
  if (node >= 0) partition.leaderEpoch += 1;
  partition.log.wake();
}

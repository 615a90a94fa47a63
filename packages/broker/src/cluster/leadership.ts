import { Refusal } from '../refusal.ts';
import type { TopicTable } from '../topics/topic-table.ts';
import type { Partition } from '../topics/topic.ts';
import type { Nodes } from './nodes.ts';

/** Gives partitions that a node led, or that nobody leads, to the first of their nodes that is up. */
export function reassignLeaders(topics: TopicTable, nodes: Nodes): void {
  for (const topic of topics.all()) {
    const leaderless = topic.partitions.filter(({ leader }) => !nodes.isUp(leader));
    for (const partition of leaderless) lead(partition, partition.replicas.find((node) => nodes.isUp(node)) ?? -1);
    if (leaderless.length > 0) topics.leadersChanged(topic);
  }
}

/** Makes a node the leader of a partition; it must be one of the partition's nodes, and up. */
export function moveLeader(topics: TopicTable, nodes: Nodes, name: string, index: number, node: number): void {
  const topic = topics.get(name);
  const partition = topic?.partitions[index];
  if (topic === undefined || partition === undefined)
    throw new Refusal('UNKNOWN_TOPIC_OR_PARTITION', `There is no partition ${index} of "${name}".`);
  if (!partition.replicas.includes(node) || !nodes.isUp(node))
    throw new Refusal('INELIGIBLE_REPLICA', `Node ${node} cannot lead partition ${index} of "${name}".`);
  lead(partition, node);
  topics.leadersChanged(topic);
}

/** Each change begins an epoch. Readers that wait learn that they ask the wrong node. */
function lead(partition: Partition, node: number): void {
  if (partition.leader === node) return;
  partition.leader = node;
  if (node >= 0) partition.leaderEpoch += 1;
  partition.log.wake();
}

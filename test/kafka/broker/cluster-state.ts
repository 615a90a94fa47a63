import { withAdmin } from '../topics.ts';
import { waitUntil } from '../wait-until.ts';

const offsetsTopic = '__consumer_offsets';
/** As `offsets.topic.num.partitions` of `properties.ts` says. */
const offsetsPartitions = 4;

/** Where the replicas of a partition are; node numbers. */
export interface PartitionState {
  readonly topic: string;
  readonly partition: number;
  /** -1 where there is none. */
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly inSync: readonly number[];
}

/** Asks the cluster where the partitions of topics are. */
export async function partitionStates(bootstrap: string, topics: readonly string[]): Promise<PartitionState[]> {
  return withAdmin(bootstrap, async (admin) => {
    const described = await admin.fetchTopicMetadata({ topics: [...topics] });
    return described.topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionId, leader, replicas, isr }) => ({
        topic: name,
        partition: partitionId,
        leader,
        replicas,
        inSync: isr,
      })),
    );
  });
}

/** Returns the number of the node that leads a partition; rejects while there is none. */
export async function leaderOf(bootstrap: string, topic: string, partition: number): Promise<number> {
  const states = await partitionStates(bootstrap, [topic]);
  const leader = states.find((state) => state.partition === partition)?.leader ?? -1;
  if (leader < 0) throw new Error(`Partition ${partition} of "${topic}" has no leader.`);
  return leader;
}

/** Returns the number of the node that coordinates a group: the leader of the partition to which the group's name hashes. */
export function coordinatorOf(bootstrap: string, group: string): Promise<number> {
  return leaderOf(bootstrap, offsetsTopic, offsetsPartitionOf(group));
}

/** Returns the partition of Kafka's own topic that keeps a group: Java's hash of the name, without its sign. */
export function offsetsPartitionOf(group: string): number {
  let hash = 0;
  for (let at = 0; at < group.length; at++) hash = (Math.imul(31, hash) + group.charCodeAt(at)) | 0;
  return (hash & 0x7f_ff_ff_ff) % offsetsPartitions;
}

/** Waits until all replicas of topics are in sync and every node knows the same leaders: the next fault then finds the cluster whole. */
export async function waitForAllInSync(bootstrap: string, topics: readonly string[]): Promise<void> {
  await waitUntil(
    async () => {
      const views = await Promise.all(bootstrap.split(',').map((address) => partitionStates(address, topics)));
      return views.flatMap((view) =>
        view.filter(({ topic, partition, leader, replicas, inSync }) => {
          const isKnown = views.every((other) =>
            other.some((state) => state.topic === topic && state.partition === partition && state.leader === leader),
          );
          return leader < 0 || inSync.length < replicas.length || !isKnown;
        }),
      );
    },
    (behind) => behind.length === 0,
    { what: `all replicas of ${topics.join(', ')} are in sync`, deadlineMs: 120_000, intervalMs: 200 },
  );
}

import type { TopicPartition, TopologyHashes } from '@headrace/core';
import { consumerProtocolSubscription, readData, writeData } from '@headrace/protocol';
import { partitionsByTopic, partitionsOf } from './partitions-by-topic.ts';
import { readUserData, writeUserData } from './user-data.ts';

/** What a member tells the others when it joins. */
export interface MemberMetadata {
  readonly topics: readonly string[];
  /** What it owns, and must not be given to anybody else before it has given it back. */
  readonly owned: readonly TopicPartition[];
  /** The generation in which that was assigned; -1 for none. */
  readonly generation: number;
  readonly topology: TopologyHashes | null;
}

/** Writes the bytes of a JoinGroup: the consumer protocol's subscription in version 3, the hashes of the topology as its user data. */
export function writeMemberMetadata({ topics, owned, generation, topology }: MemberMetadata): Buffer {
  return writeData(consumerProtocolSubscription, 3, {
    topics: topics.toSorted(),
    userData: writeUserData({ ...topology }),
    ownedPartitions: partitionsByTopic(owned),
    generationId: generation,
  });
}

/** Reads what a member said of itself; null where it did not say it as Headrace does. */
export function readMemberMetadata(bytes: Uint8Array): MemberMetadata | null {
  try {
    const { value } = readData(consumerProtocolSubscription, bytes);
    const own = readUserData(value.userData);
    if (own === null) return null;
    const { shape, content } = own;
    const topology = typeof shape === 'string' && typeof content === 'string' ? { shape, content } : null;
    const owned = partitionsOf(value.ownedPartitions ?? []);
    return { topics: value.topics, owned, generation: value.generationId ?? -1, topology };
  } catch {
    return null;
  }
}

import type { PartitionLog } from '../log/partition-log.ts';
import type { TopicConfig } from './topic-config.ts';

/** A partition: its log and who leads it. */
export interface Partition {
  readonly index: number;
  readonly log: PartitionLog;
  /** The nodes that may lead it, the preferred first. */
  readonly replicas: readonly number[];
  /** -1 while no node that may lead it is up. */
  leader: number;
  leaderEpoch: number;
}

/** A topic and its partitions. */
export interface Topic {
  readonly name: string;
  /** 16 bytes in base64url. */
  readonly id: string;
  readonly config: TopicConfig;
  readonly partitions: Partition[];
}

/** What is kept of a topic beside its batches, so that a restart knows it. */
export interface KeptTopic {
  readonly name: string;
  readonly id: string;
  readonly config: Readonly<Record<string, string>>;
  /** The nodes of each partition. */
  readonly replicas: readonly (readonly number[])[];
  readonly leaderEpochs: readonly number[];
}

/** Returns what is kept of a topic. */
export function keptTopic({ name, id, config, partitions }: Topic): KeptTopic {
  return {
    name,
    id,
    config: Object.fromEntries(config.own),
    replicas: partitions.map(({ replicas }) => replicas),
    leaderEpochs: partitions.map(({ leaderEpoch }) => leaderEpoch),
  };
}

/** Returns whether a topic is Kafka's own. */
export function isInternalTopic(name: string): boolean {
  return name === '__consumer_offsets' || name === '__transaction_state';
}

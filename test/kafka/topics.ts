import { randomUUID } from 'node:crypto';
import type { Admin } from 'kafkajs';
import { foreignClient } from './foreign-client.ts';
import { highWatermarks } from './high-watermarks.ts';
import { waitUntil } from './wait-until.ts';

/** What may be chosen about a topic. */
export interface TopicOptions {
  /** Default: 1. */
  readonly partitions?: number;
  /** On how many nodes each partition is. Default: 1. */
  readonly replicas?: number;
  /** Kafka's topic configuration, such as `{ 'cleanup.policy': 'compact' }`. */
  readonly config?: Readonly<Record<string, string>>;
}

/** The offsets between which a partition has records. */
export interface PartitionRange {
  readonly partition: number;
  readonly start: number;
  /** Where a reader of committed records stops: at the first open transaction, or at the end. */
  readonly stableEnd: number;
  /** The offset that the next record will get. */
  readonly end: number;
}

/** Makes a name that no other test has, for topics, groups and transactional ids: `orders-1f0c2a9b`. */
export function uniqueName(hint: string): string {
  return `${hint}-${randomUUID().slice(0, 8)}`;
}

/** Creates a topic with a unique name that begins with `hint`, and returns the name. */
export async function createTopic(bootstrap: string, hint: string, options: TopicOptions = {}): Promise<string> {
  const topic = uniqueName(hint);
  await createTopics(bootstrap, { [topic]: options });
  return topic;
}

/**
 * Creates topics of exactly these names and waits until every partition is served, which is some time after the metadata says
 * so. Rejects when one of them exists.
 */
export async function createTopics(bootstrap: string, topics: Readonly<Record<string, TopicOptions>>): Promise<void> {
  await withAdmin(bootstrap, async (admin) => {
    const created = await admin.createTopics({
      // The metadata does not know at once what was made: kafkajs would give up.
      waitForLeaders: false,
      topics: Object.entries(topics).map(([topic, { partitions = 1, replicas = 1, config = {} }]) => ({
        topic,
        numPartitions: partitions,
        replicationFactor: replicas,
        configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
      })),
    });
    if (!created) throw new Error(`One of these topics exists already: ${Object.keys(topics).join(', ')}.`);
  });
  for (const [topic, { partitions = 1 }] of Object.entries(topics)) {
    const numbers = Array.from({ length: partitions }, (_, partition) => partition);
    await waitUntil(
      () => highWatermarks(bootstrap, topic, numbers),
      (offsets) => offsets.size === partitions,
      { what: `topic "${topic}" is served` },
    );
  }
}

/** Returns where each partition of a topic begins and ends now, by partition. */
export async function partitionRanges(bootstrap: string, topic: string): Promise<PartitionRange[]> {
  return withAdmin(bootstrap, async (admin) => {
    const offsets = await admin.fetchTopicOffsets(topic);
    const partitions = offsets.map(({ partition }) => partition);
    const ends = await highWatermarks(bootstrap, topic, partitions);
    return offsets
      .map(({ partition, low, high }) => {
        const stableEnd = Number(high);
        return { partition, start: Number(low), stableEnd, end: ends.get(partition) ?? stableEnd };
      })
      .sort((a, b) => a.partition - b.partition);
  });
}

/** Connects a kafkajs Admin for the duration of `use`. */
export async function withAdmin<R>(bootstrap: string, use: (admin: Admin) => Promise<R>): Promise<R> {
  const admin = foreignClient(bootstrap).admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

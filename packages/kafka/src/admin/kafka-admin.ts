import { HeadraceError, type Clock, type StartAt, type TopicPartition } from '@headrace/core';
import { Cluster } from '../cluster/cluster.ts';
import { OffsetLookup } from '../cluster/offset-lookup.ts';
import { defaultTuning } from '../log-options.ts';
import type { SaslOptions } from '../network/sasl/sasl-options.ts';
import { SocketConnections } from '../network/socket-connections.ts';
import type { TlsOptions } from '../network/tls-options.ts';
import { parseTopicPartition, topicPartition } from '../topic-partition.ts';
import { GroupAdministration } from './group-administration.ts';
import { TopicAdministration } from './topic-administration.ts';

/** Where and how to connect; the same as for a Log. */
export interface KafkaAdminOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly tls?: TlsOptions;
  readonly sasl?: SaslOptions;
  readonly clock: Clock;
}

const maxFrameBytes = 64 << 20;
/** How many questions about partitions are under way at once. */
const atOnce = 50;

/** Asks a cluster about topics and groups and changes them, over connections of our own, so that who may connect is the same as in a run. */
export class KafkaAdmin {
  readonly topics: TopicAdministration;
  readonly groups: GroupAdministration;
  readonly #cluster: Cluster;
  readonly #offsets: OffsetLookup;

  private constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.topics = new TopicAdministration(cluster);
    this.groups = new GroupAdministration(cluster);
    this.#offsets = new OffsetLookup(cluster, false);
  }

  /** Connects. Fails with the codes of connections: KAFKA_UNAVAILABLE, KAFKA_LOGIN_REFUSED, KAFKA_TLS_FAILED, KAFKA_PASSWORD_UNPROTECTED. */
  static async connect({ tls, sasl, ...options }: KafkaAdminOptions): Promise<KafkaAdmin> {
    const { connectTimeoutMs, requestTimeoutMs } = defaultTuning;
    const connections = new SocketConnections({
      ...options,
      tls: tls ?? null,
      sasl: sasl ?? null,
      connectTimeoutMs,
      maxFrameBytes,
    });
    const admin = new KafkaAdmin(new Cluster({ connections, clock: options.clock, requestTimeoutMs }));
    try {
      await admin.topics.brokers();
    } catch (error) {
      await admin.close();
      throw error;
    }
    return admin;
  }

  /** Lists the partitions of a topic. Fails with UNKNOWN_TOPIC, and with KAFKA_NOT_ALLOWED. */
  async partitions(topic: string): Promise<readonly TopicPartition[]> {
    const { partitions } = await this.#cluster.topic(topic);
    return partitions.map((_, number) => topicPartition(topic, number));
  }

  /** Says for each partition which offset a place is now. An instant is that of the first record at or after it, else the end. */
  async offsets(
    partitions: readonly TopicPartition[],
    at: Exclude<StartAt, number>,
  ): Promise<ReadonlyMap<TopicPartition, number>> {
    return forEach(partitions, async (name) => {
      const { topic, partition } = parseTopicPartition(name);
      if (typeof at === 'object') return this.#offsets.at(topic, partition, at.timestamp);
      const { low, high } = await this.#offsets.range(topic, partition);
      return at === 'earliest' ? low : high;
    });
  }

  /** Says where each partition begins and ends now. */
  async ranges(
    partitions: readonly TopicPartition[],
  ): Promise<ReadonlyMap<TopicPartition, { readonly low: number; readonly high: number }>> {
    return forEach(partitions, (name) => {
      const { topic, partition } = parseTopicPartition(name);
      return this.#offsets.range(topic, partition);
    });
  }

  /** Waits until every partition of a topic that was just made has a leader. Fails with KAFKA_UNAVAILABLE after a while. */
  async served(topic: string): Promise<void> {
    const { clock } = this.#cluster;
    const { requestTimeoutMs } = defaultTuning;
    for (const deadline = clock.monotonic() + requestTimeoutMs; clock.monotonic() < deadline;) {
      const found = (await this.topics.find([topic])).get(topic);
      if (found?.state === 'refused' || (found?.state === 'there' && found.isServed)) return;
      await new Promise<void>((resolve) => void clock.after(100, resolve));
    }
    throw new HeadraceError('KAFKA_UNAVAILABLE', `Topic "${topic}" is made, and no broker serves it yet.`, {
      retryable: true,
    });
  }

  async close(): Promise<void> {
    await this.#cluster.connections.close();
  }
}

async function forEach<R>(
  partitions: readonly TopicPartition[],
  ask: (name: TopicPartition) => Promise<R>,
): Promise<ReadonlyMap<TopicPartition, R>> {
  const answers = new Map<TopicPartition, R>();
  for (let from = 0; from < partitions.length; from += atOnce) {
    const some = partitions.slice(from, from + atOnce);
    const given = await Promise.all(some.map(ask));
    for (const [i, name] of some.entries()) answers.set(name, given[i] as R);
  }
  return answers;
}

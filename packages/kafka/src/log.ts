import { HeadraceError } from '@headrace/core';
import type {
  AppendOptions,
  Columns,
  GroupListener,
  Log,
  Membership,
  ReaderOptions,
  Refusal,
  StartAt,
  TopicPartition,
} from '@headrace/core';
import type { Admin } from 'kafkajs';
import { GroupAdministration } from './admin/group-administration.ts';
import { createClient } from './client.ts';
import { ClusterAdmin } from './cluster-admin.ts';
import { Cluster } from './cluster/cluster.ts';
import { namingRight, withRight } from './cluster/not-allowed.ts';
import { OffsetLookup } from './cluster/offset-lookup.ts';
import { compressions } from './compression/compressions.ts';
import { kafkaError } from './errors.ts';
import { Fetcher } from './fetch/fetcher.ts';
import { GroupMember } from './group-member.ts';
import { defaultTuning } from './log-options.ts';
import type { KafkaLogOptions, KafkaTuning } from './log-options.ts';
import { PartitionReader } from './partition-reader.ts';
import { SocketConnections } from './network/socket-connections.ts';
import { Producer } from './produce/producer.ts';
import { within } from './within.ts';

/** Larger than any answer that is asked for. */
const maxFrameBytes = 256 << 20;
/** What one request asks for: a few partitions at once. */
const maxRequestBytes = 8 << 20;
/** The most that a compressed batch may become. */
const maxExpandedBytes = 128 << 20;

/** What a Log stands on. */
interface DataPlane {
  readonly connections: SocketConnections;
  readonly cluster: Cluster;
  readonly producer: Producer;
  readonly fetcher: Fetcher;
}

/**
 * Connects to Kafka: at-least-once, without transactions. Reading needs no membership in a group. All members must join for the same
 * topics: kafkajs divides without asking who wants what. Promises of kafkajs that nobody holds can reject when a request times out: a
 * process that uses this Log needs a handler of `unhandledRejection` that ends it with a message.
 */
export async function createKafkaLog(options: KafkaLogOptions): Promise<Log> {
  const client = createClient(options);
  const admin = client.admin({ retry: { retries: 3 } });
  const plane = openDataPlane(options);
  const log = new KafkaLog(options, admin, plane);
  try {
    await plane.connections.versions('any', 'metadata');
    await admin.connect();
  } catch (error) {
    await log.close();
    throw kafkaError(error, `at ${options.brokers.join(', ')} could not be connected`);
  }
  return log;
}

function openDataPlane(options: KafkaLogOptions): DataPlane {
  const tuning = { ...defaultTuning, ...options.tuning };
  const { connectTimeoutMs, requestTimeoutMs, deliveryTimeoutMs, maxWaitMs, maxFetchBytes, maxBufferedBytes } = tuning;
  const { brokers, clientId, clock, logger, tls = null, sasl = null } = options;
  const connections = new SocketConnections({ brokers, clientId, tls, sasl, clock, connectTimeoutMs, maxFrameBytes });
  const cluster = new Cluster({ connections, clock, requestTimeoutMs });
  const producer = new Producer({ cluster, compressions, requestTimeoutMs, deliveryTimeoutMs });
  const fetcher = new Fetcher({
    cluster,
    compressions,
    maxWaitMs,
    maxPartitionBytes: maxFetchBytes,
    maxRequestBytes,
    maxBufferedBytes,
    maxExpandedBytes,
    requestTimeoutMs,
    ...(logger === undefined ? {} : { logger }),
  });
  return { connections, cluster, producer, fetcher };
}

class KafkaLog implements Log {
  readonly #options: KafkaLogOptions;
  readonly #tuning: KafkaTuning;
  readonly #client: Admin;
  readonly #plane: DataPlane;
  readonly #admin: ClusterAdmin;
  readonly #members = new Set<GroupMember>();
  readonly #readers = new Set<PartitionReader>();
  readonly #ends = new Map<TopicPartition, number>();
  #closed = false;

  constructor(options: KafkaLogOptions, admin: Admin, plane: DataPlane) {
    this.#options = options;
    this.#tuning = { ...defaultTuning, ...options.tuning };
    this.#client = admin;
    this.#plane = plane;
    this.#admin = new ClusterAdmin(admin, options.clock, options.group);
  }

  async join(topics: readonly string[] | RegExp, on: GroupListener): Promise<Membership> {
    this.#check();
    // kafkajs would try again for seconds before it said which topic there is not.
    if (!(topics instanceof RegExp)) await Promise.all(topics.map((topic) => this.partitions(topic)));
    // Of a group that may not be read it says only that its coordinator is not found.
    await new GroupAdministration(this.#plane.cluster).describe(this.#options.group);
    const { group, clock, logger } = this.#options;
    const tuning = this.#tuning;
    const consumer = createClient(this.#options).consumer({
      groupId: group,
      sessionTimeout: tuning.sessionTimeoutMs,
      rebalanceTimeout: tuning.rebalanceTimeoutMs,
      heartbeatInterval: tuning.heartbeatMs,
      maxWaitTimeInMs: tuning.maxWaitMs,
      maxBytesPerPartition: tuning.maxFetchBytes,
      allowAutoTopicCreation: false,
    });
    const listener: GroupListener = {
      assigned: (partitions) => on.assigned(partitions),
      revoking: (partitions, signal) => on.revoking(partitions, signal),
      lost: (partitions) => on.lost(partitions),
      failed: (error) => on.failed(namingRight(error, this.#ofGroup)),
    };
    const joining = GroupMember.join(topics, listener, { group, consumer, clock, tuning, logger });
    const member = await withRight(this.#ofGroup, joining);
    this.#members.add(member);
    return member;
  }

  async partitions(topic: string, use: 'read' | 'write' = 'read'): Promise<number> {
    this.#check();
    const right = `${use === 'read' ? 'Read' : 'Write'} on topic "${topic}"`;
    return withRight(right, this.#admin.partitions(topic));
  }

  async committed(
    partitions: readonly TopicPartition[],
  ): Promise<ReadonlyMap<TopicPartition, { offset: number; metadata: string }>> {
    this.#check();
    return withRight(this.#ofGroup, this.#admin.committed(partitions));
  }

  reader(partition: TopicPartition, at: StartAt, options: ReaderOptions = {}): PartitionReader {
    this.#check();
    const { clock, bounded = false } = this.#options;
    const { cluster, fetcher } = this.#plane;
    const reader = new PartitionReader({
      partition,
      start: at,
      options,
      clock,
      fetcher,
      offsets: new OffsetLookup(cluster, options.uncommitted !== true),
      end: bounded ? (ask) => this.#endOf(partition, ask) : null,
      closed: () => this.#readers.delete(reader),
    });
    this.#readers.add(reader);
    return reader;
  }

  async append(
    topic: string,
    partitions: Int32Array,
    records: Columns,
    options: AppendOptions = {},
  ): Promise<readonly Refusal[]> {
    this.#check();
    return this.#plane.producer.append(topic, partitions, records, options);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all([...this.#readers].map((reader) => reader.close()));
    await Promise.all([...this.#members].map((member) => member.leave()));
    const { clock, logger } = this.#options;
    this.#plane.producer.close();
    this.#plane.fetcher.stop();
    await this.#plane.connections.close();
    try {
      await within(clock, this.#tuning.disconnectTimeoutMs, this.#client.disconnect());
    } catch (error) {
      logger?.('warn', 'A connection to Kafka was not closed in order.', { error });
    }
  }

  /** A partition that is opened again ends where it ended the first time. */
  async #endOf(partition: TopicPartition, ask: () => Promise<number>): Promise<number> {
    const end = this.#ends.get(partition) ?? (await ask());
    this.#ends.set(partition, end);
    return end;
  }

  get #ofGroup(): string {
    return `Read on group "${this.#options.group}"`;
  }

  #check(): void {
    if (this.#closed) throw new HeadraceError('LOG_CLOSED', 'The connection to Kafka is closed.');
  }
}

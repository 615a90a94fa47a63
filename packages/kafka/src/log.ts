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
import { createClient } from './client.ts';
import { ClusterAdmin } from './cluster-admin.ts';
import { Cluster } from './cluster/cluster.ts';
import { compressions } from './compression/compressions.ts';
import { kafkaError } from './errors.ts';
import { GroupMember } from './group-member.ts';
import { defaultTuning } from './log-options.ts';
import type { KafkaLogOptions, KafkaTuning } from './log-options.ts';
import { PartitionReader } from './partition-reader.ts';
import { SocketConnections } from './network/socket-connections.ts';
import { Producer } from './produce/producer.ts';
import { within } from './within.ts';

/** Larger than any answer that is asked for. */
const maxFrameBytes = 256 << 20;

/**
 * Connects to Kafka: at-least-once, without transactions. It reads, through kafkajs, only partitions of the group that it has joined.
 * All its members must join for the same topics: kafkajs divides without asking who wants what. Headers come back sorted by name. Promises of kafkajs that nobody holds can reject when a request times out: a process that
 * uses this Log needs a handler of `unhandledRejection` that ends it with a message.
 */
export async function createKafkaLog(options: KafkaLogOptions): Promise<Log> {
  const client = createClient(options);
  const admin = client.admin({ retry: { retries: 3 } });
  const { connectTimeoutMs, requestTimeoutMs, deliveryTimeoutMs } = { ...defaultTuning, ...options.tuning };
  const { brokers, clientId, clock, tls = null, sasl = null } = options;
  const connections = new SocketConnections({ brokers, clientId, tls, sasl, clock, connectTimeoutMs, maxFrameBytes });
  const cluster = new Cluster({ connections, clock, requestTimeoutMs });
  const producer = new Producer({ cluster, compressions, requestTimeoutMs, deliveryTimeoutMs });
  const log = new KafkaLog(options, admin, connections, producer);
  try {
    await connections.versions('any', 'metadata');
    await admin.connect();
  } catch (error) {
    await log.close();
    throw kafkaError(error, `at ${options.brokers.join(', ')} could not be connected`);
  }
  return log;
}

class KafkaLog implements Log {
  readonly #options: KafkaLogOptions;
  readonly #tuning: KafkaTuning;
  readonly #client: Admin;
  readonly #connections: SocketConnections;
  readonly #admin: ClusterAdmin;
  readonly #producer: Producer;
  readonly #members = new Set<GroupMember>();
  readonly #readers = new Set<PartitionReader>();
  readonly #ends = new Map<TopicPartition, number>();
  #closed = false;

  constructor(options: KafkaLogOptions, admin: Admin, connections: SocketConnections, producer: Producer) {
    this.#options = options;
    this.#tuning = { ...defaultTuning, ...options.tuning };
    this.#client = admin;
    this.#connections = connections;
    this.#admin = new ClusterAdmin(admin, options.clock, options.group);
    this.#producer = producer;
  }

  async join(topics: readonly string[] | RegExp, on: GroupListener): Promise<Membership> {
    this.#check();
    // kafkajs would try again for seconds before it said which topic there is not.
    if (!(topics instanceof RegExp)) await Promise.all(topics.map((topic) => this.#admin.partitions(topic)));
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
    const member = await GroupMember.join(topics, on, {
      group,
      consumer,
      clock,
      tuning,
      logger,
      range: (partition) => this.#admin.range(partition),
    });
    this.#members.add(member);
    return member;
  }

  async partitions(topic: string): Promise<number> {
    this.#check();
    return this.#admin.partitions(topic);
  }

  async committed(
    partitions: readonly TopicPartition[],
  ): Promise<ReadonlyMap<TopicPartition, { offset: number; metadata: string }>> {
    this.#check();
    return this.#admin.committed(partitions);
  }

  reader(partition: TopicPartition, at: StartAt, options: ReaderOptions = {}): PartitionReader {
    this.#check();
    const { clock, logger } = this.#options;
    const owners = [...this.#members].map((member) => member.assignmentOf(partition));
    const assignment = owners.find((owner) => owner !== null) ?? null;
    if (assignment === null) logger?.('warn', `Partition "${partition}" is opened, but is not ours.`, {});
    const reader = new PartitionReader({
      partition,
      start: at,
      options,
      clock,
      admin: this.#admin,
      assignment,
      endOf: (name, high) => this.#endOf(name, high),
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
    return this.#producer.append(topic, partitions, records, options);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all([...this.#readers].map((reader) => reader.close()));
    await Promise.all([...this.#members].map((member) => member.leave()));
    const { clock, logger } = this.#options;
    this.#producer.close();
    await this.#connections.close();
    try {
      await within(clock, this.#tuning.disconnectTimeoutMs, this.#client.disconnect());
    } catch (error) {
      logger?.('warn', 'A connection to Kafka was not closed in order.', { error });
    }
  }

  #endOf(partition: TopicPartition, high: number): number {
    if (this.#options.bounded !== true) return Infinity;
    const end = this.#ends.get(partition) ?? high;
    this.#ends.set(partition, end);
    return end;
  }

  #check(): void {
    if (this.#closed) throw new HeadraceError('LOG_CLOSED', 'The connection to Kafka is closed.');
  }
}

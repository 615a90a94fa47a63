import { HeadraceError } from '@headrace/core';
import type {
  AppendOptions,
  Columns,
  GroupListener,
  Log,
  Membership,
  Refusal,
  StartAt,
  TopicPartition,
} from '@headrace/core';
import type { Admin, Producer } from 'kafkajs';
import { Appender } from './appender.ts';
import { createClient } from './client.ts';
import { ClusterAdmin } from './cluster-admin.ts';
import { kafkaError } from './errors.ts';
import { GroupMember } from './group-member.ts';
import { defaultTuning } from './log-options.ts';
import type { KafkaLogOptions, KafkaTuning } from './log-options.ts';
import { PartitionReader } from './partition-reader.ts';
import { within } from './within.ts';

/**
 * Connects to Kafka through kafkajs: at-least-once, without transactions. It reads only partitions of the group that it has joined.
 * All its members must join for the same topics: kafkajs divides without asking who wants what. Headers come back sorted by name, and a
 * null header is written as an empty one. Promises of kafkajs that nobody holds can reject when a request times out: a process that
 * uses this Log needs a handler of `unhandledRejection` that ends it with a message.
 */
export async function createKafkaLog(options: KafkaLogOptions): Promise<Log> {
  const client = createClient(options);
  const admin = client.admin({ retry: { retries: 3 } });
  const producer = client.producer({
    // The partition is always named; kafkajs calls its partitioner all the same.
    createPartitioner: () => (args) => args.message.partition as number,
    allowAutoTopicCreation: false,
    idempotent: false,
    retry: { retries: 4 },
  });
  const log = new KafkaLog(options, admin, producer);
  try {
    await admin.connect();
    await producer.connect();
  } catch (error) {
    await log.close();
    throw kafkaError(error, `at ${options.brokers.join(', ')} could not be connected`);
  }
  return log;
}

class KafkaLog implements Log {
  readonly #options: KafkaLogOptions;
  readonly #tuning: KafkaTuning;
  readonly #connections: readonly (Admin | Producer)[];
  readonly #admin: ClusterAdmin;
  readonly #appender: Appender;
  readonly #members = new Set<GroupMember>();
  readonly #readers = new Set<PartitionReader>();
  readonly #ends = new Map<TopicPartition, number>();
  #closed = false;

  constructor(options: KafkaLogOptions, admin: Admin, producer: Producer) {
    this.#options = options;
    this.#tuning = { ...defaultTuning, ...options.tuning };
    this.#connections = [admin, producer];
    this.#admin = new ClusterAdmin(admin, options.clock, options.group);
    this.#appender = new Appender(producer);
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

  reader(partition: TopicPartition, at: StartAt): PartitionReader {
    this.#check();
    const { clock, logger } = this.#options;
    const owners = [...this.#members].map((member) => member.assignmentOf(partition));
    const assignment = owners.find((owner) => owner !== null) ?? null;
    if (assignment === null) logger?.('warn', `Partition "${partition}" is opened, but is not ours.`, {});
    const reader = new PartitionReader({
      partition,
      start: at,
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
    return this.#appender.append(topic, partitions, records, options);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all([...this.#readers].map((reader) => reader.close()));
    await Promise.all([...this.#members].map((member) => member.leave()));
    const { clock, logger } = this.#options;
    await Promise.all(
      this.#connections.map(async (connection) => {
        try {
          await within(clock, this.#tuning.disconnectTimeoutMs, connection.disconnect());
        } catch (error) {
          logger?.('warn', 'A connection to Kafka was not closed in order.', { error });
        }
      }),
    );
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

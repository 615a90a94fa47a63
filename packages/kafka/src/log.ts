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
import type { Connections } from '@headrace/protocol';
import { Cluster } from './cluster/cluster.ts';
import { namingRight, withRight } from './cluster/not-allowed.ts';
import { OffsetLookup } from './cluster/offset-lookup.ts';
import { compressions } from './compression/compressions.ts';
import { Fetcher } from './fetch/fetcher.ts';
import { PositionEpochs } from './fetch/position-epochs.ts';
import { committedOffsets } from './group/committed-offsets.ts';
import { createGroupMember } from './group/create-group-member.ts';
import { GroupCoordinator } from './group/group-coordinator.ts';
import type { GroupMember } from './group/group-member.ts';
import { defaultTuning } from './log-options.ts';
import type { KafkaLogOptions, KafkaTuning } from './log-options.ts';
import { PartitionReader } from './partition-reader.ts';
import { SocketConnections } from './network/socket-connections.ts';
import { Producer } from './produce/producer.ts';

/** Larger than any answer that is asked for. */
const maxFrameBytes = 256 << 20;
/** What one request asks for: a few partitions at once. */
const maxRequestBytes = 8 << 20;
/** The most that a compressed batch may become. */
const maxExpandedBytes = 128 << 20;

/** What a Log stands on. */
interface DataPlane {
  readonly connections: Connections;
  readonly cluster: Cluster;
  readonly producer: Producer;
  readonly fetcher: Fetcher;
  readonly epochs: PositionEpochs;
  readonly coordinator: GroupCoordinator;
}

/** Connects to Kafka: at-least-once, without transactions. Reading needs no membership in a group. */
export async function createKafkaLog(options: KafkaLogOptions): Promise<Log> {
  const plane = openDataPlane(options);
  try {
    await plane.connections.versions('any', 'metadata');
  } catch (error) {
    await plane.connections.close();
    throw error;
  }
  return new KafkaLog(options, plane);
}

function openConnections(options: KafkaLogOptions): Connections {
  if (options.openConnections !== undefined) return options.openConnections();
  const { brokers, clientId, clock, tls = null, sasl = null } = options;
  const { connectTimeoutMs } = { ...defaultTuning, ...options.tuning };
  return new SocketConnections({ brokers, clientId, tls, sasl, clock, connectTimeoutMs, maxFrameBytes });
}

function openDataPlane(options: KafkaLogOptions): DataPlane {
  const tuning = { ...defaultTuning, ...options.tuning };
  const { requestTimeoutMs, deliveryTimeoutMs, maxWaitMs, maxFetchBytes, maxBufferedBytes } = tuning;
  const { clock, logger } = options;
  const connections = openConnections(options);
  const cluster = new Cluster({ connections, clock, requestTimeoutMs });
  const producer = new Producer({ cluster, compressions, requestTimeoutMs, deliveryTimeoutMs });
  const epochs = new PositionEpochs();
  const fetcher = new Fetcher({
    cluster,
    epochs,
    compressions,
    maxWaitMs,
    maxPartitionBytes: maxFetchBytes,
    maxRequestBytes,
    maxBufferedBytes,
    maxExpandedBytes,
    requestTimeoutMs,
    ...(logger === undefined ? {} : { logger }),
  });
  return { connections, cluster, producer, fetcher, epochs, coordinator: new GroupCoordinator(cluster, options.group) };
}

class KafkaLog implements Log {
  readonly #options: KafkaLogOptions;
  readonly #tuning: KafkaTuning;
  readonly #plane: DataPlane;
  readonly #members = new Set<GroupMember>();
  readonly #furtherConnections: Connections[] = [];
  readonly #readers = new Set<PartitionReader>();
  readonly #ends = new Map<TopicPartition, number>();
  #closed = false;

  constructor(options: KafkaLogOptions, plane: DataPlane) {
    this.#options = options;
    this.#tuning = { ...defaultTuning, ...options.tuning };
    this.#plane = plane;
  }

  async join(topics: readonly string[] | RegExp, on: GroupListener): Promise<Membership> {
    this.#check();
    // A topic that may not be read is named before the group has anything to say.
    if (!(topics instanceof RegExp)) await Promise.all(topics.map((topic) => this.partitions(topic)));
    const { group, instanceId, topology, stalled, logger } = this.#options;
    const { sessionTimeoutMs, heartbeatMs, rebalanceTimeoutMs, requestTimeoutMs, metadataMs } = this.#tuning;
    const member = createGroupMember({
      ...this.#memberPlane(),
      group,
      sessionTimeoutMs,
      heartbeatMs,
      rebalanceTimeoutMs,
      requestTimeoutMs,
      metadataMs,
      epochBefore: (partition, offset) => this.#plane.epochs.before(partition, offset),
      ...(instanceId !== undefined && { instanceId }),
      ...(topology !== undefined && { topology }),
      ...(stalled !== undefined && { stalled }),
      ...(logger !== undefined && { logger }),
    });
    // It may wait for long: who closes the Log must end that.
    this.#members.add(member);
    try {
      const listener: GroupListener = {
        assigned: (partitions) => on.assigned(partitions),
        revoking: (partitions, signal) => on.revoking(partitions, signal),
        lost: (partitions) => on.lost(partitions),
        failed: (error) => on.failed(namingRight(error, this.#ofGroup)),
      };
      await withRight(this.#ofGroup, member.join({ topics }, listener));
    } catch (error) {
      this.#members.delete(member);
      throw error;
    }
    return member;
  }

  /** A join waits for all members, and what is behind it on its connection waits as well: each member needs connections of its own. */
  #memberPlane(): Pick<DataPlane, 'cluster' | 'coordinator'> {
    if (this.#members.size === 0) return this.#plane;
    const connections = openConnections(this.#options);
    this.#furtherConnections.push(connections);
    const cluster = new Cluster({
      connections,
      clock: this.#options.clock,
      requestTimeoutMs: this.#tuning.requestTimeoutMs,
    });
    return { cluster, coordinator: new GroupCoordinator(cluster, this.#options.group) };
  }

  async partitions(topic: string, use: 'read' | 'write' = 'read', expected = 0): Promise<number> {
    this.#check();
    const right = `${use === 'read' ? 'Read' : 'Write'} on topic "${topic}"`;
    return (await withRight(right, this.#plane.cluster.topicOf(topic, expected))).partitions.length;
  }

  async committed(
    partitions: readonly TopicPartition[],
  ): Promise<ReadonlyMap<TopicPartition, { offset: number; metadata: string }>> {
    this.#check();
    const { coordinator, epochs } = this.#plane;
    const { logger } = this.#options;
    const committed = await withRight(this.#ofGroup, committedOffsets(coordinator, partitions, { logger }));
    for (const [partition, { offset, leaderEpoch }] of committed)
      epochs.learn(partition, { from: offset - 1, epoch: leaderEpoch });
    return new Map([...committed].map(([partition, { offset, metadata }]) => [partition, { offset, metadata }]));
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
    this.#plane.producer.close();
    this.#plane.fetcher.stop();
    await Promise.all([this.#plane.connections, ...this.#furtherConnections].map((one) => one.close()));
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

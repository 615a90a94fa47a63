import { randomBytes } from 'node:crypto';
import type { Compressions } from '@headrace/protocol';
import type { Timers } from '../clock/timers.ts';
import { GroupCoordinator } from '../groups/group-coordinator.ts';
import { Refusal } from '../refusal.ts';
import { appendMarker } from '../log/append-marker.ts';
import { inMemory } from '../log/partition-log.ts';
import { DataDirectory } from '../storage/data-directory.ts';
import { noJournal, type Journal } from '../storage/journal.ts';
import { TopicTable } from '../topics/topic-table.ts';
import { keptTopic, type Partition, type Topic } from '../topics/topic.ts';
import { TransactionCoordinator, type TransactionEnd } from '../transactions/transaction-coordinator.ts';
import type { BrokerSettings } from './broker-settings.ts';
import { Nodes } from './nodes.ts';
import { restoreCluster } from './restore-cluster.ts';

/** What all nodes of a broker share: topics, groups, transactions, and who of them answers for what. All changes are synchronous. */
export class Cluster {
  readonly id: string;
  readonly clock: Timers;
  readonly settings: BrokerSettings;
  readonly compressions: Compressions;
  readonly nodes: Nodes;
  readonly topics: TopicTable;
  readonly groups: GroupCoordinator;
  readonly transactions: TransactionCoordinator;
  readonly #data: DataDirectory | null;
  readonly #journal: Journal;

  /** Goes on with what a data directory holds, where one is given. */
  constructor(settings: BrokerSettings, clock: Timers, compressions: Compressions, dataDirectory: string | null) {
    const data = dataDirectory === null ? null : new DataDirectory(dataDirectory, makeId);
    this.#data = data;
    this.#journal = data?.journal ?? noJournal;
    this.id = data?.clusterId ?? makeId();
    this.clock = clock;
    this.settings = settings;
    this.compressions = compressions;
    this.nodes = new Nodes(settings.nodes);
    this.topics = new TopicTable({
      nodes: this.nodes.all.map(({ id }) => id),
      isUp: (node) => this.nodes.isUp(node),
      makeId,
      defaults: settings.topicDefaults,
      defaultPartitions: settings.defaultPartitions,
      changed: (topic) => this.#journal.put(['topic', topic.id], keptTopic(topic)),
      storageOf: (topicId, partition) =>
        data === null
          ? inMemory
          : {
              segments: data.segments(topicId, partition),
              keepStart: (offset) => data.journal.put(['start', topicId, partition], offset),
            },
    });
    const journal = this.#journal;
    this.groups = new GroupCoordinator(clock, settings, journal);
    const { transactionMaxTimeoutMs, transactionalIdExpirationMs } = settings;
    const end = (ended: TransactionEnd): void => this.#end(ended);
    this.transactions = new TransactionCoordinator({
      clock,
      transactionMaxTimeoutMs,
      transactionalIdExpirationMs,
      end,
      journal,
    });
    if (data !== null) this.#restore(data);
  }

  #restore(data: DataDirectory): void {
    try {
      restoreCluster(this, data);
    } catch (error) {
      data.close();
      throw error;
    }
  }

  /** Where batches are, as DescribeLogDirs tells it. */
  get logDirectory(): string {
    return this.#data?.directory ?? 'memory';
  }

  /** Gives the data directory back; nothing may change any more. */
  close(): void {
    this.#data?.close();
  }

  /** Returns a partition that a node leads. Refuses one that it does not, and a leader epoch that is not the current one. */
  leading(node: number, topic: Topic | undefined, index: number, leaderEpoch = -1): Partition {
    const partition = topic?.partitions[index];
    if (partition === undefined)
      throw new Refusal('UNKNOWN_TOPIC_OR_PARTITION', 'This server does not host this topic-partition.');
    if (partition.leader !== node)
      throw new Refusal('NOT_LEADER_OR_FOLLOWER', `Node ${partition.leader} leads this partition.`);
    if (leaderEpoch >= 0 && leaderEpoch < partition.leaderEpoch)
      throw new Refusal('FENCED_LEADER_EPOCH', `The leader epoch is ${partition.leaderEpoch}.`);
    if (leaderEpoch > partition.leaderEpoch)
      throw new Refusal('UNKNOWN_LEADER_EPOCH', `The leader epoch is ${partition.leaderEpoch}.`);
    return partition;
  }

  /** Deletes a topic, and the positions that groups have in it. */
  deleteTopic(name: string): Topic {
    const topic = this.topics.delete(name);
    for (const { offsets } of this.groups.all()) offsets.deleteTopic(name);
    // A crash in between leaves files that nobody knows of: opening the directory removes them.
    this.#journal.put(['topic', topic.id], null);
    for (const { index } of topic.partitions) this.#journal.put(['start', topic.id, index], null);
    this.#data?.removeTopic(topic.id);
    return topic;
  }

  /** Writes the markers of a transaction, and makes the positions that it has committed. */
  #end({ producerId, epoch, isCommitted, partitions, groups }: TransactionEnd): void {
    const result = isCommitted ? 'commit' : 'abort';
    for (const { topic, partition: index } of partitions) {
      const partition = this.topics.get(topic)?.partitions[index];
      if (partition === undefined) continue;
      const marker = { producerId, producerEpoch: epoch, result, coordinatorEpoch: 0 } as const;
      appendMarker(partition.log, marker, partition.leaderEpoch, this.clock.now());
    }
    for (const group of groups) this.groups.get(group)?.offsets.endTransaction(producerId, isCommitted);
  }

  /** Refuses what another node coordinates. */
  coordinates(node: number, key: string): void {
    const coordinator = this.nodes.coordinatorOf(key);
    if (coordinator?.id !== node)
      throw new Refusal('NOT_COORDINATOR', `Node ${coordinator?.id ?? -1} is the coordinator.`);
  }
}

/** Makes an identity in Kafka's form that no command line takes for an option. */
function makeId(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7f) | 1, 0);
  return bytes.toString('base64url');
}

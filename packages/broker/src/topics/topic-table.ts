import { inMemory, PartitionLog, type LogStorage } from '../log/partition-log.ts';
import { Refusal } from '../refusal.ts';
import { TopicConfig } from './topic-config.ts';
import type { KeptTopic, Topic } from './topic.ts';
import { checkTopicName } from './topic-name.ts';

/** What a topic is to be; -1 for the broker's default of a number. */
export interface NewTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** The replicas of each partition, where the caller chooses them. */
  readonly assignments?: ReadonlyMap<number, readonly number[]>;
  readonly config: ReadonlyMap<string, string>;
}

/** What the table needs of its surroundings. */
export interface TopicTableOptions {
  readonly nodes: readonly number[];
  readonly isUp: (node: number) => boolean;
  readonly makeId: () => string;
  /** What replaces Kafka's defaults of the configuration of topics. */
  readonly defaults: ReadonlyMap<string, string>;
  readonly defaultPartitions: number;
  /** Returns where a partition keeps its batches. */
  readonly storageOf: (topicId: string, partition: number) => LogStorage;
  /** Is told of a topic that was made or changed. */
  readonly changed: (topic: Topic) => void;
}

/** The most partitions that one request may ask for: a mistyped count must not take all memory. */
const mostPartitions = 10_000;

/** The topics of a cluster. Partitions are spread over its nodes: the preferred leader of each is its number modulo the nodes. */
export class TopicTable {
  readonly #options: TopicTableOptions;
  readonly #byName = new Map<string, Topic>();
  readonly #byId = new Map<string, Topic>();

  constructor(options: TopicTableOptions) {
    this.#options = options;
  }

  get(name: string): Topic | undefined {
    return this.#byName.get(name);
  }

  withId(id: string): Topic | undefined {
    return this.#byId.get(id);
  }

  /** Returns all topics in the order of their names. */
  all(): readonly Topic[] {
    return [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Makes a topic; only checks whether it could be made where `validateOnly`, and returns what it would be. */
  create(wanted: NewTopic, validateOnly = false): Topic {
    checkTopicName(wanted.name);
    if (this.#byName.has(wanted.name))
      throw new Refusal('TOPIC_ALREADY_EXISTS', `Topic '${wanted.name}' already exists.`);
    const replicas = this.#replicasOf(wanted);
    const topic = this.#make(wanted.name, this.#options.makeId(), wanted.config);
    if (validateOnly) {
      for (const nodes of replicas) this.#addPartition(topic, nodes, () => inMemory);
      return topic;
    }
    this.#add(topic, replicas);
    this.#options.changed(topic);
    return topic;
  }

  /** Takes in a topic as it was kept; its logs are empty still. A restart begins an epoch, as any new leader does. */
  restore({ name, id, config, replicas, leaderEpochs }: KeptTopic): Topic {
    const topic = this.#make(name, id, new Map(Object.entries(config)));
    // The broker may play fewer nodes than it did.
    const known = replicas.map((nodes) => nodes.filter((node) => this.#options.nodes.includes(node)));
    this.#add(
      topic,
      known.map((nodes, index) => (nodes.length > 0 ? nodes : this.#spread(index, 1))),
    );
    for (const partition of topic.partitions) partition.leaderEpoch = (leaderEpochs[partition.index] ?? 0) + 1;
    this.#options.changed(topic);
    return topic;
  }

  /** Says that the leaders of a topic are not those that they were. */
  leadersChanged(topic: Topic): void {
    this.#options.changed(topic);
  }

  #make(name: string, id: string, own: ReadonlyMap<string, string>): Topic {
    const config = new TopicConfig(this.#options.defaults, own, () => this.#options.changed(topic));
    const topic: Topic = { name, id, config, partitions: [] };
    return topic;
  }

  #add(topic: Topic, replicas: KeptTopic['replicas']): void {
    for (const nodes of replicas) this.#addPartition(topic, nodes);
    this.#byName.set(topic.name, topic);
    this.#byId.set(topic.id, topic);
  }

  delete(name: string): Topic {
    const topic = this.#byName.get(name);
    if (topic === undefined)
      throw new Refusal('UNKNOWN_TOPIC_OR_PARTITION', 'This server does not host this topic-partition.');
    this.#byName.delete(name);
    this.#byId.delete(topic.id);
    // Who waits for records learns that there will be none.
    for (const { log } of topic.partitions) log.wake();
    return topic;
  }

  /** Adds partitions to a topic until it has `count`. */
  grow(name: string, count: number, assignments: readonly (readonly number[])[] | null, validateOnly: boolean): void {
    const topic = this.#byName.get(name);
    if (topic === undefined)
      throw new Refusal('UNKNOWN_TOPIC_OR_PARTITION', 'This server does not host this topic-partition.');
    const has = topic.partitions.length;
    if (count === has) throw new Refusal('INVALID_PARTITIONS', `Topic already has ${has} partition(s).`);
    if (count < has)
      throw new Refusal(
        'INVALID_PARTITIONS',
        `The topic ${name} currently has ${has} partition(s); ${count} would not be an increase.`,
      );
    if (count > mostPartitions) throw tooMany(count);
    const factor = topic.partitions[0]?.replicas.length ?? 1;
    if (assignments !== null && assignments.length !== count - has)
      throw new Refusal('INVALID_REPLICA_ASSIGNMENT', `${count - has} partitions need as many assignments.`);
    const added = Array.from(
      { length: count - has },
      (_, index) => assignments?.[index] ?? this.#spread(has + index, factor),
    );
    for (const nodes of added) this.#checkNodes(nodes);
    if (validateOnly) return;
    for (const nodes of added) this.#addPartition(topic, nodes);
    this.#options.changed(topic);
  }

  #addPartition(topic: Topic, replicas: readonly number[], storageOf = this.#options.storageOf): void {
    const index = topic.partitions.length;
    const leader = replicas.find((node) => this.#options.isUp(node)) ?? -1;
    const log = new PartitionLog(() => topic.config.settings, storageOf(topic.id, index));
    topic.partitions.push({ index, log, replicas, leader, leaderEpoch: 0 });
  }

  #replicasOf({ partitions, replicationFactor, assignments }: NewTopic): readonly (readonly number[])[] {
    const { nodes, defaultPartitions } = this.#options;
    if (assignments !== undefined && assignments.size > 0) {
      if (partitions !== -1 || replicationFactor !== -1)
        throw new Refusal(
          'INVALID_REQUEST',
          'A manual partition assignment was specified, but numPartitions or replicationFactor was not set to -1.',
        );
      return this.#assigned(assignments);
    }
    const count = partitions === -1 ? defaultPartitions : partitions;
    const factor = replicationFactor === -1 ? Math.min(3, nodes.length) : replicationFactor;
    if (count <= 0) throw new Refusal('INVALID_PARTITIONS', 'Number of partitions must be larger than 0.');
    if (count > mostPartitions) throw tooMany(count);
    if (factor <= 0) throw new Refusal('INVALID_REPLICATION_FACTOR', 'Replication factor must be larger than 0.');
    if (factor > nodes.length)
      throw new Refusal(
        'INVALID_REPLICATION_FACTOR',
        `Unable to replicate the partition ${factor} time(s): there are ${nodes.length} broker(s).`,
      );
    return Array.from({ length: count }, (_, index) => this.#spread(index, factor));
  }

  #assigned(assignments: ReadonlyMap<number, readonly number[]>): readonly (readonly number[])[] {
    return Array.from({ length: assignments.size }, (_, index) => {
      const nodes = assignments.get(index);
      if (nodes === undefined || nodes.length === 0)
        throw new Refusal('INVALID_REPLICA_ASSIGNMENT', 'Partitions should be a consecutive 0-based integer sequence.');
      this.#checkNodes(nodes);
      return nodes;
    });
  }

  #checkNodes(nodes: readonly number[]): void {
    if (new Set(nodes).size !== nodes.length || !nodes.every((node) => this.#options.nodes.includes(node)))
      throw new Refusal('INVALID_REPLICA_ASSIGNMENT', `There are no such nodes: ${nodes.join(', ')}.`);
  }

  #spread(index: number, factor: number): readonly number[] {
    const { nodes } = this.#options;
    return Array.from({ length: factor }, (_, copy) => nodes[(index + copy) % nodes.length] as number);
  }
}

function tooMany(count: number): Refusal {
  return new Refusal('INVALID_PARTITIONS', `${count} partitions are more than this broker makes (${mostPartitions}).`);
}

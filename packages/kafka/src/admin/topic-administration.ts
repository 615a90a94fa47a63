import { HeadraceError, type TopicCreation } from '@headrace/core';
import {
  createTopicsApi,
  deleteTopicsApi,
  describeConfigsApi,
  errorCode,
  kafkaError,
  metadataApi,
  type ResponseOf,
} from '@headrace/protocol';
import { answerError } from '../cluster/answer-error.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { retryTransient } from '../retry-transient.ts';
import { asKafkaError } from './as-kafka-error.ts';
import type { FoundSetting, FoundSettings, FoundTopic } from './found-topic.ts';

/** What was made of a topic: its size as the broker tells it, -1 where an old one does not. */
export interface MadeTopic {
  readonly partitions: number;
  readonly replication: number;
}

const topicResource = 2;
const ownSetting = 1;
/** How long a broker may take for what it is asked to make or to delete. */
const changeTimeoutMs = 30_000;

/** Asks about topics, makes them and deletes them. */
export class TopicAdministration {
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Returns how many brokers there are. */
  async brokers(): Promise<number> {
    return (await this.#describe([])).brokers.length;
  }

  /** Looks for topics by their names. */
  async find(names: readonly string[]): Promise<ReadonlyMap<string, FoundTopic>> {
    if (names.length === 0) return new Map();
    const { topics } = await this.#describe(names);
    const found = new Map(topics.map((topic) => [topic.name, foundTopic(topic)]));
    return new Map(names.map((name) => [name, found.get(name) ?? { state: 'missing' }]));
  }

  /** Returns some settings of a topic by their names; what the broker does not know is absent. */
  async settings(topic: string, names: readonly string[]): Promise<FoundSettings> {
    const what = `does not tell the settings of topic "${topic}"`;
    return this.#again(what, async () => {
      const resource = { resourceType: topicResource, resourceName: topic, configurationKeys: [...names] };
      const body = { resources: [resource], includeSynonyms: false };
      const { results } = await this.#cluster.ask('any', 'metadata', describeConfigsApi, body, { newest: 2 });
      const { errorCode: code = -1, errorMessage: message = null, configs = [] } = results[0] ?? {};
      if (code === errorCode('TOPIC_AUTHORIZATION_FAILED'))
        return { values: null, right: `DescribeConfigs on topic "${topic}"` };
      if (code !== errorCode('NONE')) throw answerError(code, what, { message });
      const values = configs.map(({ name, value, isSensitive, configSource }): [string, FoundSetting] => [
        name,
        { value: isSensitive ? null : value, isOwn: configSource === ownSetting },
      ]);
      return { values: new Map(values), right: null };
    });
  }

  /** Returns the names of topics that a regular expression matches, those that may be seen, in order. */
  async matching(pattern: RegExp): Promise<readonly string[]> {
    const what = 'does not list its topics';
    const names = await this.#again(what, () => this.#cluster.topicNames());
    return names.filter((name) => pattern.test(name)).sort();
  }

  /**
   * Makes a topic; null where there is one already, made by whoever. Fails with TOPIC_NOT_MADE where the broker does not take what is
   * asked for, and with KAFKA_NOT_ALLOWED.
   */
  async create(topic: string, { partitions, replication, config }: TopicCreation): Promise<MadeTopic | null> {
    const what = `does not make topic "${topic}"`;
    const wanted = {
      name: topic,
      numPartitions: partitions ?? -1,
      replicationFactor: replication ?? -1,
      assignments: [],
      configs: Object.entries(config).map(([name, value]) => ({ name, value })),
    };
    return this.#again(what, async () => {
      const { controllerId } = await this.#describe([]);
      const body = { topics: [wanted], timeoutMs: changeTimeoutMs, validateOnly: false };
      const answer = await this.#cluster.ask(controllerOr(controllerId), 'metadata', createTopicsApi, body);
      const made = answer.topics[0];
      const code = made?.errorCode ?? -1;
      if (made !== undefined && code === errorCode('NONE'))
        return { partitions: made.numPartitions ?? -1, replication: made.replicationFactor ?? -1 };
      const { name, retriable } = kafkaError(code);
      if (name === 'TOPIC_ALREADY_EXISTS') return null;
      const message = made?.errorMessage ?? null;
      if (!retriable && !name.endsWith('_AUTHORIZATION_FAILED'))
        throw new HeadraceError('TOPIC_NOT_MADE', `Kafka ${what}: ${name}${message === null ? '' : ` (${message})`}.`);
      throw answerError(code, what, { message, right: `Create on topic "${topic}"` });
    });
  }

  /** Deletes a topic; false where there is none. Fails with KAFKA_NOT_ALLOWED. */
  async delete(topic: string): Promise<boolean> {
    const what = `does not delete topic "${topic}"`;
    return this.#again(what, async () => {
      const { controllerId } = await this.#describe([]);
      const body = { topicNames: [topic], topics: [], timeoutMs: changeTimeoutMs };
      const options = { newest: 5 };
      const answer = await this.#cluster.ask(controllerOr(controllerId), 'metadata', deleteTopicsApi, body, options);
      const { errorCode: code = -1, errorMessage: message = null } = answer.responses[0] ?? {};
      if (code === errorCode('NONE')) return true;
      if (code === errorCode('UNKNOWN_TOPIC_OR_PARTITION')) return false;
      throw answerError(code, what, { message, right: `Delete on topic "${topic}"` });
    });
  }

  async #describe(names: readonly string[]): Promise<ResponseOf<typeof metadataApi>> {
    const what = 'does not describe the cluster';
    return this.#again(what, async () => {
      const topics = names.map((name) => ({ name }));
      const answer = await this.#cluster.ask('any', 'metadata', metadataApi, { topics, allowAutoTopicCreation: false });
      const code = answer.errorCode ?? errorCode('NONE');
      if (code !== errorCode('NONE')) throw answerError(code, what);
      this.#cluster.connections.learn(answer.brokers);
      return answer;
    });
  }

  #again<R>(what: string, work: () => Promise<R>): Promise<R> {
    return retryTransient(this.#cluster.clock, (thrown) => asKafkaError(thrown, what), work);
  }
}

function controllerOr(controllerId: number | undefined): number | 'any' {
  return controllerId === undefined || controllerId < 0 ? 'any' : controllerId;
}

function foundTopic({
  name,
  errorCode: code,
  partitions,
}: ResponseOf<typeof metadataApi>['topics'][number]): FoundTopic {
  const { name: error } = kafkaError(code);
  if (error === 'TOPIC_AUTHORIZATION_FAILED') return { state: 'refused', right: `Describe on topic "${String(name)}"` };
  if (error === 'UNKNOWN_TOPIC_OR_PARTITION') return { state: 'missing' };
  if (error !== 'NONE' && error !== 'LEADER_NOT_AVAILABLE')
    throw answerError(code, `does not describe topic "${String(name)}"`);
  return {
    state: 'there',
    partitions: partitions.length,
    // Partitions may differ while they are moved: the fewest is what can be counted on.
    replication: Math.min(...partitions.map(({ replicaNodes }) => replicaNodes.length)),
    isServed: partitions.length > 0 && partitions.every(({ leaderId }) => leaderId >= 0),
  };
}

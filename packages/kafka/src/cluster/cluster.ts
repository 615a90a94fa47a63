import { HeadraceError, type Clock } from '@headrace/core';
import {
  errorCode,
  kafkaError,
  metadataApi,
  type ApiDefinition,
  type BrokerAddress,
  type ConnectionRole,
  type Connections,
  type RequestInput,
  type ResponseOf,
} from '@headrace/protocol';
import { retryTransient } from '../retry-transient.ts';
import { answerError } from './answer-error.ts';
import { TopicTable, type TopicMetadata } from './topic-table.ts';

/** What a cluster is asked over, and how long an answer may take. */
export interface ClusterOptions {
  readonly connections: Connections;
  readonly clock: Clock;
  readonly requestTimeoutMs: number;
}

/** What may be chosen about a question. */
export interface AskOptions {
  /** The newest version whose meaning the caller knows; that of the definition unless given. */
  readonly newest?: number;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Asking a broker too often that does not know yet helps nobody. */
const leastPauseMs = 50;

/** The brokers, topics and leaders of a cluster as they were last told, and a way to ask. */
export class Cluster {
  readonly connections: Connections;
  readonly clock: Clock;
  readonly #requestTimeoutMs: number;
  readonly #topics = new TopicTable();
  #refreshing: Promise<void> | null = null;
  #refreshedAt = -Infinity;

  constructor({ connections, clock, requestTimeoutMs }: ClusterOptions) {
    this.connections = connections;
    this.clock = clock;
    this.#requestTimeoutMs = requestTimeoutMs;
  }

  /** Sends a request in the newest version that both sides speak. Fails with KAFKA_VERSION_UNSUPPORTED where there is none. */
  async ask<A extends ApiDefinition>(
    broker: BrokerAddress,
    role: ConnectionRole,
    api: A,
    body: RequestInput<A>,
    { newest = Infinity, timeoutMs = this.#requestTimeoutMs, signal }: AskOptions = {},
  ): Promise<ResponseOf<A>> {
    const common = (await this.connections.versions(broker, role)).versionOf(api);
    if (common === null)
      throw new HeadraceError(
        'KAFKA_VERSION_UNSUPPORTED',
        `The broker speaks no version of ${api.name} that Headrace knows (${api.versions[0]} to ${api.versions[1]}).`,
      );
    const options = { timeoutMs, ...(signal !== undefined && { signal }) };
    const answer = await this.connections.send(broker, role, api, Math.min(common, newest), body, options);
    return answer as ResponseOf<A>;
  }

  /** Returns what is known of a topic, asking where nothing is. Fails with UNKNOWN_TOPIC where there is none. */
  async topic(name: string): Promise<TopicMetadata> {
    const known = this.#topics.get(name);
    if (known !== undefined) return known;
    return retryTransient(
      this.clock,
      (thrown) => asError(thrown),
      async () => {
        await this.#fetch([name]);
        const found = this.#topics.get(name);
        if (found !== undefined) return found;
        throw answerError(this.#topics.errorOf(name), `does not give topic "${name}"`);
      },
    );
  }

  /** Returns what was last told of a topic, without asking. */
  known(name: string): TopicMetadata | undefined {
    return this.#topics.get(name);
  }

  /** Returns the broker that leads a partition, as was last told; null where nobody does, or nothing is known. */
  leaderOf(topic: string, partition: number): number | null {
    const leader = this.#topics.get(topic)?.partitions[partition]?.leader ?? -1;
    return leader < 0 ? null : leader;
  }

  /** Takes what an answer said of a leader, which is newer than what was told before. */
  learnLeader(topic: string, partition: number, leader: number, leaderEpoch: number): void {
    this.#topics.learnLeader(topic, partition, leader, leaderEpoch);
  }

  /** Asks again for all topics that were asked for. Questions that come together are one; a pause lies between two. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  /** Returns the names of all topics of the cluster, internal ones left out. */
  async topicNames(): Promise<readonly string[]> {
    const { topics } = await this.#askForTopics(null);
    return topics.flatMap(({ name, isInternal }) => (name === null || isInternal ? [] : [name]));
  }

  async #refresh(): Promise<void> {
    const pause = this.#refreshedAt + leastPauseMs - this.clock.monotonic();
    if (pause > 0) await new Promise<void>((resolve) => void this.clock.after(pause, resolve));
    this.#refreshedAt = this.clock.monotonic();
    await this.#fetch(this.#topics.names());
  }

  async #fetch(names: readonly string[]): Promise<void> {
    const { topics } = await this.#askForTopics(names);
    for (const topic of topics) this.#topics.learn(topic);
  }

  async #askForTopics(names: readonly string[] | null): Promise<ResponseOf<typeof metadataApi>> {
    const topics = names?.map((name) => ({ name })) ?? null;
    const answer = await this.ask('any', 'metadata', metadataApi, { topics, allowAutoTopicCreation: false });
    if (answer.errorCode !== undefined && answer.errorCode !== errorCode('NONE'))
      throw answerError(answer.errorCode, `does not describe itself (${kafkaError(answer.errorCode).name})`);
    if (answer.brokers.length > 0) this.connections.learn(answer.brokers);
    return answer;
  }
}

function asError(thrown: unknown): HeadraceError {
  if (thrown instanceof HeadraceError) return thrown;
  return new HeadraceError('KAFKA_FAILED', thrown instanceof Error ? thrown.message : String(thrown), {
    cause: thrown,
  });
}

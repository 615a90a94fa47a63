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
  type RequestOptions,
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
  /** How old what is known of topics may become before it is asked for again; five minutes unless given, as in Kafka's clients. */
  readonly maxAgeMs?: number;
}

/** What may be chosen about a question. */
export interface AskOptions extends Partial<Pick<RequestOptions, 'timeoutMs' | 'signal' | 'endsConnection'>> {
  /** The newest version whose meaning the caller knows; that of the definition unless given. */
  readonly newest?: number;
}

/** Asking a broker too often that does not know yet helps nobody: the pause doubles for as long as it tells nothing new. */
const leastPauseMs = 50;
const longestPauseMs = 500;
/** Records may name partitions that are not there for as long as they come: so often it is looked whether they are. */
const expectAgainMs = 1000;
/** After the age is over and nobody answered. */
const askAgainMs = 10_000;
/** A broker that lags behind may deny a topic for a moment: it is gone when it has been denied for so long and so often. */
const goneAfterMs = 3000;
const goneAfterTimes = 3;

/** The brokers, topics and leaders of a cluster as they were last told, and a way to ask. */
export class Cluster {
  readonly connections: Connections;
  readonly clock: Clock;
  readonly #requestTimeoutMs: number;
  readonly #maxAgeMs: number;
  readonly #topics = new TopicTable();
  #refreshing: Promise<void> | null = null;
  #refreshedAt = -Infinity;
  #pauseMs = leastPauseMs;
  #staleAt = Infinity;

  constructor({ connections, clock, requestTimeoutMs, maxAgeMs = 300_000 }: ClusterOptions) {
    this.connections = connections;
    this.clock = clock;
    this.#requestTimeoutMs = requestTimeoutMs;
    this.#maxAgeMs = maxAgeMs;
  }

  /** Sends a request in the newest version that both sides speak; `body` may be made of what that version can carry. Fails with KAFKA_VERSION_UNSUPPORTED where there is none. */
  async ask<A extends ApiDefinition>(
    broker: BrokerAddress,
    role: ConnectionRole,
    api: A,
    body: RequestInput<A> | ((version: number) => RequestInput<A>),
    { newest = Infinity, timeoutMs = this.#requestTimeoutMs, ...options }: AskOptions = {},
  ): Promise<ResponseOf<A>> {
    const common = (await this.connections.versions(broker, role)).versionOf(api);
    if (common === null)
      throw new HeadraceError(
        'KAFKA_VERSION_UNSUPPORTED',
        `The broker speaks no version of ${api.name} that Headrace knows (${api.versions[0]} to ${api.versions[1]}).`,
      );
    const version = Math.min(common, newest);
    const carried = typeof body === 'function' ? body(version) : body;
    const answer = await this.connections.send(broker, role, api, version, carried, { timeoutMs, ...options });
    return answer as ResponseOf<A>;
  }

  /** Returns what is known of a topic, asking where nothing is. Fails with UNKNOWN_TOPIC where there is none. */
  async topic(name: string): Promise<TopicMetadata> {
    this.#refreshIfStale();
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

  /** Returns what is known of a topic where that has a partition, and asks again for seconds where it has not: topics grow, and not every broker knows at once. */
  async topicWith(name: string, partition: number): Promise<TopicMetadata> {
    let known = await this.topic(name);
    const began = this.clock.monotonic();
    while (known.partitions[partition] === undefined) {
      if (this.clock.monotonic() - began >= goneAfterMs)
        throw new HeadraceError('UNKNOWN_TOPIC', `Kafka's topic "${name}" has no partition ${partition}.`);
      await this.refresh();
      known = await this.topic(name);
    }
    return known;
  }

  /** Returns what is known of a topic; where it has fewer partitions than somebody expects, it is asked for again unless that was just done. */
  async topicOf(name: string, partitions: number): Promise<TopicMetadata> {
    const known = await this.topic(name);
    if (known.partitions.length >= partitions) return known;
    if (this.clock.monotonic() - this.#refreshedAt >= expectAgainMs) await this.refresh();
    return this.topic(name);
  }

  /** Tells whether a topic that was known has been denied for seconds: it was deleted. */
  isGone(name: string): boolean {
    const denial = this.#topics.denialOf(name);
    return denial !== null && denial.times >= goneAfterTimes && this.clock.monotonic() - denial.since >= goneAfterMs;
  }

  /** Returns the broker that leads a partition, as was last told; null where nobody does, or nothing is known. */
  leaderOf(topic: string, partition: number): number | null {
    this.#refreshIfStale();
    const leader = this.#topics.get(topic)?.partitions[partition]?.leader ?? -1;
    return leader < 0 ? null : leader;
  }

  /** Takes what an answer said of a leader, which is newer than what was told before. */
  learnLeader(topic: string, partition: number, leader: number, leaderEpoch: number): void {
    this.#topics.learnLeader(topic, partition, leader, leaderEpoch);
  }

  /** Asks again for all topics that were asked for. Questions that come together are one; a pause lies between two, and grows while nothing new is told. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  /** Returns the names of all topics of the cluster, internal ones left out. */
  async topicNames(): Promise<readonly string[]> {
    const { topics } = await this.#askForTopics(null);
    return topics.flatMap(({ name, isInternal }) => (name === null || isInternal ? [] : [name]));
  }

  #refreshIfStale(): void {
    const now = this.clock.monotonic();
    if (now < this.#staleAt) return;
    this.#staleAt = now + askAgainMs;
    // What is known is still the best guess where nobody answers.
    this.refresh().catch(() => {});
  }

  async #refresh(): Promise<void> {
    const since = this.clock.monotonic() - this.#refreshedAt;
    if (since > 2 * longestPauseMs) this.#pauseMs = leastPauseMs;
    const pause = this.#pauseMs - since;
    if (pause > 0) await new Promise<void>((resolve) => void this.clock.after(pause, resolve));
    this.#refreshedAt = this.clock.monotonic();
    let isNew = false;
    try {
      isNew = await this.#fetch(this.#topics.names());
      this.#staleAt = this.clock.monotonic() + this.#maxAgeMs;
    } finally {
      this.#pauseMs = isNew ? leastPauseMs : Math.min(longestPauseMs, this.#pauseMs * 2);
    }
  }

  /** Resolves to whether anything new was told. */
  async #fetch(names: readonly string[]): Promise<boolean> {
    const { topics } = await this.#askForTopics(names);
    const now = this.clock.monotonic();
    if (this.#staleAt === Infinity) this.#staleAt = now + this.#maxAgeMs;
    let isNew = false;
    for (const topic of topics) isNew = this.#topics.learn(topic, now) || isNew;
    return isNew;
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

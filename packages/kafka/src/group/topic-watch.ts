import { HeadraceError } from '@headrace/core';
import type { Cluster } from '../cluster/cluster.ts';
import type { KafkaLogger } from '../log-options.ts';

/** The topics of a subscription as the cluster shows them, and the partitions of those that the members of a group read. */
export class TopicWatch {
  readonly #cluster: Cluster;
  readonly #pattern: RegExp | null;
  readonly #logger: KafkaLogger | undefined;
  readonly #counts = new Map<string, number>();
  #names: readonly string[];

  constructor(cluster: Cluster, topics: readonly string[] | RegExp, logger: KafkaLogger | undefined) {
    this.#cluster = cluster;
    this.#logger = logger;
    // An expression that remembers where it was would give another answer each time.
    this.#pattern = topics instanceof RegExp ? new RegExp(topics.source, topics.flags.replace(/[gy]/g, '')) : null;
    this.#names = topics instanceof RegExp ? [] : [...new Set(topics)].sort();
  }

  /** The topics that are read now, in order. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** Looks for the first time. Rejects with UNKNOWN_TOPIC where a topic that is named does not exist. */
  async start(): Promise<void> {
    if (this.#pattern === null) await Promise.all(this.#names.map((name) => this.#cluster.topic(name)));
    else this.#names = await this.#matching(this.#pattern);
  }

  /** Looks again for topics and partitions; tells whether other topics are read than before. */
  async look(): Promise<boolean> {
    await this.#cluster.refresh();
    return this.lookForNames();
  }

  /** Looks again for topics that the expression matches; tells whether they are others than before. */
  async lookForNames(): Promise<boolean> {
    if (this.#pattern === null) return false;
    const before = this.#names;
    this.#names = await this.#matching(this.#pattern);
    return before.join(' ') !== this.#names.join(' ');
  }

  /**
   * Counts the partitions of topics. One that is not there at the moment keeps the number that it had: whoever reads it hears that it is
   * gone, and a broker that lags behind must not take partitions away.
   */
  async counts(topics: readonly string[]): Promise<Map<string, number>> {
    const counted = new Map<string, number>();
    await Promise.all(
      topics.map(async (topic) => {
        const count = await this.#count(topic);
        if (count !== null) counted.set(topic, count);
      }),
    );
    return counted;
  }

  async #count(topic: string): Promise<number | null> {
    try {
      const { partitions } = await this.#cluster.topic(topic);
      this.#counts.set(topic, partitions.length);
      return partitions.length;
    } catch (error) {
      if (!(error instanceof HeadraceError) || error.code !== 'UNKNOWN_TOPIC') throw error;
      this.#logger?.('warn', `Topic "${topic}" is read by a member of the group, and does not exist.`, { topic });
      return this.#pattern?.test(topic) === true ? null : (this.#counts.get(topic) ?? null);
    }
  }

  async #matching(pattern: RegExp): Promise<string[]> {
    return (await this.#cluster.topicNames()).filter((name) => pattern.test(name)).sort();
  }
}

import { HeadraceError } from '@headrace/core';
import type { Clock, TopicPartition } from '@headrace/core';
import { Group } from './group.ts';
import { LogFaults } from './log-faults.ts';
import { StoredTopic } from './stored-topic.ts';

/** Holds what several connections to one in-memory Log share: topics, groups, planned faults, the clock. */
export class LogStore {
  readonly clock: Clock;
  readonly faults = new LogFaults();
  readonly #revokeTimeoutMs: number;
  readonly #topics = new Map<string, StoredTopic>();
  readonly #groups = new Map<string, Group>();

  constructor(clock: Clock, revokeTimeoutMs: number) {
    this.clock = clock;
    this.#revokeTimeoutMs = revokeTimeoutMs;
  }

  /** Lists the topics by name. */
  get topics(): ReadonlyMap<string, StoredTopic> {
    return this.#topics;
  }

  /** Makes a topic; groups that are joined for it get its partitions. */
  create(name: string, partitions: number): void {
    if (this.#topics.has(name)) throw new HeadraceError('TOPIC_EXISTS', `Topic "${name}" already exists.`);
    this.#topics.set(name, new StoredTopic(name, partitions));
    for (const group of this.#groups.values()) group.rebalance();
  }

  /** Returns a topic; throws where there is none of that name. */
  topic(name: string): StoredTopic {
    const topic = this.#topics.get(name);
    if (topic === undefined) throw new HeadraceError('UNKNOWN_TOPIC', `There is no topic "${name}".`);
    return topic;
  }

  /** Returns a group, which comes into being when it is first asked for. */
  group(name: string): Group {
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = new Group({
        name,
        clock: this.clock,
        revokeTimeoutMs: this.#revokeTimeoutMs,
        partitions: () => this.#partitions(),
        commitFault: () => this.faults.takeCommit(),
      });
      this.#groups.set(name, group);
    }
    return group;
  }

  #partitions(): readonly TopicPartition[] {
    return [...this.#topics.values()].flatMap((topic) =>
      topic.partitions.map(({ number }): TopicPartition => `${topic.name}/${number}`),
    );
  }
}

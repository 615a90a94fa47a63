import { HeadraceError } from '@headrace/core';
import { errorCode, zeroUuid, type metadataApi, type ResponseOf } from '@headrace/protocol';

/** A partition: its leader, -1 where there is none, and the epoch of that leader, -1 where the broker does not tell. */
export interface PartitionMetadata {
  readonly leader: number;
  readonly leaderEpoch: number;
}

/** A topic as the cluster described it. */
export interface TopicMetadata {
  readonly name: string;
  /** The identity of the topic, which one that is deleted and made again does not keep; null where the broker does not tell. */
  readonly id: string | null;
  /** By partition number. */
  readonly partitions: readonly PartitionMetadata[];
}

/** Far more than any topic has: a number beyond is a lie, and a table of so many rows would be the end of the process. */
const mostPartitions = 100_000;

type DescribedTopic = ResponseOf<typeof metadataApi>['topics'][number];

/** What is known of topics. A description by a broker that lags behind does not replace what a newer one said of a leader. */
export class TopicTable {
  readonly #topics = new Map<string, TopicMetadata>();
  readonly #names = new Set<string>();
  readonly #errors = new Map<string, number>();
  /** Topics that were known and are denied now: since when, and how often. */
  readonly #denied = new Map<string, { readonly since: number; readonly times: number }>();

  get(name: string): TopicMetadata | undefined {
    return this.#topics.get(name);
  }

  /** Returns the code with which a topic was refused, or that of an unknown topic. */
  errorOf(name: string): number {
    return this.#errors.get(name) ?? errorCode('UNKNOWN_TOPIC_OR_PARTITION');
  }

  /** Returns the names of all topics that were asked for; one that is gone may come back. */
  names(): readonly string[] {
    return [...this.#names];
  }

  /** Tells since when, and how often, a topic that was known has been denied; null where it is not. */
  denialOf(name: string): { readonly since: number; readonly times: number } | null {
    return this.#denied.get(name) ?? null;
  }

  /**
   * Takes the description of one topic, of which the answer came at a time; returns whether it tells anything new. Fails with
   * KAFKA_ANSWER_UNREADABLE for numbers of partitions that no topic has.
   */
  learn(topic: DescribedTopic, now: number): boolean {
    const { name } = topic;
    if (name === null) return false;
    const wrong = topic.partitions.find(({ partitionIndex: at }) => at < 0 || at >= mostPartitions);
    if (wrong !== undefined) {
      const message = `A broker describes a partition ${wrong.partitionIndex} of topic "${name}", which no topic has.`;
      throw new HeadraceError('KAFKA_ANSWER_UNREADABLE', message);
    }
    this.#names.add(name);
    if (topic.errorCode !== errorCode('NONE')) {
      const before = this.#errors.get(name);
      this.#errors.set(name, topic.errorCode);
      if (topic.errorCode === errorCode('UNKNOWN_TOPIC_OR_PARTITION')) this.#deny(name, now);
      return before !== topic.errorCode;
    }
    const wasDenied = this.#errors.delete(name);
    this.#denied.delete(name);
    const id = topic.topicId === undefined || topic.topicId === zeroUuid ? null : topic.topicId;
    const before = this.#topics.get(name);
    const same = before?.id === id ? before : undefined;
    const partitions: PartitionMetadata[] = [];
    for (const { partitionIndex, leaderId, leaderEpoch = -1 } of topic.partitions) {
      const known = same?.partitions[partitionIndex];
      partitions[partitionIndex] =
        known !== undefined && known.leaderEpoch > leaderEpoch ? known : { leader: leaderId, leaderEpoch };
    }
    this.#topics.set(name, { name, id, partitions });
    return wasDenied || same === undefined || !sameLeaders(same.partitions, partitions);
  }

  learnLeader(name: string, partition: number, leader: number, leaderEpoch: number): void {
    const topic = this.#topics.get(name);
    const known = topic?.partitions[partition];
    if (topic === undefined || known === undefined || known.leaderEpoch >= leaderEpoch) return;
    const partitions = topic.partitions.with(partition, { leader, leaderEpoch });
    this.#topics.set(name, { ...topic, partitions });
  }

  #deny(name: string, now: number): void {
    const denial = this.#denied.get(name);
    if (denial !== undefined) this.#denied.set(name, { ...denial, times: denial.times + 1 });
    else if (this.#topics.delete(name)) this.#denied.set(name, { since: now, times: 1 });
  }
}

function sameLeaders(before: readonly PartitionMetadata[], after: readonly PartitionMetadata[]): boolean {
  return (
    before.length === after.length &&
    after.every(({ leader, leaderEpoch }, partition) => {
      const known = before[partition];
      return known?.leader === leader && known.leaderEpoch === leaderEpoch;
    })
  );
}

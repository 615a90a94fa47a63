import { HeadraceError } from '@headrace/core';
import { errorCode, listOffsetsApi } from '@headrace/protocol';
import { retryTransient } from '../retry-transient.ts';
import { answerError } from './answer-error.ts';
import type { Cluster } from './cluster.ts';

const earliest = -2;
const latest = -1;

/** The offsets between which a partition has records; `high` is the one behind the last. */
export interface OffsetRange {
  readonly low: number;
  readonly high: number;
}

/** Asks the leaders of partitions where these begin and end. */
export class OffsetLookup {
  readonly #cluster: Cluster;
  readonly #isolationLevel: number;

  /** Where only what is committed counts, a partition ends before its first open transaction. */
  constructor(cluster: Cluster, readCommitted: boolean) {
    this.#cluster = cluster;
    this.#isolationLevel = readCommitted ? 1 : 0;
  }

  /** Returns the first offset of a partition, and the one behind its last record. */
  async range(topic: string, partition: number): Promise<OffsetRange> {
    const [low, high] = await Promise.all([this.beginning(topic, partition), this.end(topic, partition)]);
    return { low, high };
  }

  /** Returns the first offset of a partition. */
  beginning(topic: string, partition: number): Promise<number> {
    return this.#ask(topic, partition, earliest);
  }

  /** Returns the offset behind the last record of a partition. */
  end(topic: string, partition: number): Promise<number> {
    return this.#ask(topic, partition, latest);
  }

  /** Returns the offset of the first record at or after a time in epoch milliseconds, or the end. */
  async at(topic: string, partition: number, timestamp: number): Promise<number> {
    const found = await this.#ask(topic, partition, Math.max(0, Math.floor(timestamp)));
    return found < 0 ? this.end(topic, partition) : found;
  }

  #ask(topic: string, partition: number, timestamp: number): Promise<number> {
    const what = `does not tell an offset of "${topic}/${partition}"`;
    const explain = (thrown: unknown): HeadraceError =>
      thrown instanceof HeadraceError ? thrown : new HeadraceError('KAFKA_FAILED', `Kafka ${what}.`, { cause: thrown });
    return retryTransient(this.#cluster.clock, explain, async () => {
      await this.#cluster.topicWith(topic, partition);
      const leader = this.#cluster.leaderOf(topic, partition);
      if (leader === null) {
        await this.#cluster.refresh();
        throw answerError(errorCode('LEADER_NOT_AVAILABLE'), what);
      }
      const body = {
        replicaId: -1,
        isolationLevel: this.#isolationLevel,
        topics: [{ name: topic, partitions: [{ partitionIndex: partition, timestamp }] }],
      };
      const { topics } = await this.#cluster.ask(leader, 'metadata', listOffsetsApi, body, { newest: 7 });
      const answer = topics[0]?.partitions[0];
      if (answer?.errorCode === errorCode('NONE')) return answer.offset;
      await this.#cluster.refresh();
      throw answerError(answer?.errorCode ?? -1, what, { right: `Describe on topic "${topic}"` });
    });
  }
}

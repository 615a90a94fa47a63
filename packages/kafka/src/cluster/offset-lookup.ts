import { HeadraceError } from '@headrace/core';
import { errorCode, listOffsetsApi } from '@headrace/protocol';
import { retryTransient } from '../retry-transient.ts';
import { answerError } from './answer-error.ts';
import type { Cluster } from './cluster.ts';

const earliest = -2;
const latest = -1;

/** Asks the leaders of partitions where these begin and end. */
export class OffsetLookup {
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Returns the first offset of a partition, and the one behind its last record, transactions that are open included. */
  async range(topic: string, partition: number): Promise<{ readonly low: number; readonly high: number }> {
    const [low, high] = await Promise.all([this.#ask(topic, partition, earliest), this.#ask(topic, partition, latest)]);
    return { low, high };
  }

  /** Returns the offset of the first record at or after a time in epoch milliseconds, or the end. */
  async at(topic: string, partition: number, timestamp: number): Promise<number> {
    const found = await this.#ask(topic, partition, Math.max(0, Math.floor(timestamp)));
    return found < 0 ? this.#ask(topic, partition, latest) : found;
  }

  #ask(topic: string, partition: number, timestamp: number): Promise<number> {
    const what = `does not tell an offset of "${topic}/${partition}"`;
    const explain = (thrown: unknown): HeadraceError =>
      thrown instanceof HeadraceError ? thrown : new HeadraceError('KAFKA_FAILED', `Kafka ${what}.`, { cause: thrown });
    return retryTransient(this.#cluster.clock, explain, async () => {
      await this.#cluster.topic(topic);
      const leader = this.#cluster.leaderOf(topic, partition);
      if (leader === null) {
        await this.#cluster.refresh();
        throw answerError(errorCode('LEADER_NOT_AVAILABLE'), what);
      }
      const body = {
        replicaId: -1,
        isolationLevel: 0,
        topics: [{ name: topic, partitions: [{ partitionIndex: partition, timestamp }] }],
      };
      const { topics } = await this.#cluster.ask(leader, 'metadata', listOffsetsApi, body, { newest: 7 });
      const answer = topics[0]?.partitions[0];
      if (answer?.errorCode === errorCode('NONE')) return answer.offset;
      await this.#cluster.refresh();
      throw answerError(answer?.errorCode ?? -1, what);
    });
  }
}

import { HeadraceError } from '@headrace/core';
import type { AppendOptions, Columns, Refusal } from '@headrace/core';
import { CompressionTypes } from 'kafkajs';
import type { Producer } from 'kafkajs';
import { kafkaError, rowRefusal } from './errors.ts';
import { keyText, messageSize, producerMessages } from './producer-messages.ts';
import { sendRows } from './send-rows.ts';
import { topicPartition } from './topic-partition.ts';

/** Appends rows through a producer: partitions beside each other, the sends of one partition one after another. */
export class Appender {
  readonly #producer: Producer;
  readonly #tails = new Map<string, Promise<unknown>>();

  constructor(producer: Producer) {
    this.#producer = producer;
  }

  /** Resolves when all rows are acknowledged or refused; rejects, after the last send has ended, where nothing is known of some. */
  async append(
    topic: string,
    partitions: Int32Array,
    records: Columns,
    { compression = 'none' }: AppendOptions,
  ): Promise<readonly Refusal[]> {
    if (partitions.length !== records.count)
      throw new HeadraceError(
        'INVALID_PARTITIONS',
        `Append to "${topic}" names ${partitions.length} partitions for ${records.count} rows.`,
      );
    const parts = [...rowsByPartition(partitions)].map(([partition, rows]) =>
      this.#inOrder(topicPartition(topic, partition), () =>
        sendRows(rows, {
          size: (row) => messageSize(records, row),
          key: (row) => keyText(records, row),
          send: (some) => this.#send(topic, partition, records, some, compression),
        }),
      ),
    );
    const results = await Promise.allSettled(parts);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw kafkaError(failed.reason, `could not append to topic "${topic}"`);
    return results
      .flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
      .sort((a, b) => a.row - b.row);
  }

  async #send(
    topic: string,
    partition: number,
    records: Columns,
    rows: readonly number[],
    compression: NonNullable<AppendOptions['compression']>,
  ): Promise<{ code: string; message: string } | null> {
    try {
      const acknowledged = await this.#producer.send({
        topic,
        acks: -1,
        compression: compression === 'gzip' ? CompressionTypes.GZIP : CompressionTypes.None,
        messages: producerMessages(records, rows, partition),
      });
      // kafkajs drops the messages for a partition that it does not know, and says nothing.
      if (acknowledged.some((one) => one.partition === partition && one.errorCode === 0)) return null;
    } catch (error) {
      const refusal = rowRefusal(error);
      if (refusal === null) throw error;
      return refusal;
    }
    throw new HeadraceError('UNKNOWN_TOPIC', `Kafka's topic "${topic}" has no partition ${partition}.`);
  }

  #inOrder<R>(partition: string, work: () => Promise<R>): Promise<R> {
    const before = this.#tails.get(partition) ?? Promise.resolve();
    const result = before.then(work);
    const tail = result
      .catch(() => {})
      .then(() => {
        if (this.#tails.get(partition) === tail) this.#tails.delete(partition);
      });
    this.#tails.set(partition, tail);
    return result;
  }
}

function rowsByPartition(partitions: Int32Array): Map<number, number[]> {
  const result = new Map<number, number[]>();
  partitions.forEach((partition, row) => {
    const rows = result.get(partition);
    if (rows === undefined) result.set(partition, [row]);
    else rows.push(row);
  });
  return result;
}

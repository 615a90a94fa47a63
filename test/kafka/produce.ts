import { CompressionTypes, Partitioners } from 'kafkajs';
import type { IHeaders, Message, Producer } from 'kafkajs';
import { foreignClient } from './foreign-client.ts';

/** A record to write. Without `partition` Kafka's own hash of the key decides; without a key too, the turn. */
export interface RecordToProduce {
  readonly key?: Buffer | string | null;
  readonly value: Buffer | string | null;
  readonly headers?: IHeaders;
  /** Milliseconds. Default: now. */
  readonly timestamp?: number;
  readonly partition?: number;
}

/** What may be chosen about how records are written. */
export interface ProduceOptions {
  /** Default: none. */
  readonly compression?: 'none' | 'gzip';
  /** Records per request. Default: 1000. */
  readonly batchSize?: number;
  /** Writes everything in one transaction of this id, and ends it so. */
  readonly transaction?: { readonly id: string; readonly end: 'commit' | 'abort' };
}

/**
 * Writes records with kafkajs, in order, and resolves when Kafka has acknowledged all of them.
 * Outside a transaction nothing is retried: kafkajs sends a request again whole when one of its partitions was refused, and
 * what the others had taken would stand there twice.
 */
export async function produce(
  bootstrap: string,
  topic: string,
  records: readonly RecordToProduce[],
  options: ProduceOptions = {},
): Promise<void> {
  const { transaction } = options;
  const producer = foreignClient(bootstrap).producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    ...(transaction === undefined
      ? { retry: { retries: 0 } }
      : { transactionalId: transaction.id, idempotent: true, maxInFlightRequests: 1 }),
  });
  await producer.connect();
  try {
    if (transaction === undefined) {
      await sendAll(producer, topic, records, options);
      return;
    }
    const open = await producer.transaction();
    await sendAll(open, topic, records, options);
    await open[transaction.end]();
  } finally {
    await producer.disconnect();
  }
}

async function sendAll(
  to: Pick<Producer, 'send'>,
  topic: string,
  records: readonly RecordToProduce[],
  { compression = 'none', batchSize = 1000 }: ProduceOptions,
): Promise<void> {
  for (let from = 0; from < records.length; from += batchSize) {
    await to.send({
      topic,
      acks: -1,
      compression: compression === 'gzip' ? CompressionTypes.GZIP : CompressionTypes.None,
      messages: records.slice(from, from + batchSize).map(toMessage),
    });
  }
}

function toMessage({ timestamp, ...record }: RecordToProduce): Message {
  return timestamp === undefined ? record : { ...record, timestamp: `${timestamp}` };
}

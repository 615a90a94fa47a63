import type { Consumer, IHeaders, KafkaMessage } from 'kafkajs';
import { foreignClient } from './foreign-client.ts';
import { partitionRanges, uniqueName } from './topics.ts';
import { waitUntil } from './wait-until.ts';

/** A record as kafkajs read it. */
export interface ConsumedRecord {
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: IHeaders;
}

/** What may be chosen about reading. */
export interface ConsumeOptions {
  /** Also returns records of open and aborted transactions. Default: false, only what is committed. */
  readonly readUncommitted?: boolean;
  /**
   * What to do about transactions that are open: `wait` for their ends, which includes the moment between a commit and its
   * markers, or `leave` them out, with all that stands behind them. Default: `wait`.
   */
  readonly openTransactions?: 'wait' | 'leave';
  /** Only bounds how long a failing test takes. Default: 60 seconds. */
  readonly deadlineMs?: number;
}

/**
 * Fetches so much at once that a test's whole partition arrives in one answer. kafkajs delivers aborted records when an answer
 * begins inside an aborted transaction; the first answer begins at the start of the log, where none is open.
 */
const fetchBytes = 50 * 1024 * 1024;

/**
 * Reads every record of a topic, from the earliest to the end offsets as of now, ordered by partition and offset.
 * Rejects at the deadline, naming what is missing: a transaction that stays open is one reason.
 */
export async function consumeAll(
  bootstrap: string,
  topic: string,
  { readUncommitted = false, openTransactions = 'wait', deadlineMs = 60_000 }: ConsumeOptions = {},
): Promise<ConsumedRecord[]> {
  const ends = new Map<number, number>();
  // After a leader has gone not every node knows the next one at once.
  const ranges = await waitUntil(
    () => partitionRanges(bootstrap, topic),
    () => true,
    { what: `topic "${topic}" is served`, deadlineMs: 20_000 },
  );
  for (const { partition, start, stableEnd, end } of ranges) {
    const until = openTransactions === 'wait' ? end : stableEnd;
    if (until > start) ends.set(partition, until);
  }
  if (ends.size === 0) return [];
  const consumer = foreignClient(bootstrap).consumer({
    groupId: uniqueName('consume-all'),
    readUncommitted,
    maxWaitTimeInMs: 100,
    maxBytes: fetchBytes,
    maxBytesPerPartition: fetchBytes,
  });
  const crashed = crashOf(consumer);
  await consumer.connect();
  try {
    const records = await Promise.race([readUpTo(ends, consumer, topic, deadlineMs), crashed]);
    return records.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
  } finally {
    await consumer.disconnect();
  }
}

async function readUpTo(
  ends: ReadonlyMap<number, number>,
  consumer: Consumer,
  topic: string,
  deadlineMs: number,
): Promise<ConsumedRecord[]> {
  const missing = new Map(ends);
  // By place: kafkajs delivers again what it had not committed when it had to join again.
  const records = new Map<string, ConsumedRecord>();
  // Unlike eachBatch, this event also tells of answers in which nothing was visible: markers and aborted records.
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    const end = missing.get(payload.partition);
    if (end !== undefined && Number(payload.lastOffset) >= end - 1) missing.delete(payload.partition);
  });
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch: { partition, messages } }) => {
      const end = ends.get(partition) ?? 0;
      for (const message of messages) {
        if (Number(message.offset) < end) records.set(`${partition}/${message.offset}`, toRecord(partition, message));
      }
    },
  });
  await waitUntil(
    () => missing,
    () => missing.size === 0,
    { what: `all of topic "${topic}" was read (still missing: partition => end offset)`, deadlineMs, intervalMs: 5 },
  );
  return [...records.values()];
}

/** Rejects when kafkajs gives up, which it otherwise only logs. From what may pass it recovers by itself. */
function crashOf(consumer: Consumer): Promise<never> {
  const crashed = new Promise<never>((_resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) reject(payload.error);
    });
  });
  crashed.catch(() => {});
  return crashed;
}

function toRecord(partition: number, { key, value, headers, timestamp, offset }: KafkaMessage): ConsumedRecord {
  return { partition, offset: Number(offset), timestamp: Number(timestamp), key, value, headers: headers ?? {} };
}

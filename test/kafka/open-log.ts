import { afterEach } from 'vitest';
import { bytesAt, systemClock } from '@headrace/core';
import type { Columns, GroupListener, HeadraceError, Log, SplitReader, TopicPartition } from '@headrace/core';
import { createKafkaLog } from '@headrace/kafka';
import type { KafkaLogOptions, KafkaTuning } from '@headrace/kafka';
import { uniqueName, withAdmin } from './topics.ts';
import { waitUntil } from './wait-until.ts';

const tuning: Partial<KafkaTuning> = {
  sessionTimeoutMs: 6000,
  heartbeatMs: 300,
  rebalanceTimeoutMs: 6000,
  deliveryTimeoutMs: 3000,
};
/** A limit that small tests do not reach. */
export const noLimit = { records: 10_000, bytes: 10_000_000, waitMs: 200 };
/** What is undone after each test, the last first. */
export const cleanUp: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** Opens a Log that is closed after the test; its times are short. */
export async function openLog(bootstrap: string, options: Partial<KafkaLogOptions> = {}): Promise<Log> {
  const log = await createKafkaLog({
    brokers: [bootstrap],
    clientId: 'log-test',
    group: uniqueName('log-test'),
    clock: systemClock,
    ...options,
    tuning: { ...tuning, ...options.tuning },
  });
  cleanUp.push(() => log.close());
  return log;
}

/** Keeps book of what a member is told. */
export function listener() {
  const told = { owned: new Set<TopicPartition>(), joins: 0, losses: 0, failure: null as HeadraceError | null };
  const on: GroupListener = {
    assigned(partitions) {
      told.joins += 1;
      for (const partition of partitions) told.owned.add(partition);
    },
    async revoking(partitions) {
      for (const partition of partitions) told.owned.delete(partition);
    },
    lost(partitions) {
      told.losses += 1;
      for (const partition of partitions) told.owned.delete(partition);
    },
    failed(error) {
      told.failure = error;
    },
  };
  return { told, on };
}

/** Joins and waits until every partition is assigned. */
export async function joinAll(log: Log, topic: string, partitions: number) {
  const { told, on } = listener();
  const membership = await log.join([topic], on);
  await waitUntil(
    () => told.owned.size,
    (owned) => owned === partitions,
    { what: `all partitions of "${topic}" are assigned`, intervalMs: 5 },
  );
  return { told, membership };
}

/** Returns the values of columns as text. */
export function valuesOf(records: Columns): string[] {
  if (records.values.kind !== 'bytes') throw new Error('Values are read as bytes.');
  const column = records.values;
  return Array.from({ length: records.count }, (_, row) => Buffer.from(bytesAt(column, row) ?? 'null').toString());
}

/** Reads until there are so many values. */
export async function readValues(reader: SplitReader, count: number): Promise<string[]> {
  const values: string[] = [];
  const { signal } = new AbortController();
  await waitUntil(
    async () => {
      const result = await reader.read(noLimit, signal);
      if (typeof result === 'object' && result.records !== null) values.push(...valuesOf(result.records));
      return values;
    },
    () => values.length >= count,
    { what: `${count} values are read`, intervalMs: 0 },
  );
  return values;
}

/** Deletes the records of partition 0 below an offset. */
export async function deleteBefore(bootstrap: string, topic: string, offset: number): Promise<void> {
  await withAdmin(bootstrap, async (admin) => {
    // kafkajs deletes only from topics whose leaders it has asked for.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
  });
}

/** Returns the code of the error that work rejects with. */
export const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error as HeadraceError).code,
  );

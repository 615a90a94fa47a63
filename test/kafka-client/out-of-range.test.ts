import { EmbeddedBroker } from '@headrace/broker';
import { bytesColumn, nullColumn, systemClock, type Columns, type Log, type SplitReader } from '@headrace/core';
import { createKafkaLog } from '@headrace/kafka';
import { deleteRecordsApi } from '@headrace/protocol';
import { afterEach, expect, it } from 'vitest';

const cleanUp: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

const { signal } = new AbortController();

function records(count: number): Columns {
  return {
    count,
    offsets: new Float64Array(count),
    timestamps: new Float64Array(count).fill(Date.now()),
    keys: nullColumn(count),
    values: bytesColumn(Array.from({ length: count }, () => Buffer.from('v'))),
    headers: nullColumn(count),
  };
}

async function setUp(): Promise<{ broker: EmbeddedBroker; log: Log; warnings: string[] }> {
  const broker = new EmbeddedBroker({ nodes: 2 });
  cleanUp.push(() => broker.close());
  await broker.listen();
  broker.createTopic('t', 1);
  const warnings: string[] = [];
  const logger = (level: string, message: string): void => void (level === 'warn' && warnings.push(message));
  const brokers = broker.bootstrap.split(',');
  const log = await createKafkaLog({ brokers, clientId: 'test', group: 'g', clock: systemClock, logger });
  cleanUp.push(() => log.close());
  return { broker, log, warnings };
}

/** Leaves 40 records of four leaders in the log, and then only the last five of them. */
async function leaveBehind(broker: EmbeddedBroker, log: Log): Promise<void> {
  for (const leader of [2, 1, 2]) {
    broker.moveLeader('t', 0, leader);
    await log.append('t', new Int32Array(10), records(10));
  }
  const topics = [{ name: 't', partitions: [{ partitionIndex: 0, offset: 35 }] }];
  await broker.connections().send(2, 'metadata', deleteRecordsApi, 2, { topics, timeoutMs: 1000 }, { timeoutMs: 5000 });
}

async function readOffsets(reader: SplitReader, until: number): Promise<number[]> {
  const offsets: number[] = [];
  for (let next = -1; next < until;) {
    const result = await reader.read({ records: 100, bytes: 1_000_000, waitMs: 1000 }, signal);
    if (result === 'idle' || result === 'end') continue;
    if (result.records !== null) offsets.push(...result.records.offsets);
    next = result.next as number;
  }
  return offsets;
}

it.each([
  ['earliest', [35, 36, 37, 38, 39, 40]],
  ['latest', [40]],
] as const)('a reader that is left behind by several leaders goes on once, at the %s', async (onOutOfRange, left) => {
  const { broker, log, warnings } = await setUp();
  await log.append('t', new Int32Array(10), records(10));
  // It takes one batch and asks for no more while some of that waits.
  const reader = log.reader('t/0', 'earliest', { onOutOfRange, bufferBytes: () => 1 });
  await reader.read({ records: 1, bytes: 1_000_000, waitMs: 5000 }, signal);
  await leaveBehind(broker, log);
  const before = await readOffsets(reader, onOutOfRange === 'latest' ? 40 : 35);
  expect(before).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await log.append('t', new Int32Array(1), records(1));
  expect(await readOffsets(reader, 41)).toEqual(left);
  expect(warnings).toHaveLength(1);
});

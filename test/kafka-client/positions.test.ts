import { EmbeddedBroker } from '@headrace/broker';
import { systemClock, type Log, type ReaderOptions } from '@headrace/core';
import { createKafkaLog } from '@headrace/kafka';
import {
  fetchApi,
  offsetCommitApi,
  offsetForLeaderEpochApi,
  type RequestOf,
  type ResponseInput,
} from '@headrace/protocol';
import { columnsOf } from '@headrace/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { joinAll, noLimit, readValues } from '../kafka/open-log.ts';
import { withAdmin } from '../kafka/topics.ts';
import { waitUntil } from '../kafka/wait-until.ts';
import { speakNoNewer } from './speak-no-newer.ts';

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

const partition = 't/0';
const byId = {};
const byName = { Fetch: 12 };
const old = { Fetch: 11 };

const start = async (newest: Readonly<Record<string, number>>): Promise<EmbeddedBroker> => {
  const broker = new EmbeddedBroker({ nodes: 2 });
  cleanUp.push(() => broker.close());
  speakNoNewer(broker, newest);
  await broker.listen();
  broker.createTopic('t', 1);
  return broker;
};

const open = async (broker: EmbeddedBroker, maxBufferedBytes = 1 << 20): Promise<Log> => {
  const log = await createKafkaLog({
    brokers: broker.bootstrap.split(','),
    clientId: 'positions',
    group: 'positions',
    clock: systemClock,
    tuning: { maxWaitMs: 50, maxBufferedBytes, maxFetchBytes: 20_000, rebalanceTimeoutMs: 6000 },
  });
  cleanUp.push(() => log.close());
  return log;
};

const append = async (log: Log, ...values: readonly string[]): Promise<void> => {
  const rows = columnsOf(values.map((value) => ({ value: Buffer.from(value) })));
  expect(await log.append('t', new Int32Array(values.length), rows)).toEqual([]);
};

/** Three records of the first leader and two of the next: a position at their end was reached under epoch 1. */
const twoLeaders = async (broker: EmbeddedBroker): Promise<Log> => {
  const log = await open(broker);
  await append(log, 'a', 'b', 'c');
  broker.moveLeader('t', 0, 2);
  await append(log, 'd', 'e');
  return log;
};

const committedEpochs = (broker: EmbeddedBroker): (readonly [number, number])[] => {
  const seen: (readonly [number, number])[] = [];
  broker.faults.onRequest(offsetCommitApi, ({ body }) => {
    for (const { partitions } of body.topics)
      for (const one of partitions) seen.push([one.committedOffset, one.committedLeaderEpoch]);
    return undefined;
  });
  return seen;
};

/** What a leader says that has lost all that was written under epoch 1: the epoch before it ended at 3. */
const cutOffAtThree = (broker: EmbeddedBroker): { asked: number } => {
  const counted = { asked: 0 };
  const epochOf = ({ topics }: RequestOf<typeof fetchApi>) => topics[0]?.partitions[0]?.lastFetchedEpoch;
  broker.faults.onResponse(fetchApi, ({ body, response }) => {
    if (epochOf(body) !== 1) return undefined;
    counted.asked += 1;
    const divergingEpoch = { epoch: 0, endOffset: 3 };
    const cut = (one: ResponseInput<typeof fetchApi>['responses'][number]) => ({
      ...one,
      partitions: one.partitions.map((part) => ({ ...part, divergingEpoch, records: Buffer.alloc(0) })),
    });
    return { do: 'rewrite', response: { ...response, responses: response.responses.map(cut) } };
  });
  broker.faults.onResponse(offsetForLeaderEpochApi, ({ body, response }) => {
    if (body.topics[0]?.partitions[0]?.leaderEpoch !== 1) return undefined;
    counted.asked += 1;
    const cut = (one: ResponseInput<typeof offsetForLeaderEpochApi>['topics'][number]) => ({
      ...one,
      partitions: one.partitions.map((part) => ({ ...part, leaderEpoch: 0, endOffset: 3 })),
    });
    return { do: 'rewrite', response: { ...response, topics: response.topics.map(cut) } };
  });
  return counted;
};

const errorOf = async (log: Log, at: number, options: ReaderOptions = {}): Promise<unknown> => {
  try {
    const { signal } = new AbortController();
    return await log.reader(partition, at, options).read({ ...noLimit, waitMs: 5000 }, signal);
  } catch (error) {
    return error;
  }
};

describe.each([
  ['by ids of topics', byId],
  ['by names of topics', byName],
  ['in a version that does not look at epochs itself', old],
])('positions, fetched %s', (_, newest) => {
  it('are committed with the epoch of the record before them', async () => {
    const broker = await start(newest);
    const seen = committedEpochs(broker);
    const log = await twoLeaders(broker);
    const { membership } = await joinAll(log, 't', 1);
    await readValues(log.reader(partition, 'earliest'), 5);
    for (const offset of [3, 4, 5, 0]) await membership.commit([{ partition, offset, metadata: '' }]);
    expect(seen).toEqual([
      [3, 0],
      [4, 1],
      [5, 1],
      [0, -1],
    ]);
  });

  it('are refused by a later process when the log was cut off before them', async () => {
    const broker = await start(newest);
    const first = await twoLeaders(broker);
    const { membership } = await joinAll(first, 't', 1);
    await readValues(first.reader(partition, 'earliest'), 5);
    await membership.commit([{ partition, offset: 5, metadata: 'm' }]);
    await first.close();
    const cut = cutOffAtThree(broker);
    const next = await open(broker);
    expect(await next.committed([partition])).toEqual(new Map([[partition, { offset: 5, metadata: 'm' }]]));
    expect(await errorOf(next, 5)).toMatchObject({
      code: 'OFFSET_OUT_OF_RANGE',
      message: expect.stringContaining('a new leader has cut the log off at 3'),
    });
    const moves: [number, number][] = [];
    const reader = next.reader(partition, 5, {
      onOutOfRange: 'earliest',
      moved: (from, to) => moves.push([from, to]),
    });
    expect(await readValues(reader, 2)).toEqual(['d', 'e']);
    expect(moves).toEqual([[5, 3]]);
    expect(cut.asked).toBeGreaterThan(0);
  });

  it('are read on from where the log holds them, over moves of the leader', async () => {
    const broker = await start(newest);
    const log = await twoLeaders(broker);
    const reader = log.reader(partition, 'earliest');
    expect(await readValues(reader, 5)).toEqual(['a', 'b', 'c', 'd', 'e']);
    broker.moveLeader('t', 0, 1);
    await append(log, 'f');
    expect(await readValues(reader, 1)).toEqual(['f']);
    const again = log.reader(partition, 5);
    expect(await readValues(again, 1)).toEqual(['f']);
  });
});

it('a position means nothing in a topic that was made anew and filled while the partition was paused', async () => {
  const broker = await start({});
  const log = await open(broker, 20_000);
  const long = (text: string): string => text.padEnd(15_000, '.');
  for (const text of ['a', 'b', 'c', 'd']) await append(log, long(text));
  const reader = log.reader(partition, 'earliest');
  await readValues(reader, 1);
  // It holds more than it may, and asks for nothing.
  await waitUntil(
    () => reader.progress?.().bufferedBytes ?? 0,
    (bytes) => bytes >= 20_000,
    { what: 'the partition is paused', intervalMs: 5 },
  );
  await withAdmin(broker.bootstrap, (admin) => admin.deleteTopics({ topics: ['t'] }));
  broker.createTopic('t', 1);
  const other = await open(broker);
  for (let n = 0; n < 10; n++) await append(other, long('new'));
  const read: string[] = [];
  const { signal } = new AbortController();
  const end = await (async () => {
    for (;;) {
      const result = await reader.read({ ...noLimit, records: 1, waitMs: 1000 }, signal);
      if (typeof result === 'object' && result.records !== null) read.push('row');
    }
  })().catch((error: unknown) => error);
  expect(end).toMatchObject({ code: 'TOPIC_RECREATED' });
  expect(read.length).toBeLessThan(4);
});

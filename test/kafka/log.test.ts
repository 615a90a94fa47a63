import { randomBytes } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { bytesAt, systemClock } from '@headrace/core';
import type { Columns, GroupListener, HeadraceError, Log, SplitReader, TopicPartition } from '@headrace/core';
import { createKafkaLog } from '@headrace/kafka';
import type { KafkaLogOptions, KafkaTuning } from '@headrace/kafka';
import { columnsOf, logContract } from '@headrace/testing';
import { startKafka } from './broker/kafka-broker.ts';
import { consumeAll } from './consume-all.ts';
import { committedOffsets } from './group-offsets.ts';
import { produce } from './produce.ts';
import { describeKafka } from './require-kafka.ts';
import { createTopic, createTopics, uniqueName, withAdmin } from './topics.ts';
import { waitUntil } from './wait-until.ts';

const tuning: Partial<KafkaTuning> = { sessionTimeoutMs: 6000, heartbeatMs: 300, rebalanceTimeoutMs: 6000 };
const noLimit = { records: 10_000, bytes: 10_000_000, waitMs: 200 };
const cleanUp: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function openLog(bootstrap: string, options: Partial<KafkaLogOptions> = {}): Promise<Log> {
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
function listener() {
  const told = { owned: new Set<TopicPartition>(), joins: 0, losses: 0, failure: null as HeadraceError | null };
  const on: GroupListener = {
    assigned(partitions) {
      told.joins += 1;
      for (const partition of partitions) told.owned.add(partition);
    },
    async revoking() {},
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

async function joinAll(log: Log, topic: string, partitions: number) {
  const { told, on } = listener();
  const membership = await log.join([topic], on);
  await waitUntil(
    () => told.owned.size,
    (owned) => owned === partitions,
    { what: `all partitions of "${topic}" are assigned`, intervalMs: 5 },
  );
  return { told, membership };
}

function valuesOf(records: Columns): string[] {
  if (records.values.kind !== 'bytes') throw new Error('Values are read as bytes.');
  const column = records.values;
  return Array.from({ length: records.count }, (_, row) => Buffer.from(bytesAt(column, row) ?? 'null').toString());
}

async function readValues(reader: SplitReader, count: number): Promise<string[]> {
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
async function deleteBefore(bootstrap: string, topic: string, offset: number): Promise<void> {
  await withAdmin(bootstrap, async (admin) => {
    // kafkajs deletes only from topics whose leaders it has asked for.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
  });
}

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error as HeadraceError).code,
  );

describeKafka('the Log over kafkajs', (bootstrap) => {
  const contract = logContract(async () => {
    const log = await openLog(bootstrap);
    return {
      log,
      createTopic: (name, partitions) => createTopics(bootstrap, { [name]: { partitions } }),
      close: () => log.close(),
    };
  });
  for (const { name, run } of contract) {
    // kafkajs cannot write a null header: it arrives as an empty one.
    if (name.startsWith('gives back null and empty')) it.fails(name, run);
    else it(name, run);
  }

  it('gives back null and empty keys and values, and headers that repeat', async () => {
    const topic = await createTopic(bootstrap, 'nulls');
    const log = await openLog(bootstrap);
    const a = Buffer.from([0, 255]);
    const headers = [
      { name: 'a', value: a },
      { name: 'b', value: null },
      { name: 'a', value: Buffer.from('2') },
    ];
    const rows = columnsOf([
      { key: null, value: null, timestamp: 5 },
      { key: Buffer.of(), value: Buffer.of(), headers },
    ]);
    expect(await log.append(topic, new Int32Array(2), rows)).toEqual([]);
    const empty = Buffer.of();
    expect(await consumeAll(bootstrap, topic)).toEqual([
      { partition: 0, offset: 0, timestamp: 5, key: null, value: null, headers: {} },
      {
        partition: 0,
        offset: 1,
        timestamp: 0,
        key: empty,
        value: empty,
        headers: { a: [a, Buffer.from('2')], b: empty },
      },
    ]);
  });

  it('compresses when it is asked to', async () => {
    const topic = await createTopic(bootstrap, 'gzip', { config: { 'max.message.bytes': '20000' } });
    const log = await openLog(bootstrap);
    const value = Buffer.alloc(100_000, 'x');
    const append = (compression: 'none' | 'gzip') =>
      log.append(topic, new Int32Array(1), columnsOf([{ value }]), { compression });
    expect((await append('none')).length).toBe(1);
    expect(await append('gzip')).toEqual([]);
    expect((await consumeAll(bootstrap, topic)).map((record) => record.value?.length)).toEqual([100_000]);
  });

  it('refuses the rows that are too large, the later ones of their keys, and no others', async () => {
    const topic = await createTopic(bootstrap, 'large', { partitions: 2 });
    const log = await openLog(bootstrap);
    const key = (row: number): Buffer | null => (row % 5 === 4 ? null : Buffer.from(`key-${row % 5}`));
    const rows = Array.from({ length: 40 }, (_, row) => ({
      key: key(row),
      value: row === 12 || row === 14 ? randomBytes(1_500_000) : Buffer.from(`value-${row}`),
    }));
    const partitions = Int32Array.from({ length: 40 }, (_, row) => ((row % 5) % 2 === 0 ? 0 : 1));
    const refusals = await log.append(topic, partitions, columnsOf(rows));
    // 12 and all later rows of its key, key-2; 14 has no key.
    expect(refusals.map(({ row }) => row)).toEqual([12, 14, 17, 22, 27, 32, 37]);
    expect(refusals).toMatchObject(refusals.map(() => ({ code: 'MESSAGE_TOO_LARGE' })));
    const refused = new Set(refusals.map(({ row }) => row));
    const written = rows.map(({ value }, row) => ({ value, row })).filter(({ row }) => !refused.has(row));
    const read = await consumeAll(bootstrap, topic);
    for (const partition of [0, 1])
      expect(read.filter((record) => record.partition === partition).map(({ value }) => value?.toString())).toEqual(
        written.filter(({ row }) => partitions[row] === partition).map(({ value }) => value.toString()),
      );
  });

  it('appends more than fits into one request, in order', async () => {
    const topic = await createTopic(bootstrap, 'chunks');
    const log = await openLog(bootstrap);
    const values = Array.from({ length: 300 }, (_, row) => Buffer.from(`${row}:`.padEnd(10_000, 'x')));
    await Promise.all([
      log.append(topic, new Int32Array(300), columnsOf(values.map((value) => ({ value })))),
      log.append(topic, new Int32Array(1), columnsOf([{ value: Buffer.from('after') }])),
    ]);
    const read = (await consumeAll(bootstrap, topic)).map(({ value }) => value?.toString());
    expect(read).toEqual([...values.map(String), 'after']);
  });

  it('says that a partition does not exist, instead of losing its rows', async () => {
    const topic = await createTopic(bootstrap, 'partitions');
    const log = await openLog(bootstrap);
    const rows = columnsOf([{ value: Buffer.from('a') }]);
    expect(await codeOf(log.append(topic, Int32Array.of(3), rows))).toBe('UNKNOWN_TOPIC');
  });

  it('buffers no more than it may while nobody reads, keeps its membership, and then gives everything', async () => {
    const topic = await createTopic(bootstrap, 'slow', { partitions: 2 });
    const values = Array.from({ length: 400 }, (_, row) => `${row}:`.padEnd(10_000, 'x'));
    for (const partition of [0, 1])
      await produce(
        bootstrap,
        topic,
        values.map((value) => ({ value, partition })),
        { batchSize: 50 },
      );
    const limits = { maxFetchBytes: 300_000, maxBufferedBytes: 500_000 };
    const log = await openLog(bootstrap, { tuning: { ...limits, sessionTimeoutMs: 1500, heartbeatMs: 300 } });
    const { told } = await joinAll(log, topic, 2);
    const slow = log.reader(`${topic}/0`, 'earliest') as SplitReader & { readonly bufferedBytes: number };
    const fast = log.reader(`${topic}/1`, 'earliest');
    const head = await readValues(slow, 1);
    // Far longer than the session lasts: the other partition goes on meanwhile.
    expect(await readValues(fast, values.length)).toEqual(values);
    let most = 0;
    const until = systemClock.monotonic() + 4000;
    await waitUntil(
      () => (most = Math.max(most, slow.bufferedBytes)),
      () => systemClock.monotonic() > until,
      { what: 'the session would have ended', intervalMs: 20 },
    );
    expect(most).toBeGreaterThan(limits.maxBufferedBytes);
    expect(most).toBeLessThan(limits.maxBufferedBytes + 2 * limits.maxFetchBytes);
    expect([...head, ...(await readValues(slow, values.length - head.length))]).toEqual(values);
    expect(told).toMatchObject({ joins: 1, losses: 0, failure: null });
  });

  it('moves the position past records that nobody may see', async () => {
    const topic = await createTopic(bootstrap, 'aborted');
    await produce(bootstrap, topic, [{ value: 'seen' }]);
    const transaction = { id: uniqueName('aborted'), end: 'abort' } as const;
    await produce(bootstrap, topic, [{ value: 'aborted' }], { transaction });
    const log = await openLog(bootstrap);
    await joinAll(log, topic, 1);
    const reader = log.reader(`${topic}/0`, 'earliest');
    const { signal } = new AbortController();
    const seen: string[] = [];
    const last = await waitUntil(
      async () => {
        const result = await reader.read(noLimit, signal);
        if (typeof result === 'object' && result.records !== null) seen.push(...valuesOf(result.records));
        return typeof result === 'object' ? result.nextOffset : 0;
      },
      (next) => next === 3,
      { what: 'the position lies after the aborted record and its marker', intervalMs: 0 },
    );
    expect([last, seen]).toEqual([3, ['seen']]);
  });

  it('goes on where offsets are missing', async () => {
    const topic = await createTopic(bootstrap, 'holes', {
      config: {
        'cleanup.policy': 'compact',
        'segment.bytes': '1048576',
        'min.cleanable.dirty.ratio': '0.001',
        'max.compaction.lag.ms': '1',
      },
    });
    const value = (round: number): string => `${round}:`.padEnd(20_000, 'x');
    // One key again and again: all but the last values before the active segment may be cleaned away.
    for (let round = 0; round < 120; round++) await produce(bootstrap, topic, [{ key: 'k', value: value(round) }]);
    await waitUntil(
      async () => (await consumeAll(bootstrap, topic)).length,
      (left) => left < 100,
      { what: 'Kafka has compacted the topic', deadlineMs: 120_000, intervalMs: 500 },
    );
    const log = await openLog(bootstrap);
    await joinAll(log, topic, 1);
    const expected = (await consumeAll(bootstrap, topic)).map((record) => record.value?.toString());
    const read = await readValues(log.reader(`${topic}/0`, 0), expected.length);
    expect(read).toEqual(expected);
  });

  it('refuses positions that do not exist, at either end', async () => {
    const topic = await createTopic(bootstrap, 'range');
    await produce(
      bootstrap,
      topic,
      ['a', 'b', 'c', 'd'].map((value) => ({ value })),
    );
    await deleteBefore(bootstrap, topic, 2);
    const log = await openLog(bootstrap);
    await joinAll(log, topic, 1);
    const { signal } = new AbortController();
    for (const offset of [1, 5])
      expect(await codeOf(log.reader(`${topic}/0`, offset).read(noLimit, signal))).toBe('OFFSET_OUT_OF_RANGE');
    expect(await readValues(log.reader(`${topic}/0`, 2), 2)).toEqual(['c', 'd']);
  });

  it('fails, and goes on failing, when its records are deleted before they were fetched', async () => {
    const topic = await createTopic(bootstrap, 'deleted');
    const value = 'x'.repeat(10_000);
    await produce(
      bootstrap,
      topic,
      Array.from({ length: 200 }, () => ({ value })),
      { batchSize: 20 },
    );
    const group = uniqueName('deleted');
    const log = await openLog(bootstrap, { group, tuning: { maxFetchBytes: 200_000, maxBufferedBytes: 100_000 } });
    const { membership } = await joinAll(log, topic, 1);
    const reader = log.reader(`${topic}/0`, 'earliest');
    const { signal } = new AbortController();
    await readValues(reader, 1);
    await membership.commit([{ partition: `${topic}/0`, offset: 1, metadata: '' }]);
    await deleteBefore(bootstrap, topic, 190);
    const code = await waitUntil(
      () => codeOf(reader.read(noLimit, signal)),
      (seen) => seen !== 'no error',
      { what: 'the reader fails', intervalMs: 0 },
    );
    expect(code).toBe('OFFSET_OUT_OF_RANGE');
    // kafkajs has reset the group's position: a new start must not take that for a new group.
    await log.close();
    const next = await openLog(bootstrap, { group });
    expect(await codeOf(next.committed([`${topic}/0`]))).toBe('OFFSET_OUT_OF_RANGE');
  });

  it('finds nothing in a partition that is not its own', async () => {
    const topic = await createTopic(bootstrap, 'foreign');
    await produce(bootstrap, topic, [{ value: 'a' }]);
    const log = await openLog(bootstrap);
    const { signal } = new AbortController();
    const before = log.reader(`${topic}/0`, 'earliest');
    expect(await before.read(noLimit, signal)).toBe('idle');
    const { membership } = await joinAll(log, topic, 1);
    const reader = log.reader(`${topic}/0`, 'earliest');
    expect(await readValues(reader, 1)).toEqual(['a']);
    await membership.leave();
    await produce(bootstrap, topic, [{ value: 'b' }]);
    for (const one of [before, reader]) expect(await one.read(noLimit, signal)).toBe('idle');
  });

  it('ends where the partitions ended when it is bounded', async () => {
    const topic = await createTopic(bootstrap, 'bounded');
    await produce(bootstrap, topic, [{ value: 'a' }, { value: 'b' }]);
    const log = await openLog(bootstrap, { bounded: true });
    await joinAll(log, topic, 1);
    const reader = log.reader(`${topic}/0`, 'earliest');
    const { signal } = new AbortController();
    expect(await reader.read({ ...noLimit, waitMs: 0 }, signal)).toBe('idle');
    await produce(bootstrap, topic, [{ value: 'late' }]);
    expect(await readValues(reader, 2)).toEqual(['a', 'b']);
    await waitUntil(
      () => reader.read(noLimit, signal),
      (result) => result === 'end',
      { what: 'the reader is at its end', intervalMs: 0 },
    );
  });

  it('shares the partitions of a topic between two connections, each record read once by its owner', async () => {
    const topic = await createTopic(bootstrap, 'shared', { partitions: 6 });
    const expected = Array.from({ length: 600 }, (_, row) => `value-${row}`);
    await produce(
      bootstrap,
      topic,
      expected.map((value, row) => ({ value, partition: row % 6 })),
    );
    const group = uniqueName('shared');
    const logs = [await openLog(bootstrap, { group }), await openLog(bootstrap, { group })];
    const members = await Promise.all(
      logs.map(async (log) => {
        const { told, on } = listener();
        await log.join([topic], on);
        return { log, told };
      }),
    );
    await waitUntil(
      () => members.map(({ told }) => told.owned.size),
      (sizes) => sizes.every((size) => size === 3),
      { what: 'each member owns half' },
    );
    const read: string[] = [];
    for (const { log, told } of members)
      for (const partition of told.owned) read.push(...(await readValues(log.reader(partition, 'earliest'), 100)));
    expect(read.sort()).toEqual(expected.sort());
  });

  it('goes on after the broker was killed and came back', async () => {
    const broker = await startKafka();
    cleanUp.push(() => broker.stop());
    const topic = await createTopic(broker.bootstrap, 'killed');
    const group = uniqueName('killed');
    const log = await openLog(broker.bootstrap, { group });
    const { told, membership } = await joinAll(log, topic, 1);
    const append = (value: string) => log.append(topic, new Int32Array(1), columnsOf([{ value: Buffer.from(value) }]));
    await append('before');
    const first = log.reader(`${topic}/0`, 'earliest');
    expect(await readValues(first, 1)).toEqual(['before']);
    await membership.commit([{ partition: `${topic}/0`, offset: 1, metadata: 'm' }]);
    await broker.kill();
    const error = await append('lost or not').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'KAFKA_UNAVAILABLE', retryable: true });
    await broker.restart();
    await waitUntil(
      () => append('after'),
      (refusals) => refusals.length === 0,
      { what: 'Kafka takes records again' },
    );
    const committed = await waitUntil(
      () => log.committed([`${topic}/0`]),
      (at) => at.size === 1,
      { what: 'the positions can be read again' },
    );
    expect([...committed.values()]).toEqual([{ offset: 1, metadata: 'm' }]);
    await waitUntil(
      () => told.owned.size,
      (owned) => owned === 1,
      { what: 'the partition is ours' },
    );
    // A rejoin may take the partition from this reader; then the next one goes on.
    const read = await waitUntil(
      async () => {
        const reader = log.reader(`${topic}/0`, 1);
        const result = await reader.read({ ...noLimit, waitMs: 2000 }, new AbortController().signal);
        await reader.close();
        return typeof result === 'object' && result.records !== null ? valuesOf(result.records) : [];
      },
      (values) => values.includes('after'),
      { what: 'the records after the kill are read' },
    );
    expect(new Set(read)).toEqual(new Set(read.includes('lost or not') ? ['lost or not', 'after'] : ['after']));
    await waitUntil(
      () => codeOf(membership.commit([{ partition: `${topic}/0`, offset: 2, metadata: '' }])),
      (code) => code === 'no error',
      { what: 'commits are taken again' },
    );
    expect(await committedOffsets(broker.bootstrap, group, topic)).toEqual([{ partition: 0, offset: 2, metadata: '' }]);
    expect(told.failure).toBeNull();
  });
});

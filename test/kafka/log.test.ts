import { randomBytes } from 'node:crypto';
import { canWriteZstandard } from '@headrace/avro';
import { expect, it } from 'vitest';
import { columnsOf, logContract } from '@headrace/testing';
import { startBroker } from './start-broker.ts';
import { consumeAll } from './consume-all.ts';
import { committedOffsets } from './group-offsets.ts';
import {
  cleanUp,
  codeOf,
  deleteBefore,
  joinAll,
  listener,
  noLimit,
  openLog,
  readValues,
  valuesOf,
} from './open-log.ts';
import { produce } from './produce.ts';
import { describeKafka } from './require-kafka.ts';
import { createTopic, createTopics, uniqueName } from './topics.ts';
import { waitUntil } from './wait-until.ts';

describeKafka('the Log over Kafka', (bootstrap) => {
  const contract = logContract(async () => {
    const log = await openLog(bootstrap);
    return {
      log,
      createTopic: (name, partitions) => createTopics(bootstrap, { [name]: { partitions } }),
      deleteBefore: (partition, offset) => deleteBefore(bootstrap, partition.slice(0, -2), offset),
      close: () => log.close(),
    };
  });
  for (const { name, run } of contract) it(name, run);

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
        headers: { a: [a, Buffer.from('2')], b: null },
      },
    ]);
  });

  it.each((['gzip', 'snappy', 'lz4', 'zstd'] as const).filter((name) => name !== 'zstd' || canWriteZstandard))(
    'compresses with %s when it is asked to',
    async (compression) => {
      const topic = await createTopic(bootstrap, compression, { config: { 'max.message.bytes': '20000' } });
      const log = await openLog(bootstrap);
      const value = Buffer.alloc(100_000, 'x');
      const append = (name: 'none' | typeof compression) =>
        log.append(topic, new Int32Array(1), columnsOf([{ value }]), { compression: name });
      expect((await append('none')).length).toBe(1);
      // The broker expands what it takes, and holds it to its headers.
      expect(await append(compression)).toEqual([]);
      // Of the four, kafkajs reads gzip.
      if (compression === 'gzip')
        expect((await consumeAll(bootstrap, topic)).map((record) => record.value?.length)).toEqual([100_000]);
    },
  );

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
    expect(refusals.filter((refusal) => 'code' in refusal)).toMatchObject(
      [12, 14].map((row) => ({ row, code: 'MESSAGE_TOO_LARGE' })),
    );
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
    const broker = await startBroker();
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

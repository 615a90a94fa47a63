import { bytesAt, systemClock, type HeadraceError, type ReadResult } from '@headrace/core';
import { errorCode, fetchApi, type CompressionName, type KafkaErrorName } from '@headrace/protocol';
import { canWriteZstandard } from '@headrace/avro';
import { columnsOf } from '@headrace/testing';
import { afterEach, expect, it } from 'vitest';
import { Cluster } from '../../packages/kafka/src/cluster/cluster.ts';
import { compressions } from '../../packages/kafka/src/compression/compressions.ts';
import { Fetcher, type FetcherOptions } from '../../packages/kafka/src/fetch/fetcher.ts';
import type { Reading } from '../../packages/kafka/src/fetch/reading.ts';
import { SocketConnections } from '../../packages/kafka/src/network/socket-connections.ts';
import { Producer } from '../../packages/kafka/src/produce/producer.ts';
import { seededRandom } from '../faults/seeded-random.ts';
import { FaultProxy, type Fault } from './faults/fault-proxy.ts';
import { foreignClient } from './foreign-client.ts';
import { deleteBefore } from './open-log.ts';
import { produce } from './produce.ts';
import { describeKafka } from './require-kafka.ts';
import { createTopic, createTopics, uniqueName, withAdmin } from './topics.ts';
import { waitUntil } from './wait-until.ts';

const seed = Number(process.env['HEADRACE_SEED'] ?? 20_260_105);

describeKafka('A fetcher on real Kafka', (bootstrap) => {
  const cleanUp: (() => unknown)[] = [];
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });

  const setUp = async (change: Partial<FetcherOptions> = {}) => {
    const proxy = await FaultProxy.start(bootstrap);
    cleanUp.push(() => proxy.stop());
    const connections = new SocketConnections({
      brokers: [proxy.address],
      clientId: 'fetcher-test',
      tls: null,
      sasl: null,
      clock: systemClock,
      connectTimeoutMs: 20_000,
      maxFrameBytes: 1 << 26,
    });
    cleanUp.push(() => connections.close());
    const cluster = new Cluster({ connections, clock: systemClock, requestTimeoutMs: 20_000 });
    const fetcher = new Fetcher({
      cluster,
      compressions,
      maxWaitMs: 100,
      maxPartitionBytes: 1 << 20,
      maxRequestBytes: 1 << 23,
      maxBufferedBytes: 2 << 20,
      maxExpandedBytes: 1 << 26,
      requestTimeoutMs: 1000,
      ...change,
    });
    cleanUp.push(() => fetcher.stop());
    const producer = new Producer({ cluster, compressions, requestTimeoutMs: 20_000, deliveryTimeoutMs: 60_000 });
    cleanUp.push(() => producer.close());
    return { proxy, cluster, fetcher, producer };
  };

  /** Takes what has come, until there are so many values. */
  const read = async (partition: Reading, count: number): Promise<string[]> => {
    const values: string[] = [];
    await waitUntil(
      () => {
        for (let result = take(partition); result !== null; result = take(partition)) values.push(...textsOf(result));
        return values;
      },
      () => values.length >= count,
      { what: `${count} values are read`, intervalMs: 5 },
    );
    return values;
  };
  const take = ({ feed }: Reading): ReadResult | null =>
    feed.take({ records: 500, bytes: 1 << 20, waitMs: 0 }, Infinity);
  const textsOf = ({ records }: ReadResult): string[] =>
    records === null || records.values.kind !== 'bytes'
      ? []
      : Array.from({ length: records.count }, (_, row) =>
          String(Buffer.from(bytesAt(records.values as never, row) ?? [])),
        );
  const numbers = (from: number, count: number): string[] => Array.from({ length: count }, (_, n) => String(from + n));

  it('reads what kafkajs and we write, in every compression, in order', async () => {
    const topic = await createTopic(bootstrap, 'compressions', { partitions: 2 });
    const { fetcher, producer } = await setUp();
    const partitions = await Promise.all([fetcher.open(topic, 0, 0), fetcher.open(topic, 1, 0)]);
    let next = 0;
    const names: CompressionName[] = ['none', 'gzip', 'snappy', 'lz4', ...(canWriteZstandard ? ['zstd' as const] : [])];
    for (const compression of names) {
      const records = columnsOf(numbers(next, 300).map((value) => ({ value: Buffer.from(value) })));
      await producer.append(topic, new Int32Array(300).fill(1), records, { compression });
      next += 300;
    }
    for (const compression of ['none', 'gzip'] as const) {
      const records = numbers(next, 50).map((value) => ({ key: null, value: Buffer.from(value), partition: 1 }));
      await produce(bootstrap, topic, records, { compression });
      next += 50;
    }
    expect(await read(partitions[1], next)).toEqual(numbers(0, next));
    expect(take(partitions[0])).toBeNull();
    expect(partitions[1].progress).toMatchObject({ highWatermark: next, lastStableOffset: next });
  });

  it('shows what is committed and nothing else, from wherever it begins', async () => {
    const topic = await createTopic(bootstrap, 'transactions');
    const client = foreignClient(bootstrap);
    const producers = await Promise.all(
      ['a', 'b'].map(async (name) => {
        const one = client.producer({ transactionalId: uniqueName(name), maxInFlightRequests: 1, idempotent: true });
        await one.connect();
        cleanUp.push(() => one.disconnect());
        return one;
      }),
    );
    const [a, b] = await Promise.all(producers.map((one) => one.transaction()));
    const send = (transaction: NonNullable<typeof a>, value: string) =>
      transaction.send({ topic, messages: [{ value, partition: 0 }] });
    // Offsets: a1 b1 a2 b2, the markers of a (aborted) and b (committed), plain, then one that stays open.
    await send(a!, 'a1');
    await send(b!, 'b1');
    await send(a!, 'a2');
    await send(b!, 'b2');
    await a!.abort();
    await b!.commit();
    await produce(bootstrap, topic, [{ key: null, value: Buffer.from('plain'), partition: 0 }]);
    const open = await producers[0]!.transaction();
    await send(open, 'open');
    await produce(bootstrap, topic, [{ key: null, value: Buffer.from('behind'), partition: 0 }]);
    const visible = ['b1', 'b2', 'plain'];
    for (const [from, expected] of [
      [0, visible],
      [1, visible],
      [2, ['b2', 'plain']],
      [3, ['b2', 'plain']],
      [4, ['plain']],
    ] as const) {
      const { fetcher } = await setUp();
      const partition = await fetcher.open(topic, 0, from);
      expect(await read(partition, expected.length)).toEqual(expected);
      expect(partition.progress).toMatchObject({ lastStableOffset: 7, highWatermark: 9 });
      fetcher.stop();
    }
    const { fetcher } = await setUp();
    // A commit is acknowledged before its marker is written: that may stand behind what came later.
    const partition = await fetcher.open(topic, 0, 4);
    await open.abort();
    expect(await read(partition, 2)).toEqual(['plain', 'behind']);
  });

  it(`reads each record once and in order while connections are cut and answers are lost (seed ${seed})`, async () => {
    const topic = await createTopic(bootstrap, 'lossy', { partitions: 3 });
    const total = 3000;
    await produce(
      bootstrap,
      topic,
      numbers(0, 3 * total).map((value) => ({ key: null, value: Buffer.from(value), partition: Number(value) % 3 })),
      { batchSize: 100 },
    );
    const { proxy, fetcher } = await setUp({ maxPartitionBytes: 4000, maxBufferedBytes: 8000 });
    const random = seededRandom(seed);
    const sure: readonly Fault[] = ['loseAnswer', 'cutBefore', 'swallow', answers('NOT_LEADER_OR_FOLLOWER')];
    proxy.decide = ({ api, nth }) => {
      if (api.key !== fetchApi.key) return 'pass';
      if (nth % 3 === 1 && sure[(nth - 1) / 3] !== undefined) return sure[(nth - 1) / 3] as Fault;
      const draw = random();
      return draw < 0.05 ? 'loseAnswer' : draw < 0.1 ? 'cutBefore' : 'pass';
    };
    const partitions = await Promise.all([0, 1, 2].map((partition) => fetcher.open(topic, partition, 0)));
    const values = await Promise.all(partitions.map((partition) => read(partition, total)));
    values.forEach((some, partition) => expect(some).toEqual(numbers(0, 3 * total).filter((n) => Number(n) % 3 === partition))); // prettier-ignore
    for (const name of ['loseAnswer', 'cutBefore', 'swallow', 'rewrite'])
      expect(proxy.hits.get(`${name} Fetch`), name).toBeGreaterThan(0);
  });

  function answers(name: KafkaErrorName): Fault {
    return (answer) => ({
      ...answer,
      responses: (answer['responses'] as { partitions: object[] }[]).map((topic) => ({
        ...topic,
        partitions: topic.partitions.map((one) => ({ ...one, errorCode: errorCode(name), records: null })),
      })),
    });
  }

  it.each<[KafkaErrorName]>([
    ['FENCED_LEADER_EPOCH'],
    ['UNKNOWN_LEADER_EPOCH'],
    ['UNKNOWN_TOPIC_OR_PARTITION'],
    ['REPLICA_NOT_AVAILABLE'],
    ['KAFKA_STORAGE_ERROR'],
    ['OFFSET_NOT_AVAILABLE'],
    ['CORRUPT_MESSAGE'],
  ])('goes on after %s', async (name) => {
    const topic = await createTopic(bootstrap, 'again');
    await produce(bootstrap, topic, [{ key: null, value: Buffer.from('x'), partition: 0 }]);
    const { proxy, fetcher } = await setUp();
    proxy.decide = ({ api, nth }) => (api.key === fetchApi.key && nth < 2 ? answers(name) : 'pass');
    expect(await read(await fetcher.open(topic, 0, 0), 1)).toEqual(['x']);
    expect(proxy.hits.get('rewrite Fetch')).toBe(2);
  });

  const failure = async (partition: Reading): Promise<HeadraceError> =>
    waitUntil(
      () => {
        try {
          take(partition);
          return null;
        } catch (error) {
          return error as HeadraceError;
        }
      },
      (error) => error !== null,
      { what: 'reading fails', intervalMs: 5 },
    ) as Promise<HeadraceError>;

  it('fails at once where it may not read', async () => {
    const topic = await createTopic(bootstrap, 'denied');
    const { proxy, fetcher } = await setUp();
    proxy.decide = ({ api }) => (api.key === fetchApi.key ? answers('TOPIC_AUTHORIZATION_FAILED') : 'pass');
    expect(await failure(await fetcher.open(topic, 0, 0))).toMatchObject({ code: 'KAFKA_NOT_ALLOWED' });
  });

  it('never skips what is gone: it says which offsets there are', async () => {
    const topic = await createTopic(bootstrap, 'deleted');
    await produce(
      bootstrap,
      topic,
      numbers(0, 10).map((value) => ({ key: null, value: Buffer.from(value), partition: 0 })),
    );
    await deleteBefore(bootstrap, topic, 5);
    const { fetcher } = await setUp();
    const error = await failure(await fetcher.open(topic, 0, 3));
    expect(error).toMatchObject({ code: 'OFFSET_OUT_OF_RANGE' });
    expect(error.message).toMatch(/holds 5 to 10/);
  });

  it('goes on where it is told to when its offset is gone, and says what it passes over', async () => {
    const topic = await createTopic(bootstrap, 'policy');
    const records = numbers(0, 10).map((value) => ({ key: null, value: Buffer.from(value), partition: 0 }));
    await produce(bootstrap, topic, records);
    await deleteBefore(bootstrap, topic, 5);
    const told: string[] = [];
    const { fetcher } = await setUp({ logger: (level, message) => void told.push(`${level}: ${message}`) });
    const earliest = await fetcher.open(topic, 0, 3, { onOutOfRange: 'earliest' });
    expect(await read(earliest, 5)).toEqual(numbers(5, 5));
    const latest = await fetcher.open(topic, 0, 99, { onOutOfRange: 'latest' });
    await waitUntil(() => take(latest)?.next, (next) => next === 10, { what: 'the position moves', intervalMs: 5 }); // prettier-ignore
    await produce(bootstrap, topic, [{ key: null, value: Buffer.from('new'), partition: 0 }]);
    expect(await read(latest, 1)).toEqual(['new']);
    expect(told).toEqual([
      `warn: Offset 3 of "${topic}/0" does not exist any more: reading goes on at 5, as "onOutOfRange" says.`,
      `warn: Offset 99 of "${topic}/0" does not exist any more: reading goes on at 10, as "onOutOfRange" says.`,
    ]);
  });

  it('reads what is not committed where it is asked to, beside a reader of the same partition that does not', async () => {
    const topic = await createTopic(bootstrap, 'both');
    const producer = foreignClient(bootstrap).producer({ transactionalId: uniqueName('both'), idempotent: true });
    await producer.connect();
    cleanUp.push(() => producer.disconnect());
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ value: 'open', partition: 0 }] });
    const { fetcher } = await setUp();
    const all = await fetcher.open(topic, 0, 0, { uncommitted: true });
    const committed = await fetcher.open(topic, 0, 0);
    expect(await read(all, 1)).toEqual(['open']);
    expect(take(committed)).toBeNull();
    await transaction.commit();
    expect(await read(committed, 1)).toEqual(['open']);
  });

  it('says that its topic was deleted', async () => {
    const topic = await createTopic(bootstrap, 'gone');
    const { fetcher } = await setUp();
    const partition = await fetcher.open(topic, 0, 0);
    await withAdmin(bootstrap, (admin) => admin.deleteTopics({ topics: [topic] }));
    expect(await failure(partition)).toMatchObject({ code: 'UNKNOWN_TOPIC' });
  });

  it('knows a topic that was deleted and made anew', async () => {
    const topic = await createTopic(bootstrap, 'anew');
    await produce(bootstrap, topic, [{ key: null, value: Buffer.from('old'), partition: 0 }]);
    const { fetcher } = await setUp();
    const partition = await fetcher.open(topic, 0, 0);
    expect(await read(partition, 1)).toEqual(['old']);
    await withAdmin(bootstrap, (admin) => admin.deleteTopics({ topics: [topic] }));
    await waitUntil(
      () => createTopics(bootstrap, { [topic]: {} }).then(() => true, () => false),
      (made) => made,
      { what: 'the topic is made anew' },
    ); // prettier-ignore
    await produce(
      bootstrap,
      topic,
      numbers(0, 5).map((value) => ({ key: null, value: Buffer.from(value), partition: 0 })),
    );
    expect(await failure(partition)).toMatchObject({ code: 'TOPIC_RECREATED' });
  });

  it('buffers no more than it may while nobody reads, and gives everything then', async () => {
    const topic = await createTopic(bootstrap, 'slow');
    const value = 'x'.repeat(1000);
    await produce(
      bootstrap,
      topic,
      numbers(0, 2000).map((n) => ({ key: null, value: Buffer.from(`${n}:${value}`), partition: 0 })),
      { batchSize: 50 },
    );
    const { fetcher } = await setUp({ maxBufferedBytes: 200_000, maxPartitionBytes: 100_000 });
    const partition = await fetcher.open(topic, 0, 0);
    await waitUntil(
      () => partition.feed.bytes,
      (bytes) => bytes >= 200_000,
      { what: 'the buffer is full', intervalMs: 5 },
    );
    const { bytes } = partition.feed;
    expect(bytes).toBeLessThan(500_000);
    expect(await read(partition, 2000)).toEqual(numbers(0, 2000).map((n) => `${n}:${value}`));
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import { HeadraceError, systemClock, type Columns } from '@headrace/core';
import { EmbeddedBroker } from '@headrace/broker';
import { errorCode, fetchApi, produceApi, type Connections } from '@headrace/protocol';
import { columnsOf } from '@headrace/testing';
import { Cluster } from '../../packages/kafka/src/cluster/cluster.ts';
import { compressions } from '../../packages/kafka/src/compression/compressions.ts';
import { Fetcher } from '../../packages/kafka/src/fetch/fetcher.ts';
import type { Reading } from '../../packages/kafka/src/fetch/reading.ts';
import { SocketConnections } from '../../packages/kafka/src/network/socket-connections.ts';
import { Producer } from '../../packages/kafka/src/produce/producer.ts';
import { valuesOf } from '../kafka/open-log.ts';
import { consumeAll } from '../kafka/consume-all.ts';
import { produce } from '../kafka/produce.ts';
import { createTopic, partitionRanges, withAdmin } from '../kafka/topics.ts';
import { waitUntil } from '../kafka/wait-until.ts';
import { foreignClient } from '../kafka/foreign-client.ts';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

const startBroker = async (nodes = 3): Promise<EmbeddedBroker> => {
  const broker = new EmbeddedBroker({ nodes });
  await broker.listen();
  cleanUp.push(() => broker.close());
  return broker;
};

describe('Headrace’s own client', () => {
  const overSockets = (broker: EmbeddedBroker): Connections =>
    new SocketConnections({
      brokers: broker.bootstrap.split(','),
      clientId: 'clients-test',
      tls: null,
      sasl: null,
      clock: systemClock,
      connectTimeoutMs: 20_000,
      maxFrameBytes: 1 << 24,
    });
  const inProcess = (broker: EmbeddedBroker): Connections =>
    broker.connections({
      unavailable: (message) => new HeadraceError('KAFKA_UNAVAILABLE', message, { retryable: true }),
    });
  const clientOver = (connections: Connections) => {
    cleanUp.push(() => connections.close());
    const cluster = new Cluster({ connections, clock: systemClock, requestTimeoutMs: 20_000 });
    const producer = new Producer({ cluster, compressions, requestTimeoutMs: 20_000, deliveryTimeoutMs: 60_000 });
    cleanUp.push(() => producer.close());
    const fetcher = new Fetcher({
      cluster,
      compressions,
      maxWaitMs: 50,
      maxPartitionBytes: 1 << 20,
      maxRequestBytes: 1 << 23,
      maxBufferedBytes: 2 << 20,
      maxExpandedBytes: 1 << 26,
      requestTimeoutMs: 20_000,
    });
    cleanUp.push(() => fetcher.stop());
    return { cluster, producer, fetcher };
  };
  const rows = (count: number): Columns =>
    columnsOf(
      Array.from({ length: count }, (_, i) => ({ key: null, value: Buffer.from(`v${i}`), timestamp: Date.now() })),
    );
  const read = async ({ feed }: Reading, count: number): Promise<string[]> => {
    const values: string[] = [];
    await waitUntil(
      () => {
        const result = feed.take({ records: 1000, bytes: 1 << 20, waitMs: 0 }, Infinity);
        if (result !== null && result.records !== null) values.push(...valuesOf(result.records));
        return values.length;
      },
      (have) => have >= count,
      { what: `${count} values are read`, intervalMs: 5 },
    );
    return values;
  };

  it.each([
    ['sockets', overSockets],
    ['the process', inProcess],
  ])(
    'writes and reads over %s, each record once and in order, while requests and answers are lost',
    async (_, over) => {
      const broker = await startBroker();
      const topic = await createTopic(broker.bootstrap, 'client', { partitions: 3 });
      const { producer, fetcher } = clientOver(over(broker));
      broker.faults.onResponse(produceApi, ({ nth }) => (nth === 2 || nth === 5 ? { do: 'cut' } : undefined));
      broker.faults.onRequest(produceApi, ({ nth }) => (nth === 4 ? { do: 'cut' } : undefined));
      broker.faults.onResponse(fetchApi, ({ nth }) => (nth === 2 ? { do: 'cutMidFrame' } : undefined));
      const wanted: string[][] = [[], [], []];
      for (let round = 0; round < 6; round++) {
        const partitions = Int32Array.from({ length: 30 }, (__, i) => i % 3);
        expect(await producer.append(topic, partitions, rows(30))).toEqual([]);
        for (let i = 0; i < 30; i++) wanted[i % 3]?.push(`v${i}`);
      }
      for (const partition of [0, 1, 2])
        expect(await read(await fetcher.open(topic, partition, 0), 60)).toEqual(wanted[partition]);
      expect((await partitionRanges(broker.bootstrap, topic)).map(({ end }) => end)).toEqual([60, 60, 60]);
    },
  );

  it('finds a leader that has moved', async () => {
    const broker = await startBroker();
    const topic = await createTopic(broker.bootstrap, 'moved');
    const { producer } = clientOver(inProcess(broker));
    await producer.append(topic, Int32Array.of(0), rows(1));
    broker.faults.onResponse(produceApi, ({ nth, response }) => {
      const [only] = response.responses;
      const refused = [{ index: 0, errorCode: errorCode('NOT_LEADER_OR_FOLLOWER'), baseOffset: -1 }];
      return nth === 1 && only !== undefined
        ? { do: 'rewrite', response: { ...response, responses: [{ ...only, partitionResponses: refused }] } }
        : undefined;
    });
    expect(await producer.append(topic, Int32Array.of(0), rows(1))).toEqual([]);
    expect((await partitionRanges(broker.bootstrap, topic))[0]?.end).toBe(2);
  });
});

describe('kafkajs', () => {
  it('makes topics, writes with and without gzip and in transactions, and reads what is committed', async () => {
    const { bootstrap } = await startBroker();
    const topic = await createTopic(bootstrap, 'foreign', { partitions: 3 });
    const values = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => ({ key: `k${i % 5}`, value: `v${from + i}` }));
    await produce(bootstrap, topic, values(0, 20));
    await produce(bootstrap, topic, values(20, 20), { compression: 'gzip' });
    await produce(bootstrap, topic, values(40, 10), { transaction: { id: 'one', end: 'commit' } });
    await produce(bootstrap, topic, values(50, 10), { transaction: { id: 'two', end: 'abort' } });
    await produce(bootstrap, topic, values(60, 5));
    const seen = (await consumeAll(bootstrap, topic)).map(({ value }) => Number(String(value).slice(1)));
    const wanted = [...Array.from({ length: 50 }, (_, i) => i), 60, 61, 62, 63, 64];
    expect(seen.sort((a, b) => a - b)).toEqual(wanted);
  });

  it('shares a topic between two members of a group, which go on where they were', async () => {
    const { bootstrap } = await startBroker();
    const topic = await createTopic(bootstrap, 'shared', { partitions: 4 });
    const groupId = 'shared-group';
    const seen: string[] = [];
    const member = async () => {
      const consumer = foreignClient(bootstrap).consumer({ groupId, maxWaitTimeInMs: 50, heartbeatInterval: 100 });
      cleanUp.push(() => consumer.disconnect());
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      await consumer.run({ eachMessage: async ({ message }) => void seen.push(String(message.value)) });
      return consumer;
    };
    const first = await member();
    await member();
    await withAdmin(bootstrap, async (admin) => {
      await waitUntil(
        () => admin.describeGroups([groupId]),
        ({ groups }) => groups[0]?.state === 'Stable' && groups[0].members.length === 2,
        { what: 'two members share the topic', intervalMs: 20 },
      );
    });
    const records = Array.from({ length: 40 }, (_, i) => ({ value: `v${i}`, partition: i % 4 }));
    await produce(bootstrap, topic, records);
    await waitUntil(
      () => seen.length,
      (count) => count >= 40,
      { what: 'all records are seen', intervalMs: 20 },
    );
    await first.disconnect();
    await produce(bootstrap, topic, records);
    await waitUntil(
      () => seen.length,
      (count) => count >= 80,
      { what: 'the member that is left sees them all', intervalMs: 20 },
    );
    expect(new Set(seen).size).toBe(40);
    expect(seen).toHaveLength(80);
  });
});

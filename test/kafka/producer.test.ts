import { systemClock, type Columns, type HeadraceError } from '@headrace/core';
import { errorCode, initProducerIdApi, metadataApi, produceApi, type KafkaErrorName } from '@headrace/protocol';
import { afterEach, expect, it } from 'vitest';
import { columnsOf } from '@headrace/testing';
import { Cluster } from '../../packages/kafka/src/cluster/cluster.ts';
import { SocketConnections } from '../../packages/kafka/src/network/socket-connections.ts';
import { Producer } from '../../packages/kafka/src/produce/producer.ts';
import { seededRandom } from '../faults/seeded-random.ts';
import { consumeAll } from './consume-all.ts';
import { FaultProxy, type Fault, type ProxiedRequest } from './faults/fault-proxy.ts';
import { describeKafka } from './require-kafka.ts';
import { createTopic } from './topics.ts';

const seed = Number(process.env['HEADRACE_SEED'] ?? 20_260_104);

describeKafka('A producer on real Kafka', (bootstrap) => {
  const cleanUp: (() => unknown)[] = [];
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });

  /** A producer behind a proxy, whose answers may take a second. */
  const behindProxy = async (timing: { requestTimeoutMs?: number; deliveryTimeoutMs?: number } = {}) => {
    const proxy = await FaultProxy.start(bootstrap);
    cleanUp.push(() => proxy.stop());
    const connections = new SocketConnections({
      brokers: [proxy.address],
      clientId: 'producer-test',
      tls: null,
      sasl: null,
      clock: systemClock,
      connectTimeoutMs: 20_000,
      maxFrameBytes: 1 << 24,
    });
    cleanUp.push(() => connections.close());
    const cluster = new Cluster({ connections, clock: systemClock, requestTimeoutMs: 20_000 });
    const producer = new Producer({
      cluster,
      compressions: {},
      requestTimeoutMs: 20_000,
      deliveryTimeoutMs: 120_000,
      ...timing,
    });
    cleanUp.push(() => producer.close());
    return { proxy, producer };
  };
  const rows = (from: number, count: number): Columns =>
    columnsOf(
      Array.from({ length: count }, (_, i) => ({
        key: Buffer.from(`k${(from + i) % 7}`),
        value: Buffer.from(String(from + i)),
        timestamp: 1_700_000_000_000 + i,
      })),
    );
  const valuesBy = async (topic: string): Promise<number[][]> => {
    const partitions: number[][] = [];
    for (const { partition, value } of await consumeAll(bootstrap, topic))
      (partitions[partition] ??= []).push(Number(String(value)));
    return partitions;
  };

  it(`writes each record once and in order while connections are cut and answers lost (seed ${seed})`, async () => {
    const topic = await createTopic(bootstrap, 'faults', { partitions: 3 });
    const { proxy, producer } = await behindProxy({ requestTimeoutMs: 1000 });
    const random = seededRandom(seed);
    // Each way of losing a request at least once by its number, and more by chance.
    const sure: readonly Fault[] = ['loseAnswer', 'cutBefore', 'swallow', 'holdAnswer', 'loseAnswer'];
    proxy.decide = ({ api, nth }) => {
      if (api.key !== produceApi.key) return 'pass';
      if (nth % 4 === 1 && sure[nth >> 2] !== undefined) return sure[nth >> 2] as Fault;
      const draw = random();
      if (draw < 0.08) return 'loseAnswer';
      return draw < 0.14 ? 'cutBefore' : 'pass';
    };
    const expected: number[][] = [[], [], []];
    const appends: Promise<unknown>[] = [];
    let next = 0;
    for (let batch = 0; batch < 60; batch++) {
      const count = 1 + Math.floor(random() * 40);
      const partitions = Int32Array.from({ length: count }, () => Math.floor(random() * 3));
      partitions.forEach((partition, i) => expected[partition]?.push(next + i));
      appends.push(producer.append(topic, partitions, rows(next, count)));
      next += count;
      if (batch % 5 === 4) await Promise.all(appends.splice(0));
    }
    for (const refusals of await Promise.all(appends)) expect(refusals).toEqual([]);
    expect(await valuesBy(topic)).toEqual(expected);
    for (const fault of ['loseAnswer', 'cutBefore', 'swallow', 'holdAnswer'])
      expect(proxy.hits.get(`${fault} Produce`), fault).toBeGreaterThan(0);
  });

  const answers = (name: KafkaErrorName, write: boolean): Fault =>
    write
      ? (answer) => ({
          ...answer,
          responses: (answer['responses'] as { partitionResponses: object[] }[]).map((topic) => ({
            ...topic,
            partitionResponses: topic.partitionResponses.map((partition) => ({
              ...partition,
              errorCode: errorCode(name),
            })),
          })),
        })
      : 'pass';

  it.each<[KafkaErrorName]>([
    ['NOT_LEADER_OR_FOLLOWER'],
    ['LEADER_NOT_AVAILABLE'],
    ['UNKNOWN_TOPIC_OR_PARTITION'],
    ['NOT_ENOUGH_REPLICAS'],
    ['NOT_ENOUGH_REPLICAS_AFTER_APPEND'],
    ['REQUEST_TIMED_OUT'],
    ['NETWORK_EXCEPTION'],
    ['KAFKA_STORAGE_ERROR'],
    ['CORRUPT_MESSAGE'],
    ['DUPLICATE_SEQUENCE_NUMBER'],
  ])('goes on, without a repetition, when a batch that was appended is answered with %s', async (name) => {
    const topic = await createTopic(bootstrap, 'again');
    const { proxy, producer } = await behindProxy();
    proxy.decide = ({ api, nth }) => answers(name, api.key === produceApi.key && nth % 3 === 1);
    for (let n = 0; n < 5; n++) expect(await producer.append(topic, new Int32Array(3), rows(n * 3, 3))).toEqual([]);
    expect(proxy.hits.get('rewrite Produce')).toBeGreaterThan(0);
    expect(await valuesBy(topic)).toEqual([Array.from({ length: 15 }, (_, n) => n)]);
  });

  it.each<[KafkaErrorName]>([['OUT_OF_ORDER_SEQUENCE_NUMBER'], ['UNKNOWN_PRODUCER_ID'], ['INVALID_PRODUCER_EPOCH']])(
    'begins its sequences anew on %s, and loses nothing',
    async (name) => {
      const topic = await createTopic(bootstrap, 'anew');
      const { proxy, producer } = await behindProxy();
      proxy.decide = ({ api, nth }) => answers(name, api.key === produceApi.key && nth === 2);
      for (let n = 0; n < 5; n++) await producer.append(topic, new Int32Array(3), rows(n * 3, 3));
      const [values = []] = await valuesBy(topic);
      // The broker had appended the batch that the proxy made it deny.
      expect([...new Set(values)]).toEqual(Array.from({ length: 15 }, (_, n) => n));
      expect(values).toHaveLength(18);
      expect(proxy.hits.get('rewrite Produce')).toBe(1);
    },
  );

  it.each<[KafkaErrorName, string]>([
    ['TOPIC_AUTHORIZATION_FAILED', 'KAFKA_NOT_ALLOWED'],
    ['CLUSTER_AUTHORIZATION_FAILED', 'KAFKA_NOT_ALLOWED'],
    ['UNSUPPORTED_COMPRESSION_TYPE', 'KAFKA_FAILED'],
    ['UNKNOWN_SERVER_ERROR', 'KAFKA_FAILED'],
  ])('fails at once on %s', async (name, code) => {
    const topic = await createTopic(bootstrap, 'fatal');
    const { proxy, producer } = await behindProxy();
    proxy.decide = ({ api }) => answers(name, api.key === produceApi.key);
    const failing = producer.append(topic, new Int32Array(1), rows(0, 1));
    await expect(failing).rejects.toMatchObject({ code, message: expect.stringContaining(name) as string });
    proxy.decide = () => 'pass';
    expect(await producer.append(topic, new Int32Array(1), rows(1, 1))).toEqual([]);
  });

  it('refuses the record that is too large and the later ones of its key, and writes the others', async () => {
    const topic = await createTopic(bootstrap, 'large', { config: { 'max.message.bytes': '2000' } });
    const { producer } = await behindProxy();
    const record = (key: string, size: number) => ({ key: Buffer.from(key), value: Buffer.alloc(size, 'x') });
    const sizes = [100, 5000, 100, 100, 300, 5000, 200];
    const keys = ['a', 'b', 'a', 'b', 'c', 'd', 'a'];
    const records = columnsOf(sizes.map((size, i) => record(keys[i] as string, size)));
    const refusals = await producer.append(topic, new Int32Array(7), records);
    expect(refusals.map(({ row }) => row)).toEqual([1, 3, 5]);
    expect(refusals[0]).toMatchObject({ code: 'MESSAGE_TOO_LARGE' });
    const written = await consumeAll(bootstrap, topic);
    expect(written.map(({ key, value }) => [String(key), value?.length])).toEqual([
      ['a', 100],
      ['a', 100],
      ['c', 300],
      ['a', 200],
    ]);
    // What is in flight behind a refused batch finds a gap in its sequences, and is written all the same.
    const behind = [record('e', 5000), ...Array.from({ length: 30 }, (_, n) => record(`f${n}`, 10))].map((one) =>
      producer.append(topic, new Int32Array(1), columnsOf([one])),
    );
    const results = await Promise.all(behind);
    expect(results.map((refused) => refused.length)).toEqual([1, ...Array.from({ length: 30 }, () => 0)]);
    const after = (await consumeAll(bootstrap, topic)).slice(4).map(({ key }) => String(key));
    expect(after).toEqual(Array.from({ length: 30 }, (_, n) => `f${n}`));
  });

  it('gives up after the time for a delivery, and says what stood in the way', async () => {
    const topic = await createTopic(bootstrap, 'late');
    const { proxy, producer } = await behindProxy({ deliveryTimeoutMs: 1500 });
    proxy.decide = ({ api }) => answers('NOT_ENOUGH_REPLICAS', api.key === produceApi.key);
    const late = producer.append(topic, new Int32Array(1), rows(0, 1));
    await expect(late).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE', retryable: true });
    await expect(late).rejects.toThrow(/within 1500 ms.*NOT_ENOUGH_REPLICAS/);
    proxy.decide = () => 'pass';
    expect(await producer.append(topic, new Int32Array(1), rows(1, 1))).toEqual([]);
    expect((await valuesBy(topic))[0]?.at(-1)).toBe(1);
  });

  it('asks again for its id, and fails where it may not have one', async () => {
    const topic = await createTopic(bootstrap, 'id');
    const denied =
      (name: KafkaErrorName) =>
      (request: ProxiedRequest): Fault =>
        request.api.key === initProducerIdApi.key && request.nth < 2
          ? (answer) => ({ ...answer, errorCode: errorCode(name) })
          : 'pass';
    const first = await behindProxy();
    first.proxy.decide = denied('COORDINATOR_LOAD_IN_PROGRESS');
    expect(await first.producer.append(topic, new Int32Array(1), rows(0, 1))).toEqual([]);
    expect(first.proxy.hits.get('rewrite InitProducerId')).toBe(2);
    const second = await behindProxy();
    second.proxy.decide = denied('CLUSTER_AUTHORIZATION_FAILED');
    const refused = second.producer.append(topic, new Int32Array(1), rows(1, 1));
    await expect(refused).rejects.toThrow(/IdempotentWrite/);
  });

  it('names a topic and a partition that do not exist, and what waits when it is closed', async () => {
    const { proxy, producer } = await behindProxy();
    const codeOf = (work: Promise<unknown>): Promise<unknown> =>
      work.then(
        () => 'none',
        (error: unknown) => (error as HeadraceError).code,
      );
    expect(await codeOf(producer.append('there-is-none', new Int32Array(1), rows(0, 1)))).toBe('UNKNOWN_TOPIC');
    const topic = await createTopic(bootstrap, 'one');
    expect(await codeOf(producer.append(topic, Int32Array.of(1), rows(0, 1)))).toBe('UNKNOWN_TOPIC');
    expect(await codeOf(producer.append(topic, Int32Array.of(0, 0), rows(0, 1)))).toBe('INVALID_PARTITIONS');
    proxy.decide = ({ api }) => (api.key === metadataApi.key ? 'pass' : 'holdAnswer');
    const waiting = codeOf(producer.append(topic, new Int32Array(1), rows(0, 1)));
    await expect.poll(() => proxy.hits.size, { timeout: 20_000 }).toBeGreaterThan(0);
    producer.close();
    expect(await waiting).toBe('LOG_CLOSED');
    expect(await codeOf(producer.append(topic, new Int32Array(1), rows(0, 1)))).toBe('LOG_CLOSED');
  });
});

import type { HeadraceError } from '@headrace/core';
import { errorCode, initProducerIdApi, produceApi, type RequestInput } from '@headrace/protocol';
import { columnsOf, VirtualClock } from '@headrace/testing';
import { describe, expect, it } from 'vitest';
import { Cluster } from '../../packages/kafka/src/cluster/cluster.ts';
import { Producer } from '../../packages/kafka/src/produce/producer.ts';
import { advance } from './advance.ts';
import { FakeConnections } from './fake-connections.ts';

type Produce = RequestInput<typeof produceApi>;

const setUp = () => {
  const clock = new VirtualClock();
  const connections = new FakeConnections();
  connections.topics.set('t', { id: 'one', leaders: [0] });
  let epoch = 0;
  connections.on(initProducerIdApi, () => ({ errorCode: 0, producerId: 7, producerEpoch: epoch++ }));
  const answer = (body: unknown, code = 0) => ({
    responses: (body as Produce).topicData!.map(({ name, partitionData }) => ({
      name,
      partitionResponses: partitionData!.map(({ index }) => ({ index, errorCode: code })),
    })),
  });
  connections.on(produceApi, (body) => answer(body));
  const cluster = new Cluster({ connections, clock, requestTimeoutMs: 1000 });
  const producer = new Producer({ cluster, compressions: {}, requestTimeoutMs: 1000, deliveryTimeoutMs: 120_000 });
  const append = (partition = 0) =>
    producer
      .append('t', Int32Array.of(partition), columnsOf([{ value: Buffer.from('v') }]))
      .then((refusals) => refusals.length, (error: unknown) => (error as HeadraceError).code); // prettier-ignore
  return { clock, connections, producer, append, answer };
};

describe('a producer', () => {
  it('finds a partition that the topic has got since', async () => {
    const { clock, connections, append } = setUp();
    expect(await append()).toBe(0);
    connections.topics.set('t', { id: 'one', leaders: [0, 0] });
    const appended = append(1);
    await advance(clock, 100);
    expect(await appended).toBe(0);
  });

  it('says within seconds that its topic is gone, and writes to one that is made later', async () => {
    const { clock, connections, append, answer } = setUp();
    expect(await append()).toBe(0);
    connections.topics.delete('t');
    connections.on(produceApi, (body) => answer(body, errorCode('UNKNOWN_TOPIC_OR_PARTITION')));
    const waiting = append();
    await advance(clock, 5000);
    expect(await waiting).toBe('UNKNOWN_TOPIC');
    expect(await append()).toBe('UNKNOWN_TOPIC');
    connections.topics.set('t', { id: 'two', leaders: [0] });
    connections.on(produceApi, (body) => answer(body));
    expect(await append()).toBe(0);
  });

  it('begins its sequences anew in a topic that is made anew', async () => {
    const { clock, connections, append, answer } = setUp();
    const epochs: number[] = [];
    connections.on(produceApi, (body) => {
      const [batch] = (body as Produce).topicData![0]!.partitionData!;
      epochs.push(Buffer.from(batch!.records as Uint8Array).readInt16BE(51));
      const isFirst = epochs.length === 1;
      if (isFirst) connections.topics.set('t', { id: 'two', leaders: [0] });
      return answer(body, isFirst ? errorCode('UNKNOWN_TOPIC_OR_PARTITION') : 0);
    });
    const waiting = append();
    await advance(clock, 1000);
    expect(await waiting).toBe(0);
    expect(epochs[0]).toBe(0);
    expect(epochs.at(-1)).toBe(1);
  });

  it('rests while nobody leads the partition, and sends as soon as somebody is told to', async () => {
    const { clock, connections, append } = setUp();
    connections.topics.set('t', { id: 'one', leaders: [-1] });
    const waiting = append();
    await advance(clock, 20_000);
    // Twice a second at the most, after some quicker questions.
    expect(connections.asked.get('Metadata')).toBeLessThan(50);
    const calls = clock.calls;
    await advance(clock, 1000);
    expect(clock.calls - calls).toBeLessThan(10);
    connections.topics.set('t', { id: 'one', leaders: [0] });
    await advance(clock, 600);
    expect(await waiting).toBe(0);
  });

  it('gives up at the deadline what nobody could take', async () => {
    const { clock, connections, append } = setUp();
    connections.topics.set('t', { id: 'one', leaders: [-1] });
    const waiting = append();
    await advance(clock, 120_100);
    expect(await waiting).toBe('KAFKA_UNAVAILABLE');
  });

  it('divides what waits for one broker among requests, and leaves no partition out', async () => {
    const { clock, connections, append, answer } = setUp();
    const partitions = Array.from({ length: 300 }, (_, partition) => partition);
    connections.topics.set('t', { id: 'one', leaders: partitions.map(() => 0) });
    const sizes: number[] = [];
    connections.on(produceApi, (body) => {
      sizes.push((body as Produce).topicData![0]!.partitionData!.length);
      return answer(body);
    });
    const waiting = [0, 1].flatMap(() => partitions.map((partition) => append(partition)));
    await advance(clock, 1000);
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([0]));
    expect(Math.max(...sizes)).toBe(32);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(600);
  });

  it('forgets what is in flight when it is closed', async () => {
    const { connections, producer, append } = setUp();
    let fail = (): void => {};
    connections.on(produceApi, () => new Promise((_, reject) => (fail = () => reject(new Error('the end')))));
    const waiting = append();
    await expect.poll(() => connections.asked.get('Produce')).toBe(1);
    producer.close();
    fail();
    expect(await waiting).toBe('LOG_CLOSED');
  });
});

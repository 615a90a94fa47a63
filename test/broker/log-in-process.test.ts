import { afterEach, describe, expect, it } from 'vitest';
import { HeadraceError, systemClock } from '@headrace/core';
import { EmbeddedBroker, type BrokerOptions } from '@headrace/broker';
import { createKafkaLog, type KafkaTuning } from '@headrace/kafka';
import { deleteRecordsApi, fetchApi, findCoordinatorApi, produceApi } from '@headrace/protocol';
import { columnsOf, logContract } from '@headrace/testing';
import { readValues } from '../kafka/open-log.ts';
import { uniqueName } from './cluster-handle.ts';

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

const unavailable = (message: string) => new HeadraceError('KAFKA_UNAVAILABLE', message, { retryable: true });

const setUp = async (options: BrokerOptions = {}, tuning: Partial<KafkaTuning> = {}) => {
  const broker = new EmbeddedBroker(options);
  const log = await createKafkaLog({
    brokers: [],
    openConnections: () => broker.connections({ unavailable }),
    clientId: 'in-process',
    group: uniqueName('in-process'),
    clock: systemClock,
    tuning: { heartbeatMs: 100, maxWaitMs: 50, ...tuning },
  });
  cleanUp.push(
    () => broker.close(),
    () => log.close(),
  );
  return { broker, log };
};

const textColumns = (values: readonly string[]) => columnsOf(values.map((value) => ({ value: Buffer.from(value) })));
const numbers = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${from + index}`);

describe('The Log over connections inside the process', () => {
  const contract = logContract(async () => {
    const { broker, log } = await setUp();
    return {
      log,
      createTopic: async (name, partitions) => broker.createTopic(name, partitions),
      async deleteBefore(partition, offset) {
        const at = partition.lastIndexOf('/');
        const partitions = [{ partitionIndex: Number(partition.slice(at + 1)), offset }];
        const body = { topics: [{ name: partition.slice(0, at), partitions }], timeoutMs: 1000 };
        await broker.connections().send('any', 'metadata', deleteRecordsApi, 2, body, { timeoutMs: 1000 });
      },
      close: () => log.close(),
    };
  });
  for (const { name, run } of contract) it(name, run);

  it('opens no port', async () => {
    const { broker } = await setUp();
    expect(broker.bootstrap).toBe('');
  });

  it('writes each record once and in order while every third answer is lost or cut within its frame', async () => {
    const { broker, log } = await setUp();
    broker.createTopic('orders', 2);
    let hits = 0;
    broker.faults.onResponse(produceApi, ({ nth }) => {
      if (nth % 3 !== 1) return undefined;
      hits += 1;
      return nth % 2 === 0 ? { do: 'cut' } : { do: 'cutMidFrame' };
    });
    for (let round = 0; round < 10; round++)
      expect(await log.append('orders', Int32Array.from([0, 0, 1]), textColumns(numbers(round * 3, 3)))).toEqual([]);
    expect(hits).toBeGreaterThanOrEqual(4);
    const first = numbers(0, 30).filter((value) => Number(value) % 3 < 2);
    const second = numbers(0, 30).filter((value) => Number(value) % 3 === 2);
    // One more of each would be read if there was a repetition.
    await log.append('orders', Int32Array.from([0, 1]), textColumns(['end', 'end']));
    expect(await readValues(log.reader('orders/0', 'earliest'), 21)).toEqual([...first, 'end']);
    expect(await readValues(log.reader('orders/1', 'earliest'), 11)).toEqual([...second, 'end']);
  });

  it('reads each record once and in order while answers to fetches are cut, late and end within their frames', async () => {
    const { broker, log } = await setUp();
    broker.createTopic('orders', 1, { 'segment.bytes': '1048576' });
    for (let round = 0; round < 20; round++)
      await log.append('orders', new Int32Array(10), textColumns(numbers(round * 10, 10)));
    broker.faults.onResponse(fetchApi, ({ nth }) => {
      if (nth > 12) return undefined;
      if (nth % 3 === 0) return { do: 'cut' };
      return nth % 3 === 1 ? { do: 'cutMidFrame', bytes: 40 } : { do: 'delay', ms: 5 };
    });
    expect(await readValues(log.reader('orders/0', 'earliest'), 200)).toEqual(numbers(0, 200));
  });

  it('follows leaders that move and nodes that end and come back', async () => {
    const { broker, log } = await setUp({ nodes: 3 });
    broker.createTopic('orders', 3);
    const write = async (from: number) =>
      expect(await log.append('orders', Int32Array.from([0, 1, 2]), textColumns(numbers(from, 3)))).toEqual([]);
    const readers = [0, 1, 2].map((partition) => log.reader(`orders/${partition}`, 'earliest'));
    await write(0);
    broker.moveLeader('orders', 0, 2);
    await write(3);
    await broker.kill(2);
    await write(6);
    await broker.restart(2);
    await broker.kill(3);
    await write(9);
    await broker.restart(3);
    await write(12);
    for (const [partition, reader] of readers.entries())
      expect(await readValues(reader, 5)).toEqual([0, 3, 6, 9, 12].map((from) => `${from + partition}`));
  });

  it('asks for the coordinator of its group until it is told', async () => {
    const { broker, log } = await setUp();
    broker.createTopic('orders', 1);
    let asked = 0;
    broker.faults.onRequest(findCoordinatorApi, ({ nth }) => {
      asked = nth;
      return nth <= 3 ? { do: 'cut' } : undefined;
    });
    expect((await log.committed(['orders/0'])).size).toBe(0);
    expect(asked).toBeGreaterThan(3);
  });
});

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startKafka } from './broker/kafka-broker.ts';
import type { KafkaBroker } from './broker/kafka-broker.ts';
import { consumeAll } from './consume-all.ts';
import { foreignClient } from './foreign-client.ts';
import { committedOffsets, groupLag, groupState } from './group-offsets.ts';
import { produce } from './produce.ts';
import type { RecordToProduce } from './produce.ts';
import { describeKafka } from './require-kafka.ts';
import { createTopic, partitionRanges, uniqueName, withAdmin } from './topics.ts';

const records = Array.from({ length: 100 }, (_, index): RecordToProduce & { partition: number } => ({
  partition: index % 4,
  key: Buffer.from(`key-${index}`),
  value: index % 10 === 0 ? null : Buffer.from(`value-${index}`),
  headers: { index: Buffer.from(`${index}`) },
  timestamp: 1_000_000_000_000 + index,
}));

/** The records as they must be read back: by partition, then by offset. */
const expected = [0, 1, 2, 3].flatMap((partition) =>
  records.filter((record) => record.partition === partition).map((record, offset) => ({ ...record, offset })),
);

describeKafka('the Kafka that the run shares', (bootstrap) => {
  it('gives back every record of four partitions as it was written', async () => {
    const topic = await createTopic(bootstrap, 'round-trip', { partitions: 4 });
    await produce(bootstrap, topic, records);
    expect(await consumeAll(bootstrap, topic)).toEqual(expected);
  });

  it('gives back nothing of an empty topic', async () => {
    const topic = await createTopic(bootstrap, 'empty', { partitions: 2 });
    expect(await consumeAll(bootstrap, topic)).toEqual([]);
  });

  it('hides aborted records and the markers of transactions', async () => {
    const topic = await createTopic(bootstrap, 'transactions');
    const id = uniqueName('transactions');
    await produce(bootstrap, topic, [{ value: 'aborted' }], { transaction: { id, end: 'abort' } });
    await produce(bootstrap, topic, [{ value: 'committed' }], { transaction: { id, end: 'commit' } });
    const values = async (readUncommitted: boolean): Promise<(string | undefined)[]> =>
      (await consumeAll(bootstrap, topic, { readUncommitted })).map(({ value }) => value?.toString());
    expect(await values(false)).toEqual(['committed']);
    expect(await values(true)).toEqual(['aborted', 'committed']);
  });

  it('reads a topic that ends with an aborted transaction', async () => {
    const topic = await createTopic(bootstrap, 'aborted');
    const transaction = { id: uniqueName('aborted'), end: 'abort' } as const;
    await produce(bootstrap, topic, [{ value: 'aborted' }], { transaction });
    expect(await consumeAll(bootstrap, topic)).toEqual([]);
    expect(await partitionRanges(bootstrap, topic)).toEqual([{ partition: 0, start: 0, stableEnd: 2, end: 2 }]);
  });

  it('tells open transactions from what stands before them', async () => {
    const topic = await createTopic(bootstrap, 'open');
    await produce(bootstrap, topic, [{ value: 'before' }]);
    const producer = foreignClient(bootstrap).producer({ transactionalId: uniqueName('open'), maxInFlightRequests: 1 });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ value: 'open' }] });
    expect(await partitionRanges(bootstrap, topic)).toEqual([{ partition: 0, start: 0, stableEnd: 1, end: 2 }]);
    expect(await consumeAll(bootstrap, topic, { openTransactions: 'leave' })).toMatchObject([{ offset: 0 }]);
    expect(await consumeAll(bootstrap, topic, { readUncommitted: true })).toMatchObject([{ offset: 0 }, { offset: 1 }]);
    await expect(consumeAll(bootstrap, topic, { deadlineMs: 500 })).rejects.toThrow(/0 => 2/);
    const waiting = consumeAll(bootstrap, topic);
    await transaction.commit();
    expect(await waiting).toMatchObject([{ offset: 0 }, { offset: 1 }]);
    await producer.disconnect();
  });

  it('knows nothing of a group that never was', async () => {
    const topic = await createTopic(bootstrap, 'group', { partitions: 2 });
    await produce(bootstrap, topic, [{ value: 'one', partition: 0 }]);
    const group = uniqueName('group');
    expect(await committedOffsets(bootstrap, group, topic)).toEqual([]);
    expect(await groupLag(bootstrap, group, topic)).toBe(1);
    expect(await groupState(bootstrap, group)).toEqual({ state: 'Dead', members: [] });
  });
});

describeKafka('a Kafka of a suite of its own', () => {
  let broker: KafkaBroker;
  beforeAll(async () => {
    broker = await startKafka();
  });
  afterAll(() => broker.stop());

  it('keeps its records, offsets and address when it is killed and when it is restarted', async () => {
    const topic = await createTopic(broker.bootstrap, 'durable', { partitions: 4 });
    await produce(broker.bootstrap, topic, records);
    const group = uniqueName('durable');
    await withAdmin(broker.bootstrap, (admin) =>
      admin.setOffsets({ groupId: group, topic, partitions: [{ partition: 1, offset: '7' }] }),
    );
    await broker.kill();
    await broker.restart();
    expect(await consumeAll(broker.bootstrap, topic)).toEqual(expected);
    await broker.restart();
    expect(await consumeAll(broker.bootstrap, topic)).toEqual(expected);
    expect(await committedOffsets(broker.bootstrap, group, topic)).toMatchObject([{ partition: 1, offset: 7 }]);
  });

  it('deletes its data when it is stopped', async () => {
    expect(existsSync(broker.dataDirectory)).toBe(true);
    await broker.stop();
    expect(existsSync(broker.dataDirectory)).toBe(false);
  });
});

describeKafka('a Kafka with chosen properties and features', (bootstrap) => {
  it('tells the end of its log when it cannot start', async () => {
    await expect(startKafka({ properties: { 'num.io.threads': 'many' } })).rejects.toThrow(/num\.io\.threads/);
  });

  it('does not take another Kafka on its port for itself', async () => {
    const port = Number(bootstrap.split(':')[1]);
    await expect(startKafka({ port })).rejects.toThrow(/Address already in use/);
  });

  it('starts with the transaction protocol of an upgraded cluster', async () => {
    const broker = await startKafka({ features: { 'transaction.version': 0 } });
    try {
      // Kafka writes no record for a feature of level 0.
      const features = await readFile(join(broker.dataDirectory, 'log', 'bootstrap.checkpoint'), 'latin1');
      expect(features).toContain('group.version');
      expect(features).not.toContain('transaction.version');
    } finally {
      await broker.stop();
    }
  });
});

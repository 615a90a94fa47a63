import { expect, it } from 'vitest';
import {
  describeLogDirsApi,
  describeProducersApi,
  describeTopicPartitionsApi,
  describeTransactionsApi,
  listTransactionsApi,
} from '@headrace/protocol';
import { batchOf, makeTopic, named, openClient, produceTo, uniqueName, type ClusterHandle } from '../cluster-handle.ts';
import { addPartitions, endAndSettle, initProducer, produceInTransaction } from '../transaction-handle.ts';
import type { WireClient } from '../wire-client.ts';

const transactionOf = async (client: WireClient, id: string) => {
  const { transactionStates } = await client.send(describeTransactionsApi, { transactionalIds: [id] });
  const [{ errorCode, transactionStartTimeMs, ...rest } = { errorCode: -1, transactionStartTimeMs: 0 }] =
    transactionStates;
  return { error: named(errorCode), hasBegun: transactionStartTimeMs > 0, ...rest };
};

const producersOf = async (client: WireClient, name: string, partitionIndexes: readonly number[]) => {
  const { topics } = await client.send(describeProducersApi, { topics: [{ name, partitionIndexes }] });
  return topics[0]?.partitions.map(({ errorCode, activeProducers }) => ({
    error: named(errorCode),
    producers: activeProducers.map(({ lastTimestamp, ...each }) => ({ ...each, isTimed: lastTimestamp > 0 })),
  }));
};

const pageOf = async (
  client: WireClient,
  names: readonly string[],
  limit: number,
  cursor: { topicName: string; partitionIndex: number } | null,
) => {
  const body = { topics: names.map((name) => ({ name })), responsePartitionLimit: limit, cursor };
  const { topics, nextCursor } = await client.send(describeTopicPartitionsApi, body);
  const shown = topics.map(({ name, errorCode, partitions }) => ({
    name,
    error: named(errorCode),
    partitions: partitions.map(({ partitionIndex }) => partitionIndex),
  }));
  return { topics: shown, nextCursor };
};

/** Declares what tools of administration see of transactions, producers, partitions and directories. */
export function adminScenarios(cluster: () => ClusterHandle): void {
  it('describes a transaction from its beginning to its end, and lists it', async () => {
    const client = await openClient(cluster());
    const topic = await makeTopic(client, 'described', { partitions: 2 });
    const id = uniqueName('described');
    const producer = await initProducer(client, id, { timeoutMs: 30_000 });
    const identity = { producerId: producer.producerId, producerEpoch: producer.epoch };
    const common = { error: 'NONE', transactionalId: id, transactionTimeoutMs: 30_000, ...identity };
    const idle = { ...common, hasBegun: false, topics: [] };
    expect(await transactionOf(client, id)).toEqual({ ...idle, transactionState: 'Empty' });
    await addPartitions(client, id, producer, topic, [0, 1]);
    const ongoing = await transactionOf(client, id);
    expect(ongoing).toMatchObject({ ...common, hasBegun: true, transactionState: 'Ongoing' });
    expect(ongoing.topics?.map((each) => [each.topic, [...each.partitions].sort((a, b) => a - b)])).toEqual([
      [topic, [0, 1]],
    ]);
    const list = async (stateFilters: readonly string[], durationFilter = -1) => {
      const body = { stateFilters, producerIdFilters: [producer.producerId], durationFilter };
      const { transactionStates, unknownStateFilters } = await client.send(listTransactionsApi, body, 1);
      return [transactionStates.map(({ transactionState }) => transactionState), unknownStateFilters];
    };
    expect(await list([])).toEqual([['Ongoing'], []]);
    expect(await list(['Ongoing', 'Empty'])).toEqual([['Ongoing'], []]);
    expect(await list(['CompleteCommit'])).toEqual([[], []]);
    expect(await list(['Asleep'])).toEqual([[], ['Asleep']]);
    expect(await list([], 3_600_000)).toEqual([[], []]);
    await endAndSettle(client, id, producer, true);
    expect(await transactionOf(client, id)).toEqual({ ...idle, transactionState: 'CompleteCommit', hasBegun: true });
    expect((await transactionOf(client, uniqueName('nobody'))).error).toBe('TRANSACTIONAL_ID_NOT_FOUND');
    expect((await transactionOf(client, '')).error).toBe('INVALID_REQUEST');
  });

  it('lists the producers of a partition with where their transactions begin', async () => {
    const client = await openClient(cluster());
    const topic = await makeTopic(client, 'producers');
    const id = uniqueName('producers');
    const producer = await initProducer(client, id);
    await produceTo(client, topic, batchOf(['plain']));
    await addPartitions(client, id, producer, topic);
    await produceInTransaction(client, topic, id, producer, 0, ['a', 'b']);
    const common = { producerId: producer.producerId, producerEpoch: producer.epoch, isTimed: true };
    expect(await producersOf(client, topic, [0, 7])).toEqual([
      {
        error: 'NONE',
        producers: [{ ...common, lastSequence: 1, coordinatorEpoch: -1, currentTxnStartOffset: 1 }],
      },
      { error: 'UNKNOWN_TOPIC_OR_PARTITION', producers: [] },
    ]);
    await endAndSettle(client, id, producer, false);
    const [ended] = (await producersOf(client, topic, [0])) ?? [];
    expect(ended?.producers).toMatchObject([{ ...common, lastSequence: 1, currentTxnStartOffset: -1 }]);
  });

  it('describes the partitions of topics page by page, in the order of their names', async () => {
    const client = await openClient(cluster());
    const prefix = uniqueName('pages');
    const [one, two] = [await makeTopic(client, `${prefix}-a`, { partitions: 3 }), await makeTopic(client, `${prefix}-b`, { partitions: 2 })]; // prettier-ignore
    const names = [two, one];
    const firstOf = (name: string, partitions: readonly number[]) => ({ name, error: 'NONE', partitions });
    expect(await pageOf(client, names, 100, null)).toEqual({
      topics: [firstOf(one, [0, 1, 2]), firstOf(two, [0, 1])],
      nextCursor: null,
    });
    const first = await pageOf(client, names, 2, null);
    expect(first).toEqual({ topics: [firstOf(one, [0, 1])], nextCursor: { topicName: one, partitionIndex: 2 } });
    const second = await pageOf(client, names, 2, first.nextCursor);
    expect(second).toEqual({
      topics: [firstOf(one, [2]), firstOf(two, [0])],
      nextCursor: { topicName: two, partitionIndex: 1 },
    });
    expect(await pageOf(client, names, 2, second.nextCursor)).toEqual({
      topics: [firstOf(two, [1])],
      nextCursor: null,
    });
    const unknown = `${prefix}-none`;
    expect(await pageOf(client, [unknown], 2, null)).toMatchObject({
      topics: [{ name: unknown, error: 'UNKNOWN_TOPIC_OR_PARTITION', partitions: [] }],
    });
  });

  it('tells how large partitions are on disk', async () => {
    const client = await openClient(cluster());
    const topic = await makeTopic(client, 'sizes', { partitions: 2 });
    const batch = batchOf(['x'.repeat(1000)]);
    await produceTo(client, topic, batch, { partition: 1 });
    const sizes = async (topics: readonly { topic: string; partitions: readonly number[] }[] | null) => {
      const { errorCode, results } = await client.send(describeLogDirsApi, { topics }, 4);
      const found = results.flatMap((each) => each.topics).find(({ name }) => name === topic);
      const partitions = [...(found?.partitions ?? [])].sort((a, b) => a.partitionIndex - b.partitionIndex);
      return [named(errorCode), results.length, partitions.map(({ partitionIndex, partitionSize }) => [partitionIndex, partitionSize])]; // prettier-ignore
    };
    const both = [[0, 0], [1, batch.length]]; // prettier-ignore
    expect(await sizes([{ topic, partitions: [0, 1] }])).toEqual(['NONE', 1, both]);
    expect(await sizes(null)).toEqual(['NONE', 1, both]);
    expect(await sizes([{ topic, partitions: [1] }])).toEqual(['NONE', 1, both.slice(1)]);
    expect(await sizes([])).toMatchObject(['NONE', expect.any(Number), []]);
  });
}

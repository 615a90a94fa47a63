import { expect, it } from 'vitest';
import {
  batchOf,
  endsOf,
  fetchFrom,
  makeTopic,
  openClient,
  produceTo,
  shown,
  uniqueName,
  type ClusterHandle,
} from '../cluster-handle.ts';
import { awaitCoordinator, committed, join, sync } from '../group-handle.ts';
import {
  addOffsets,
  addPartitions,
  commitInTransaction,
  endAndSettle,
  endTransaction,
  initOnce,
  initProducer,
  produceInTransaction,
  settled,
} from '../transaction-handle.ts';
import { waitUntil } from '../../kafka/wait-until.ts';

/** Declares what holds of transactions on every broker whose `transaction.version` is 2. */
export function transactionScenarios(cluster: () => ClusterHandle): void {
  const setUp = async () => {
    const client = await openClient(cluster());
    const id = uniqueName('tx');
    return { client, id, topic: await makeTopic(client, 'tx'), producer: await initProducer(client, id) };
  };

  it('shows committed readers what is committed only, and lists what was aborted in the range', async () => {
    const { client, id, topic, producer } = await setUp();
    expect(await addPartitions(client, id, producer, topic)).toBe('NONE');
    expect((await produceInTransaction(client, topic, id, producer, 0, ['a', 'b'])).error).toBe('NONE');
    await produceTo(client, topic, batchOf(['plain']));
    expect(await fetchFrom(client, topic, 0, { isolationLevel: 1 })).toMatchObject({
      highWatermark: 3,
      lastStableOffset: 0,
      rows: [],
    });
    expect((await endsOf(client, topic, [0], { isolationLevel: 1 }))[0]?.offset).toBe(0);
    expect(await endAndSettle(client, id, producer, false)).toBe('NONE');
    // The marker of the abort is record 3.
    expect(await addPartitions(client, id, producer, topic)).toBe('NONE');
    expect((await produceInTransaction(client, topic, id, producer, 2, ['c'])).baseOffset).toBe(4);
    expect(await endAndSettle(client, id, producer, true)).toBe('NONE');
    const { producerId } = producer;
    const all = await fetchFrom(client, topic, 0, { isolationLevel: 1 });
    expect(all).toMatchObject({ highWatermark: 6, lastStableOffset: 6, aborted: [{ producerId, firstOffset: 0 }] });
    expect(shown(all.rows)).toEqual(['0:a', '1:b', '2:plain', '4:c']);
    expect((await fetchFrom(client, topic, 4, { isolationLevel: 1 })).aborted).toEqual([]);
    expect((await fetchFrom(client, topic, 3, { isolationLevel: 1 })).aborted).toEqual([
      { producerId, firstOffset: 0 },
    ]);
    expect((await fetchFrom(client, topic, 0)).aborted).toBeNull();
  });

  it('wants partitions to be added first, by producers that are current', async () => {
    const { client, id, topic, producer } = await setUp();
    const write = async (version?: number) =>
      (await produceInTransaction(client, topic, id, producer, 0, ['a'], version === undefined ? {} : { version }))
        .error;
    expect(await write()).toBe('INVALID_TXN_STATE');
    expect(await write(11)).toBe('TRANSACTION_ABORTABLE');
    expect((await endTransaction(client, id, producer, true, 3)).error).toBe('INVALID_TXN_STATE');
    expect((await endTransaction(client, id, producer, true, 5)).error).toBe('INVALID_TXN_STATE');
    expect(await addPartitions(client, id, { ...producer, epoch: 9 }, topic)).toBe('PRODUCER_FENCED');
    expect(await addPartitions(client, id, { ...producer, producerId: 123_456 }, topic)).toBe(
      'INVALID_PRODUCER_ID_MAPPING',
    );
    expect(await addPartitions(client, uniqueName('none'), producer, topic)).toBe('INVALID_PRODUCER_ID_MAPPING');
    expect(await addPartitions(client, id, producer, 'no-such')).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    expect(await addPartitions(client, id, producer, topic)).toBe('NONE');
    expect(await write()).toBe('NONE');
    const plain = batchOf(['x'], {
      producer: { ...producer, producerEpoch: producer.epoch, baseSequence: 1, transactional: false },
    });
    expect((await produceTo(client, topic, plain)).error).toBe('INVALID_TXN_STATE');
    expect((await endTransaction(client, id, { ...producer, epoch: 7 }, true, 3)).error).toBe('PRODUCER_FENCED');
    expect((await endTransaction(client, id, { ...producer, producerId: 1_234_567 }, true, 3)).error).toBe(
      'INVALID_PRODUCER_ID_MAPPING',
    );
    expect((await initOnce(client, id, { timeoutMs: 0 })).error).toBe('INVALID_TRANSACTION_TIMEOUT');
    expect((await initOnce(client, id, { timeoutMs: 900_001 })).error).toBe('INVALID_TRANSACTION_TIMEOUT');
    expect(await endAndSettle(client, id, producer, true)).toBe('NONE');
    expect((await endTransaction(client, id, producer, true, 3)).error).toBe('NONE');
    expect((await endTransaction(client, id, producer, false, 3)).error).toBe('INVALID_TXN_STATE');
  });

  it('bumps the epoch with each transaction from EndTxn 5 on, and knows a request that comes again', async () => {
    const { client, id, topic, producer } = await setUp();
    await addPartitions(client, id, producer, topic);
    await produceInTransaction(client, topic, id, producer, 0, ['a']);
    const next = await endTransaction(client, id, producer, true);
    expect(next).toEqual({ error: 'NONE', producerId: producer.producerId, epoch: producer.epoch + 1 });
    let again = await endTransaction(client, id, producer, true);
    await settled(async () => (again = await endTransaction(client, id, producer, true)).error);
    expect(again).toEqual(next);
    expect((await endTransaction(client, id, producer, false)).error).toBe('INVALID_TXN_STATE');
    expect((await produceInTransaction(client, topic, id, producer, 1, ['late'])).error).toBe('INVALID_PRODUCER_EPOCH');
    expect(await addPartitions(client, id, next, topic)).toBe('NONE');
    expect((await produceInTransaction(client, topic, id, next, 0, ['b'])).error).toBe('NONE');
    // The late copy does not end the transaction that is open now.
    expect((await endTransaction(client, id, producer, true)).error).toBe('PRODUCER_FENCED');
    expect((await endTransaction(client, id, next, false)).epoch).toBe(producer.epoch + 2);
    await waitUntil(
      () => fetchFrom(client, topic, 0, { isolationLevel: 1 }),
      ({ lastStableOffset, highWatermark }) => highWatermark === 4 && lastStableOffset === 4,
      { what: 'the second transaction has ended', intervalMs: 5 },
    );
    expect((await fetchFrom(client, topic, 0, { isolationLevel: 1 })).aborted).toEqual([
      { producerId: producer.producerId, firstOffset: 2 },
    ]);
  });

  it('adds partitions by writing from Produce 12 on', async () => {
    const { client, id, topic, producer } = await setUp();
    expect((await produceInTransaction(client, topic, id, producer, 0, ['a'], { version: 12 })).error).toBe('NONE');
    expect((await produceInTransaction(client, topic, id, producer, 1, ['b'], { version: 12 })).error).toBe('NONE');
    const next = await endTransaction(client, id, producer, true);
    expect(next).toMatchObject({ error: 'NONE', epoch: producer.epoch + 1 });
    const write = () => produceInTransaction(client, topic, id, next, 0, ['c'], { version: 12 });
    expect(await settled(async () => (await write()).error)).toBe('NONE');
    const stale = await produceInTransaction(client, topic, id, producer, 2, ['late'], { version: 12 });
    expect(stale.error).toBe('INVALID_PRODUCER_EPOCH');
    await endTransaction(client, id, next, true);
    await waitUntil(
      () => fetchFrom(client, topic, 0, { isolationLevel: 1 }),
      ({ rows }) => rows.length === 3,
      { what: 'both transactions are seen', intervalMs: 5, deadlineMs: 2000 },
    );
  });

  it('fences a producer that has a successor, and aborts what it left open', async () => {
    const { client, id, topic, producer } = await setUp();
    await addPartitions(client, id, producer, topic);
    await produceInTransaction(client, topic, id, producer, 0, ['left']);
    expect((await initOnce(client, id)).error).toBe('CONCURRENT_TRANSACTIONS');
    const successor = await initProducer(client, id);
    expect(successor).toEqual({ error: 'NONE', producerId: producer.producerId, epoch: producer.epoch + 2 });
    expect((await produceInTransaction(client, topic, id, producer, 1, ['late'])).error).toBe('INVALID_PRODUCER_EPOCH');
    expect((await endTransaction(client, id, producer, true, 3)).error).toBe('PRODUCER_FENCED');
    expect((await endTransaction(client, id, producer, true, 5)).error).toBe('PRODUCER_FENCED');
    expect(await addPartitions(client, id, producer, topic)).toBe('PRODUCER_FENCED');
    const all = await fetchFrom(client, topic, 0, { isolationLevel: 1 });
    expect(all).toMatchObject({ lastStableOffset: 2, aborted: [{ producerId: producer.producerId, firstOffset: 0 }] });
  });

  it('lets a producer go on under a higher epoch, and refuses one that is two behind', async () => {
    const { client, id, producer } = await setUp();
    const next = await initProducer(client, id, { expected: producer });
    expect(next).toEqual({ error: 'NONE', producerId: producer.producerId, epoch: producer.epoch + 1 });
    expect(await initProducer(client, id, { expected: producer })).toEqual(next);
    const third = await initProducer(client, id, { expected: next });
    expect(third.epoch).toBe(producer.epoch + 2);
    expect((await initOnce(client, id, { expected: producer })).error).toBe('PRODUCER_FENCED');
    expect((await initOnce(client, id, { expected: producer, version: 3 })).error).toBe('INVALID_PRODUCER_EPOCH');
    expect((await initOnce(client, id, { expected: { producerId: 987_654, epoch: 0 } })).error).toBe('PRODUCER_FENCED');
  });

  it('commits positions with the transaction, and refuses them of who is not in the group', async () => {
    const { client, id, topic, producer } = await setUp();
    const groupId = uniqueName('group');
    await awaitCoordinator(client, groupId);
    const { memberId } = await join(client, groupId);
    await sync(client, groupId, 1, memberId);
    const commit = (offset: number, options: { generationId?: number; memberId?: string; version?: number } = {}) =>
      commitInTransaction(client, id, producer, groupId, topic, offset, { generationId: 1, memberId, ...options });
    expect(await commit(5)).toBe('INVALID_TXN_STATE');
    expect(await addOffsets(client, id, producer, groupId)).toBe('NONE');
    expect(await commit(5, { generationId: 0 })).toBe('ILLEGAL_GENERATION');
    expect(await commit(5, { memberId: 'stranger' })).toBe('UNKNOWN_MEMBER_ID');
    expect(await commit(5)).toBe('NONE');
    expect(await committed(client, groupId, topic, true)).toEqual(['UNSTABLE_OFFSET_COMMIT', -1, '']);
    expect(await committed(client, groupId, topic)).toEqual(['NONE', -1, '']);
    expect(await endAndSettle(client, id, producer, true)).toBe('NONE');
    expect(await committed(client, groupId, topic, true)).toEqual(['NONE', 5, '']);
    expect(await addOffsets(client, id, producer, groupId)).toBe('NONE');
    expect(await commit(9)).toBe('NONE');
    expect(await endAndSettle(client, id, producer, false)).toBe('NONE');
    expect(await committed(client, groupId, topic, true)).toEqual(['NONE', 5, '']);
    // From version 5 on the commit itself adds the group.
    expect(await settled(() => commit(11, { version: 5 }))).toBe('NONE');
    expect((await endTransaction(client, id, producer, true)).epoch).toBe(producer.epoch + 1);
    await waitUntil(
      () => committed(client, groupId, topic, true),
      ([, offset]) => offset === 11,
      { what: 'the position is committed', intervalMs: 5 },
    );
  });
}

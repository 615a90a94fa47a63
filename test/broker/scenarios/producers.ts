import { expect, it } from 'vitest';
import { batchOf, fetchFrom, makeTopic, openClient, produceTo, shown, type ClusterHandle } from '../cluster-handle.ts';
import { initOnce, initProducer, type Identity } from '../transaction-handle.ts';
import type { WireClient } from '../wire-client.ts';

/** Declares what holds of idempotent producers on every broker. */
export function producerScenarios(cluster: () => ClusterHandle): void {
  const setUp = async () => {
    const client = await openClient(cluster());
    return { client, topic: await makeTopic(client, 'idempotent'), identity: await initProducer(client, null) };
  };
  const write = (
    client: WireClient,
    topic: string,
    { producerId, epoch }: Identity,
    baseSequence: number,
    values: string[],
  ) => {
    const producer = { producerId, producerEpoch: epoch, baseSequence, transactional: false };
    return produceTo(client, topic, batchOf(values, { producer }));
  };

  it('gives each producer an id of its own', async () => {
    const { client, identity } = await setUp();
    const other = await initOnce(client, null);
    expect(identity).toMatchObject({ error: 'NONE', epoch: 0 });
    expect(other).toMatchObject({ error: 'NONE', epoch: 0 });
    expect(other.producerId).not.toBe(identity.producerId);
    expect((await initOnce(client, '')).error).toBe('INVALID_REQUEST');
  });

  it('knows the last five batches when they come again, and answers with their offsets', async () => {
    const { client, topic, identity } = await setUp();
    for (let at = 0; at < 7; at++)
      expect(await write(client, topic, identity, at * 2, ['a', 'b'])).toEqual({ error: 'NONE', baseOffset: at * 2 });
    for (let at = 6; at >= 2; at--)
      expect(await write(client, topic, identity, at * 2, ['a', 'b'])).toEqual({ error: 'NONE', baseOffset: at * 2 });
    expect((await write(client, topic, identity, 2, ['a', 'b'])).error).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    expect((await write(client, topic, identity, 12, ['a'])).error).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    expect((await fetchFrom(client, topic, 0)).highWatermark).toBe(14);
  });

  it('refuses what is out of order and older epochs, and begins at 0 with a new one', async () => {
    const { client, topic, identity } = await setUp();
    const next = { ...identity, epoch: identity.epoch + 1 };
    expect((await write(client, topic, identity, 0, ['a'])).error).toBe('NONE');
    expect((await write(client, topic, identity, 2, ['c'])).error).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    expect((await write(client, topic, next, 1, ['b'])).error).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    expect((await write(client, topic, next, 0, ['b'])).error).toBe('NONE');
    expect((await write(client, topic, identity, 1, ['c'])).error).toBe('INVALID_PRODUCER_EPOCH');
    expect(shown((await fetchFrom(client, topic, 0)).rows)).toEqual(['0:a', '1:b']);
  });

  it('takes any sequence of a producer that it does not know, and goes on over the greatest', async () => {
    const { client, topic, identity } = await setUp();
    const last = 2 ** 31 - 1;
    expect((await write(client, topic, identity, last - 1, ['a', 'b'])).error).toBe('NONE');
    expect((await write(client, topic, identity, 1, ['c'])).error).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    expect((await write(client, topic, identity, 0, ['c', 'd'])).error).toBe('NONE');
    expect((await write(client, topic, identity, last - 1, ['a', 'b'])).baseOffset).toBe(0);
  });

  it('wraps the sequence inside a batch', async () => {
    const { client, topic, identity } = await setUp();
    const last = 2 ** 31 - 1;
    expect((await write(client, topic, identity, last, ['a', 'b', 'c'])).error).toBe('NONE');
    expect(await write(client, topic, identity, last, ['a', 'b', 'c'])).toEqual({ error: 'NONE', baseOffset: 0 });
    expect((await write(client, topic, identity, 2, ['d'])).error).toBe('NONE');
  });

  it('wants a sequence of a producer that has an id', async () => {
    const { client, topic, identity } = await setUp();
    expect((await write(client, topic, identity, -1, ['a'])).error).toBe('INVALID_RECORD');
  });
}

import { VirtualClock } from '@headrace/testing';
import { metadataApi } from '@headrace/protocol';
import { describe, expect, it } from 'vitest';
import { Cluster } from '../../packages/kafka/src/cluster/cluster.ts';
import { advance } from './advance.ts';
import { FakeConnections } from './fake-connections.ts';

const setUp = () => {
  const clock = new VirtualClock();
  const connections = new FakeConnections();
  connections.topics.set('t', { id: 'one', leaders: [0, 1] });
  const cluster = new Cluster({ connections, clock, requestTimeoutMs: 1000 });
  return { clock, connections, cluster, asked: () => connections.asked.get('Metadata') ?? 0 };
};

describe('what is known of a cluster', () => {
  it('is asked for again when it is five minutes old, by whoever uses it', async () => {
    const { clock, connections, cluster, asked } = setUp();
    await cluster.topic('t');
    connections.topics.set('t', { id: 'one', leaders: [1, 1] });
    await advance(clock, 299_000);
    expect(cluster.leaderOf('t', 0)).toBe(0);
    await advance(clock, 1000);
    expect(cluster.leaderOf('t', 0)).toBe(0);
    await advance(clock, 20);
    expect(cluster.leaderOf('t', 0)).toBe(1);
    expect(asked()).toBe(2);
  });

  it('is asked for again for seconds where a partition is not known yet, since brokers lag behind each other', async () => {
    const { clock, connections, cluster } = setUp();
    await cluster.topic('t');
    const found = cluster.topicWith('t', 2).then(({ partitions }) => partitions.length);
    await advance(clock, 1000);
    connections.topics.set('t', { id: 'one', leaders: [0, 1, 0] });
    await advance(clock, 2000);
    await expect(found).resolves.toBe(3);
    const lost = cluster.topicWith('t', 3).catch((error: unknown) => error);
    await advance(clock, 6000);
    await expect(lost).resolves.toMatchObject({
      code: 'UNKNOWN_TOPIC',
      message: expect.stringContaining('partition 3'),
    });
  });

  it('stays as it is while nobody answers, and is asked for again after some seconds', async () => {
    const { clock, connections, cluster, asked } = setUp();
    await cluster.topic('t');
    await advance(clock, 300_000);
    connections.send = async () => {
      connections.asked.set('Metadata', asked() + 1);
      throw new Error('nobody is there');
    };
    for (let second = 0; second < 30; second++) {
      expect(cluster.leaderOf('t', 0)).toBe(0);
      await advance(clock, 1000);
    }
    expect(asked()).toBe(4);
  });

  it('is asked more and more seldom while it tells nothing new, and often again when it does', async () => {
    const { clock, connections, cluster, asked } = setUp();
    await cluster.topic('t');
    const refreshes = async (ms: number): Promise<number> => {
      const before = asked();
      const until = clock.monotonic() + ms;
      const again = async (): Promise<void> => {
        while (clock.monotonic() < until) await cluster.refresh();
      };
      const all = again();
      await advance(clock, ms + 500);
      await all;
      return asked() - before;
    };
    expect(await refreshes(10_000)).toBeLessThan(30);
    connections.topics.set('t', { id: 'one', leaders: [1, 0] });
    const told = cluster.refresh();
    await advance(clock, 600);
    await told;
    const before = asked();
    const soon = cluster.refresh();
    await advance(clock, 60);
    await soon;
    expect(asked()).toBe(before + 1);
  });

  it('looks again at a topic that should have more partitions, once in a second', async () => {
    const { clock, connections, cluster, asked } = setUp();
    await cluster.topic('t');
    const count = async (expected: number): Promise<number> => (await cluster.topicOf('t', expected)).partitions.length;
    connections.topics.set('t', { id: 'one', leaders: [0, 1, 0] });
    expect([await count(2), asked()]).toEqual([2, 1]);
    expect([await count(3), asked()]).toEqual([3, 2]);
    // Records that name a partition which is never there do not hold up the others.
    expect([await count(4), await count(5), asked()]).toEqual([3, 3, 2]);
    await advance(clock, 1000);
    const later = count(4);
    await advance(clock, 500);
    expect([await later, asked()]).toEqual([3, 3]);
  });

  it('takes a topic for gone when it is denied for seconds, not when a broker lags behind', async () => {
    const { clock, connections, cluster } = setUp();
    await cluster.topic('t');
    const deny = async (ms: number): Promise<boolean> => {
      connections.topics.delete('t');
      for (let passed = 0; passed < ms; passed += 1000) {
        const refreshing = cluster.refresh();
        await advance(clock, 1000);
        await refreshing;
      }
      return cluster.isGone('t');
    };
    expect(await deny(2000)).toBe(false);
    connections.topics.set('t', { id: 'one', leaders: [0, 1] });
    const told = cluster.refresh();
    await advance(clock, 600);
    await told;
    expect(cluster.isGone('t')).toBe(false);
    expect(await deny(2000)).toBe(false);
    expect(await deny(3000)).toBe(true);
    expect(cluster.isGone('never-known')).toBe(false);
  });

  it.each([-1, 2 ** 31 - 1])(
    'is nothing that holds a partition %i: what stood before stays',
    async (partitionIndex) => {
      const { connections, cluster } = setUp();
      const good = await cluster.topic('t');
      const told = { errorCode: 0, partitionIndex, leaderId: 0, leaderEpoch: 9 };
      connections.on(metadataApi, () => ({
        brokers: [],
        topics: ['t', 'new'].map((name) => ({
          name,
          errorCode: 0,
          topicId: 'one',
          isInternal: false,
          partitions: [told],
        })),
      }));
      const refused = expect.objectContaining({ code: 'KAFKA_ANSWER_UNREADABLE' }) as Error;
      await expect(cluster.topic('new')).rejects.toThrow(refused);
      await expect(cluster.refresh()).rejects.toThrow(refused);
      expect(cluster.known('t')).toBe(good);
    },
  );
});

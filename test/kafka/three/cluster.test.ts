import { describeGroupsApi, errorCode } from '@headrace/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { askNode } from '../ask-node.ts';
import {
  coordinatorOf,
  leaderOf,
  offsetsPartitionOf,
  partitionStates,
  waitForAllInSync,
} from '../broker/cluster-state.ts';
import { startKafkaCluster, type KafkaCluster } from '../broker/kafka-cluster.ts';
import { consumeAll } from '../consume-all.ts';
import { foreignClient } from '../foreign-client.ts';
import { committedOffsets } from '../group-offsets.ts';
import { produce } from '../produce.ts';
import { createTopic, uniqueName, withAdmin } from '../topics.ts';
import { waitUntil } from '../wait-until.ts';

const records = Array.from({ length: 30 }, (_, n) => ({ key: `k${n}`, value: `${n}`, partition: n % 3 }));

describe('a Kafka of three nodes', () => {
  let cluster: KafkaCluster;
  beforeAll(async () => {
    cluster = await startKafkaCluster();
  });
  afterEach(() => cluster.heal());
  afterAll(() => cluster.stop());
  const create = async (): Promise<string> => {
    const topic = await createTopic(cluster.bootstrap, 'three', { partitions: 3, replicas: 3 });
    await waitForAllInSync(cluster.bootstrap, [topic]);
    return topic;
  };
  const values = async (topic: string): Promise<string[]> =>
    (await consumeAll(cluster.bootstrap, topic))
      .map(({ value }) => String(value))
      .sort((a, b) => Number(a) - Number(b));

  it('has every partition on every node', async () => {
    const topic = await create();
    for (const { replicas, inSync } of await partitionStates(cluster.bootstrap, [topic])) {
      expect(new Set(replicas)).toEqual(new Set([1, 2, 3]));
      expect(new Set(inSync)).toEqual(new Set([1, 2, 3]));
    }
  });

  it.each(['kill', 'end'] as const)(
    'gives back every record after a leader went by "%s", and has it again',
    async (how) => {
      const topic = await create();
      await produce(cluster.bootstrap, topic, records);
      const leader = await leaderOf(cluster.bootstrap, topic, 0);
      await cluster.node(leader)[how]();
      const next = await waitUntil(
        () => leaderOf(cluster.bootstrap, topic, 0),
        (now) => now !== leader,
        { what: 'another node leads' },
      );
      expect(next).not.toBe(leader);
      expect(await values(topic)).toEqual(records.map(({ value }) => value));
      await cluster.node(leader).start();
      await waitForAllInSync(cluster.bootstrap, [topic]);
    },
  );

  it('acknowledges nothing that only one node holds', async () => {
    const topic = await create();
    const leader = await leaderOf(cluster.bootstrap, topic, 0);
    for (const node of cluster.nodes) if (node.id !== leader) node.pause();
    const producer = foreignClient(cluster.node(leader).address).producer({ retry: { retries: 0 } });
    await producer.connect();
    const sent = producer.send({ topic, messages: [{ value: 'alone', partition: 0 }], timeout: 1500 });
    await expect(sent).rejects.toThrow();
    await producer.disconnect();
    await cluster.heal();
    await waitForAllInSync(cluster.bootstrap, [topic]);
  });

  it('keeps everything when all its nodes are killed and started again', async () => {
    const topic = await create();
    await produce(cluster.bootstrap, topic, records);
    const group = uniqueName('bounced');
    const partitions = [{ partition: 1, offset: '7' }];
    await withAdmin(cluster.bootstrap, (admin) => admin.setOffsets({ groupId: group, topic, partitions }));
    await Promise.all(cluster.nodes.map((node) => node.kill()));
    await cluster.heal();
    expect(await values(topic)).toEqual(records.map(({ value }) => value));
    expect(await committedOffsets(cluster.bootstrap, group, topic)).toMatchObject([{ partition: 1, offset: 7 }]);
  });

  it('tells which node coordinates a group, as Kafka does', async () => {
    const group = uniqueName('coordinated');
    const topic = await create();
    const partitions = [{ partition: 0, offset: '1' }];
    await withAdmin(cluster.bootstrap, (admin) => admin.setOffsets({ groupId: group, topic, partitions }));
    expect(offsetsPartitionOf(group)).toBeLessThan(4);
    const coordinator = await coordinatorOf(cluster.bootstrap, group);
    // Only its coordinator answers for a group.
    for (const node of cluster.nodes) {
      const { groups } = await askNode(node.address, describeGroupsApi, 0, { groups: [group] });
      const expected = node.id === coordinator ? 0 : errorCode('NOT_COORDINATOR');
      expect(groups[0]?.errorCode, `node ${node.id}`).toBe(expected);
    }
  });
});

import { systemClock, type HeadraceError } from '@headrace/core';
import { KafkaAdmin } from '@headrace/kafka';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ConfigResourceTypes } from 'kafkajs';
import { foreignClient } from './foreign-client.ts';
import { committedOffsets, groupState } from './group-offsets.ts';
import { produce } from './produce.ts';
import { describeKafka } from './require-kafka.ts';
import { createTopic, uniqueName, withAdmin } from './topics.ts';

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no error',
    (error: unknown) => (error as HeadraceError).code,
  );

describeKafka('KafkaAdmin, judged by kafkajs', (bootstrap) => {
  let admin: KafkaAdmin;
  beforeAll(async () => {
    admin = await KafkaAdmin.connect({ brokers: [bootstrap], clientId: 'admin-test', clock: systemClock });
  });
  afterAll(() => admin?.close());

  it('makes a topic with the size and settings that are asked for, and once', async () => {
    const topic = uniqueName('made');
    const creation = { partitions: 3, replication: 1, config: { 'retention.ms': '86400000' } };
    expect(await admin.topics.create(topic, creation)).toEqual({ partitions: 3, replication: 1 });
    await admin.served(topic);
    expect(await admin.topics.create(topic, creation)).toBeNull();
    await withAdmin(bootstrap, async (foreign) => {
      const { topics } = await foreign.fetchTopicMetadata({ topics: [topic] });
      expect(topics[0]?.partitions.length).toBe(3);
      const resources = [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: ['retention.ms'] }];
      const described = await foreign.describeConfigs({ resources, includeSynonyms: false });
      expect(described.resources[0]?.configEntries[0]).toMatchObject({ configValue: '86400000', isDefault: false });
    });
    expect((await admin.topics.find([topic])).get(topic)).toEqual({
      state: 'there',
      partitions: 3,
      replication: 1,
      isServed: true,
    });
    expect(await admin.topics.settings(topic, ['retention.ms', 'cleanup.policy', 'no.such'])).toEqual({
      values: new Map([
        ['cleanup.policy', { value: 'delete', isOwn: false }],
        ['retention.ms', { value: '86400000', isOwn: true }],
      ]),
      right: null,
    });
  });

  it('leaves to the broker what is not said, and tells what the broker does not take', async () => {
    const topic = uniqueName('defaults');
    const nothing = { partitions: null, replication: null, config: {} };
    expect(await admin.topics.create(topic, nothing)).toEqual({ partitions: 1, replication: 1 });
    for (const wrong of [{ replication: 7 }, { config: { 'no.such': '1' } }])
      expect(await codeOf(admin.topics.create(uniqueName('wrong'), { ...nothing, ...wrong }))).toBe('TOPIC_NOT_MADE');
  });

  it('deletes a topic, and knows that there is none', async () => {
    const topic = await createTopic(bootstrap, 'deleted');
    expect(await admin.topics.delete(topic)).toBe(true);
    expect(await admin.topics.delete(topic)).toBe(false);
    expect(await withAdmin(bootstrap, (foreign) => foreign.listTopics())).not.toContain(topic);
    expect((await admin.topics.find([topic])).get(topic)).toEqual({ state: 'missing' });
  });

  it('moves the positions of a group to both ends and to a time, as kafkajs reads them', async () => {
    const topic = await createTopic(bootstrap, 'moved', { partitions: 2 });
    const at = (partition: number, timestamp: number) => ({ partition, timestamp, value: 'x' });
    await produce(bootstrap, topic, [at(0, 1000), at(0, 2000), at(0, 3000), at(1, 1500)]);
    const group = uniqueName('moved');
    const partitions = await admin.partitions(topic);
    const committed = async () => (await committedOffsets(bootstrap, group, topic)).map(({ offset }) => offset);
    for (const [place, offsets] of [
      ['earliest', [0, 0]],
      ['latest', [3, 1]],
      [{ timestamp: 1001 }, [1, 0]],
      [{ timestamp: 2500 }, [2, 1]],
    ] as const) {
      await admin.groups.setPositions(group, await admin.offsets(partitions, place));
      expect(await committed(), JSON.stringify(place)).toEqual(offsets);
    }
    expect(await admin.groups.positions(group)).toEqual(
      new Map([
        [`${topic}/0`, 2],
        [`${topic}/1`, 1],
      ]),
    );
    expect(await admin.groups.describe(group)).toEqual({ state: 'Empty', members: [] });
    expect(await admin.groups.delete(group)).toBe(true);
    expect(await admin.groups.delete(group)).toBe(false);
    expect(await admin.groups.describe(group)).toEqual({ state: 'Dead', members: [] });
  });

  it('does not touch a group that has members', async () => {
    const topic = await createTopic(bootstrap, 'used');
    const group = uniqueName('used');
    const consumer = foreignClient(bootstrap).consumer({ groupId: group, maxWaitTimeInMs: 100 });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic] });
    const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
    await consumer.run({ eachMessage: () => Promise.resolve() });
    await joined;
    const { members } = await admin.groups.describe(group);
    expect(members).toEqual([{ clientId: 'headrace-test', host: '127.0.0.1' }]);
    expect(await codeOf(admin.groups.setPositions(group, new Map([[`${topic}/0` as const, 0]])))).toBe('GROUP_IN_USE');
    expect(await codeOf(admin.groups.delete(group))).toBe('GROUP_IN_USE');
    await consumer.disconnect();
    expect((await groupState(bootstrap, group)).state).toBe('Empty');
  });

  it('says with a code that there is no broker', async () => {
    const nowhere = { brokers: ['127.0.0.1:1'], clientId: 'admin-test', clock: systemClock };
    expect(await codeOf(KafkaAdmin.connect(nowhere))).toBe('KAFKA_UNAVAILABLE');
  });
});

import { EmbeddedBroker } from '@headrace/broker';
import { systemClock } from '@headrace/core';
import { createKafkaLog, KafkaAdmin } from '@headrace/kafka';
import { apis, type ApiDefinition } from '@headrace/protocol';
import { columnsOf, logContract } from '@headrace/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { deleteBefore } from '../kafka/open-log.ts';
import { releases } from './releases.ts';
import { speakNoNewer } from './speak-no-newer.ts';

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** Starts a broker that speaks what a release did, and keeps the versions in which it was asked. */
const start = async (release: string) => {
  const broker = new EmbeddedBroker();
  cleanUp.push(() => broker.close());
  const newest = releases[release] as Readonly<Record<string, number>>;
  speakNoNewer(broker, newest);
  const asked = new Map<string, number>();
  for (const api of apis as readonly ApiDefinition[])
    broker.faults.onRequest(api, ({ version, clientId }) => {
      // The tests' own requests come from another client, which asks in old versions.
      if (clientId === 'older') asked.set(api.name, Math.max(version, asked.get(api.name) ?? 0));
      return undefined;
    });
  await broker.listen();
  return { broker, newest, asked };
};

const open = async (broker: EmbeddedBroker) => {
  const log = await createKafkaLog({
    brokers: broker.bootstrap.split(','),
    clientId: 'older',
    group: 'older',
    clock: systemClock,
    tuning: { sessionTimeoutMs: 6000, heartbeatMs: 300, rebalanceTimeoutMs: 6000, deliveryTimeoutMs: 3000 },
  });
  cleanUp.push(() => log.close());
  return log;
};

describe.each(Object.keys(releases))('a broker that speaks what Kafka %s did', (release) => {
  const contract = logContract(async () => {
    const { broker } = await start(release);
    const log = await open(broker);
    return {
      log,
      createTopic: async (name, partitions) => broker.createTopic(name, partitions),
      deleteBefore: (partition, offset) => deleteBefore(broker.bootstrap, partition.slice(0, -2), offset),
      close: () => log.close(),
    };
  });
  for (const { name, run } of contract) it(`serves a Log: ${name}`, run);

  it('serves the verbs', async () => {
    const { broker, newest, asked } = await start(release);
    const options = { brokers: broker.bootstrap.split(','), clientId: 'older', clock: systemClock };
    const admin = await KafkaAdmin.connect(options);
    cleanUp.push(() => admin.close());
    await admin.topics.create('made', { partitions: 2, replication: 1, config: { 'cleanup.policy': 'compact' } });
    await admin.served('made');
    const log = await open(broker);
    const rows = columnsOf([1, 2].map((key) => ({ key: Buffer.of(key), value: Buffer.of(key) })));
    expect(await log.append('made', Int32Array.of(0, 0), rows)).toEqual([]);
    expect((await admin.topics.find(['made'])).get('made')).toMatchObject({ state: 'there', partitions: 2 });
    const settings = await admin.topics.settings('made', ['cleanup.policy', 'retention.ms']);
    expect(settings.values?.get('cleanup.policy')).toEqual({ value: 'compact', isOwn: true });
    expect(settings.values?.get('retention.ms')).toMatchObject({ isOwn: false });
    expect(await admin.partitions('made')).toEqual(['made/0', 'made/1']);
    expect(await admin.offsets(['made/0', 'made/1'], 'latest')).toEqual(
      new Map([
        ['made/0', 2],
        ['made/1', 0],
      ]),
    );
    await admin.groups.setPositions('older', new Map([['made/0', 1]]));
    expect(await admin.groups.positions('older')).toEqual(new Map([['made/0', 1]]));
    expect(await log.committed(['made/0'])).toEqual(new Map([['made/0', { offset: 1, metadata: '' }]]));
    expect(await admin.groups.delete('older')).toBe(true);
    expect(await admin.topics.delete('made')).toBe(true);
    for (const [name, version] of asked) expect(version, name).toBeLessThanOrEqual(newest[name] ?? -1);
    expect(asked.size).toBeGreaterThan(6);
  });
});

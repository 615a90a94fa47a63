import { afterEach, expect, it } from 'vitest';
import { EmbeddedBroker, type BrokerOptions } from '@headrace/broker';
import { consumerProtocolSubscription, describeGroupsApi, describeProducersApi, writeData } from '@headrace/protocol';
import { batchOf, makeTopic, openClient, produceTo } from './cluster-handle.ts';
import { awaitCoordinator, commit, committed, join, leave, sync } from './group-handle.ts';
import { manualClock } from './manual-clock.ts';
import {
  addOffsets,
  commitInTransaction,
  endAndSettle,
  endTransaction,
  initProducer,
  produceInTransaction,
} from './transaction-handle.ts';

const brokers: EmbeddedBroker[] = [];
afterEach(async () => {
  for (const broker of brokers.splice(0)) await broker.close();
});

const day = 86_400_000;

const start = async (options: BrokerOptions = {}) => {
  const clock = manualClock();
  const broker = new EmbeddedBroker({ clock, ...options });
  brokers.push(broker);
  await broker.listen();
  const client = await openClient(broker);
  const topic = await makeTopic(client, 'kept');
  await awaitCoordinator(client, 'readers');
  const stateOf = async (group: string) =>
    (await client.send(describeGroupsApi, { groups: [group], includeAuthorizedOperations: false }, 5)).groups[0]
      ?.groupState;
  return { clock, client, topic, stateOf };
};

it('forgets positions of a group without members a week after each was committed, and then the group', async () => {
  const { clock, client, topic, stateOf } = await start();
  const other = await makeTopic(client, 'later');
  expect(await commit(client, 'readers', topic, 5)).toBe('NONE');
  clock.advance(day);
  expect(await commit(client, 'readers', other, 6)).toBe('NONE');
  clock.advance(6 * day - 1);
  expect(await committed(client, 'readers', topic)).toEqual(['NONE', 5, 'm']);
  clock.advance(1);
  expect(await committed(client, 'readers', topic)).toEqual(['NONE', -1, '']);
  expect(await committed(client, 'readers', other)).toEqual(['NONE', 6, 'm']);
  expect(await stateOf('readers')).toBe('Empty');
  clock.advance(day);
  expect(await stateOf('readers')).toBe('Dead');
});

it('keeps what members read for as long as they are there, and a week from when the last has left', async () => {
  const { clock, client, topic } = await start({ groupMaxSessionTimeoutMs: 20 * day });
  const unread = await makeTopic(client, 'unread');
  const subscription = { topics: [topic], userData: Buffer.alloc(0), ownedPartitions: [] };
  const { memberId, generationId } = await join(client, 'readers', {
    sessionTimeoutMs: 20 * day,
    protocols: [['range', writeData(consumerProtocolSubscription, 1, subscription).toString('latin1')]],
  });
  const assignments = { [memberId]: 'all' };
  expect((await sync(client, 'readers', generationId, memberId, { assignments })).error).toBe('NONE');
  for (const name of [topic, unread])
    expect(await commit(client, 'readers', name, 5, { generationId, memberId })).toBe('NONE');
  clock.advance(7 * day);
  expect(await committed(client, 'readers', topic)).toEqual(['NONE', 5, 'm']);
  expect(await committed(client, 'readers', unread)).toEqual(['NONE', -1, '']);
  await leave(client, 'readers', memberId);
  clock.advance(7 * day - 1);
  expect(await committed(client, 'readers', topic)).toEqual(['NONE', 5, 'm']);
  clock.advance(1);
  expect(await committed(client, 'readers', topic)).toEqual(['NONE', -1, '']);
});

it('keeps a position that an open transaction is about to replace', async () => {
  const { clock, client, topic } = await start({ transactionMaxTimeoutMs: 20 * day });
  const producer = await initProducer(client, 'teller', { timeoutMs: 20 * day });
  expect(await commit(client, 'readers', topic, 5)).toBe('NONE');
  expect(await addOffsets(client, 'teller', producer, 'readers')).toBe('NONE');
  expect(await commitInTransaction(client, 'teller', producer, 'readers', topic, 9)).toBe('NONE');
  clock.advance(8 * day);
  expect(await committed(client, 'readers', topic)).toEqual(['NONE', 5, 'm']);
  expect(await endAndSettle(client, 'teller', producer, false)).toBe('NONE');
  expect(await committed(client, 'readers', topic)).toEqual(['NONE', -1, '']);
});

it('forgets a transactional id a week after it was used last, but none whose transaction is open', async () => {
  const { clock, client, topic } = await start({ transactionMaxTimeoutMs: 20 * day });
  const idle = await initProducer(client, 'idle', { timeoutMs: 20 * day });
  const busy = await initProducer(client, 'busy', { timeoutMs: 20 * day });
  expect((await produceInTransaction(client, topic, 'busy', busy, 0, ['a'], { version: 12 })).error).toBe('NONE');
  clock.advance(7 * day - 1);
  expect((await initProducer(client, 'idle')).producerId).toBe(idle.producerId);
  clock.advance(7 * day);
  const next = await initProducer(client, 'idle');
  expect(next).toMatchObject({ epoch: 0 });
  expect(next.producerId).not.toBe(idle.producerId);
  expect((await endTransaction(client, 'idle', idle, true)).error).toBe('INVALID_PRODUCER_ID_MAPPING');
  expect(await endAndSettle(client, 'busy', busy, true)).toBe('NONE');
});

it('forgets a producer a day after it wrote last by the clock of the broker, whatever the times of its records', async () => {
  const { clock, client, topic } = await start();
  const { producerId, epoch } = await initProducer(client, null);
  const write = (baseSequence: number) => {
    const producer = { producerId, producerEpoch: epoch, baseSequence, transactional: false };
    return produceTo(client, topic, batchOf(['a'], { producer, timestamp: 1000 }));
  };
  const known = async () => {
    const { topics } = await client.send(describeProducersApi, { topics: [{ name: topic, partitionIndexes: [0] }] });
    return topics[0]?.partitions[0]?.activeProducers.map((each) => each.producerId);
  };
  expect(await write(0)).toEqual({ error: 'NONE', baseOffset: 0 });
  clock.advance(day - 1);
  expect(await write(0)).toEqual({ error: 'NONE', baseOffset: 0 });
  expect(await known()).toEqual([producerId]);
  clock.advance(1);
  expect(await known()).toEqual([]);
  expect(await write(0)).toEqual({ error: 'NONE', baseOffset: 1 });
});

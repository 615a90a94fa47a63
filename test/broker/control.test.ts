import { afterEach, describe, expect, it } from 'vitest';
import { EmbeddedBroker, type BrokerOptions } from '@headrace/broker';
import {
  createTopicsApi,
  errorCode,
  fetchApi,
  metadataApi,
  produceApi,
  findCoordinatorApi,
  zeroUuid,
} from '@headrace/protocol';
import {
  batchOf,
  endsOf,
  fetchFrom,
  makeTopic,
  named,
  openClient,
  produceTo,
  shown,
  uniqueName,
} from './cluster-handle.ts';
import { awaitCoordinator, beat, commit, joinOnce } from './group-handle.ts';
import { manualClock } from './manual-clock.ts';
import {
  addPartitions,
  endAndSettle,
  endTransaction,
  initProducer,
  produceInTransaction,
} from './transaction-handle.ts';

const brokers: EmbeddedBroker[] = [];
afterEach(async () => {
  for (const broker of brokers.splice(0)) await broker.close();
});

const start = async (options: BrokerOptions = {}) => {
  const broker = new EmbeddedBroker(options);
  brokers.push(broker);
  await broker.listen();
  const clientOf = (node: number) => openClient({ bootstrap: broker.bootstrap.split(',')[node - 1] ?? '' });
  return { broker, clientOf, client: await clientOf(1) };
};

describe('A broker of three nodes', () => {
  const leadersOf = async (client: Awaited<ReturnType<typeof openClient>>, topic: string) => {
    const topics = [{ name: topic, topicId: zeroUuid }];
    const answer = await client.send(metadataApi, { topics, includeTopicAuthorizedOperations: false });
    return answer.topics[0]?.partitions.map(({ leaderId, leaderEpoch }) => `${leaderId}@${leaderEpoch}`);
  };
  const threeNodes = async (options: BrokerOptions = {}) => {
    const all = await start({ nodes: 3, ...options });
    const topic = uniqueName('spread');
    const admin = all.broker.connections();
    await admin.send(
      'any',
      'metadata',
      createTopicsApi,
      7,
      {
        topics: [{ name: topic, numPartitions: 3, replicationFactor: 2, assignments: [], configs: [] }],
        timeoutMs: 1000,
        validateOnly: false,
      },
      { timeoutMs: 1000 },
    );
    return { ...all, topic };
  };

  it('spreads leaders and coordinators, and refuses what another node answers for', async () => {
    const { client, clientOf, topic } = await threeNodes();
    expect(await leadersOf(client, topic)).toEqual(['1@0', '2@0', '3@0']);
    expect((await produceTo(client, topic, batchOf(['a']), { partition: 1 })).error).toBe('NOT_LEADER_OR_FOLLOWER');
    expect((await produceTo(await clientOf(2), topic, batchOf(['a']), { partition: 1 })).error).toBe('NONE');
    expect((await endsOf(client, topic, [1]))[0]?.error).toBe('NOT_LEADER_OR_FOLLOWER');
    const partitionData = [{ index: 1, records: batchOf(['b']) }];
    const body = { transactionalId: null, acks: -1, timeoutMs: 1000, topicData: [{ name: topic, partitionData }] };
    const told = await client.send(produceApi, body, 12);
    expect(told.responses[0]?.partitionResponses[0]?.currentLeader).toEqual({ leaderId: 2, leaderEpoch: 0 });
    expect(told.nodeEndpoints.map(({ nodeId }) => nodeId)).toEqual([2]);
    const groups = Array.from({ length: 30 }, (_, index) => `group-${index}`);
    const { coordinators } = await client.send(findCoordinatorApi, { keyType: 0, coordinatorKeys: groups });
    expect(new Set(coordinators.map(({ nodeId }) => nodeId))).toEqual(new Set([1, 2, 3]));
    for (const { key, nodeId } of coordinators)
      expect(await beat(client, key, 1, 'x'), key).toBe(nodeId === 1 ? 'UNKNOWN_MEMBER_ID' : 'NOT_COORDINATOR');
  });

  it('goes on without a node that is killed, and takes it back', async () => {
    const { broker, client, clientOf, topic } = await threeNodes();
    const second = await clientOf(2);
    await produceTo(second, topic, batchOf(['a']), { partition: 1 });
    const waiting = fetchFrom(second, topic, 1, { partition: 1, maxWaitMs: 60_000 });
    const lost = expect(waiting).rejects.toThrow('ended the connection');
    await broker.kill(2);
    await lost;
    await expect(clientOf(2)).rejects.toThrow();
    expect(await leadersOf(client, topic)).toEqual(['1@0', '3@1', '3@0']);
    const third = await clientOf(3);
    expect(shown((await fetchFrom(third, topic, 0, { partition: 1 })).rows)).toEqual(['0:a']);
    expect((await fetchFrom(third, topic, 0, { partition: 1, currentLeaderEpoch: 0 })).error).toBe(
      'FENCED_LEADER_EPOCH',
    );
    await broker.kill(3);
    expect(await leadersOf(client, topic)).toEqual(['1@0', '-1@1', '1@1']);
    await broker.restart(2);
    expect(await leadersOf(client, topic)).toEqual(['1@0', '2@2', '1@1']);
    expect(shown((await fetchFrom(await clientOf(2), topic, 0, { partition: 1 })).rows)).toEqual(['0:a']);
  });

  it('stops a node in order: who waits on it is told where to go before the connection ends', async () => {
    const { broker, client, clientOf, topic } = await threeNodes({ groupInitialRebalanceDelayMs: 60_000 });
    const group = Array.from({ length: 30 }, (_, index) => `stopped-${index}`);
    const { coordinators } = await client.send(findCoordinatorApi, { keyType: 0, coordinatorKeys: group });
    const groupId = coordinators.find(({ nodeId }) => nodeId === 2)?.key ?? '';
    const second = await clientOf(2);
    await produceTo(second, topic, batchOf(['a']), { partition: 1 });
    const waiting = fetchFrom(second, topic, 1, { partition: 1, maxWaitMs: 60_000 });
    const joining = await clientOf(2);
    const { memberId } = await joinOnce(joining, groupId);
    // A new group waits for more members.
    const join = joinOnce(joining, groupId, { memberId });
    // What comes behind on another connection is answered when both wait.
    await leadersOf(await clientOf(2), topic);
    await broker.stop(2);
    expect((await waiting).error).toBe('NOT_LEADER_OR_FOLLOWER');
    expect((await join).error).toBe('NOT_COORDINATOR');
    await expect(clientOf(2)).rejects.toThrow();
    expect(await leadersOf(client, topic)).toEqual(['1@0', '3@1', '3@0']);
    expect(shown((await fetchFrom(await clientOf(3), topic, 0, { partition: 1 })).rows)).toEqual(['0:a']);
    await broker.restart(2);
    expect((await produceTo(await clientOf(3), topic, batchOf(['b']), { partition: 1 })).baseOffset).toBe(1);
  });

  it('moves a leader while a reader waits, who learns of it', async () => {
    const { broker, client, topic } = await threeNodes();
    const waiting = fetchFrom(client, topic, 0, { maxWaitMs: 60_000 });
    // The fetch has come when what stands behind it on another connection is answered.
    await new Promise((resolve) => setImmediate(resolve));
    await leadersOf(await openClient({ bootstrap: broker.bootstrap.split(',')[0] ?? '' }), topic);
    broker.moveLeader(topic, 0, 2);
    expect((await waiting).error).toBe('NOT_LEADER_OR_FOLLOWER');
    expect(() => broker.moveLeader(topic, 0, 3)).toThrow('cannot lead');
    expect(await leadersOf(client, topic)).toEqual(['2@1', '2@0', '3@0']);
  });
});

describe('Faults', () => {
  it('are rules by key: requests are dropped, answered, rewritten or cut before they are handled', async () => {
    const { broker, client, clientOf } = await start();
    const topic = await makeTopic(client, 'faults');
    broker.faults.onRequest(produceApi, ({ nth, body }) => {
      if (nth === 1) {
        const partitionResponses = [{ index: 0, errorCode: errorCode('NOT_LEADER_OR_FOLLOWER'), baseOffset: -1 }];
        return { do: 'answer', response: { responses: [{ name: topic, partitionResponses }], throttleTimeMs: 0 } };
      }
      if (nth === 2)
        return {
          do: 'rewrite',
          body: { ...body, topicData: [{ name: topic, partitionData: [{ index: 0, records: batchOf(['other']) }] }] },
        };
      if (nth === 3) return { do: 'cut' };
      return undefined;
    });
    expect((await produceTo(client, topic, batchOf(['a']))).error).toBe('NOT_LEADER_OR_FOLLOWER');
    expect(await produceTo(client, topic, batchOf(['b']))).toEqual({ error: 'NONE', baseOffset: 0 });
    await expect(produceTo(client, topic, batchOf(['c']))).rejects.toThrow('ended the connection');
    const again = await clientOf(1);
    expect((await produceTo(again, topic, batchOf(['d']))).baseOffset).toBe(1);
    expect(shown((await fetchFrom(again, topic, 0)).rows)).toEqual(['0:other', '1:d']);
    broker.faults.clear();
    const hasCome = new Promise<void>((resolve) => {
      broker.faults.onRequest(fetchApi, ({ nth }) => {
        resolve();
        return nth === 1 ? { do: 'drop' } : undefined;
      });
    });
    let isAnswered = false;
    const dropped = fetchFrom(again, topic, 0).finally(() => (isAnswered = true));
    const behind = expect(Promise.all([dropped, endsOf(again, topic)])).rejects.toThrow('ended the connection');
    await hasCome;
    expect((await fetchFrom(await clientOf(1), topic, 0)).error).toBe('NONE');
    expect(isAnswered).toBe(false);
    broker.cutConnections(1);
    await behind;
  });

  it('lose, cut and rewrite answers of requests that were handled', async () => {
    const { broker, client, clientOf } = await start();
    const topic = await makeTopic(client, 'faults');
    broker.faults.onResponse(produceApi, ({ nth, response }) => {
      if (nth === 1) return { do: 'cut' };
      if (nth === 2) return { do: 'cutMidFrame' };
      return nth === 3 ? { do: 'rewrite', response: { ...response, throttleTimeMs: 7, responses: [] } } : undefined;
    });
    for (const value of ['a', 'b'])
      await expect(produceTo(await clientOf(1), topic, batchOf([value]))).rejects.toThrow('ended the connection');
    expect((await produceTo(await clientOf(1), topic, batchOf(['c']))).error).toBe('UNKNOWN_SERVER_ERROR');
    expect((await produceTo(await clientOf(1), topic, batchOf(['d']))).baseOffset).toBe(3);
    expect(shown((await fetchFrom(await clientOf(1), topic, 0)).rows)).toEqual(['0:a', '1:b', '2:c', '3:d']);
  });

  it('hold up a request and what comes behind it by the clock of the broker', async () => {
    const clock = manualClock();
    const { broker, client } = await start({ clock });
    const topic = await makeTopic(client, 'faults');
    broker.faults.onRequest(produceApi, ({ nth }) => (nth === 1 ? { do: 'delay', ms: 86_400_000 } : undefined));
    const order: string[] = [];
    const first = produceTo(client, topic, batchOf(['a'])).then(({ baseOffset }) => order.push(`a${baseOffset}`));
    const second = produceTo(client, topic, batchOf(['b'])).then(({ baseOffset }) => order.push(`b${baseOffset}`));
    expect((await endsOf(await openClient(broker), topic))[0]?.offset).toBe(0);
    while (clock.waiting() === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(86_400_000);
    await Promise.all([first, second]);
    expect(order).toEqual(['a0', 'b1']);
  });
});

describe('The clock of a broker', () => {
  it('ends sessions, transactions and records that are too old', async () => {
    const clock = manualClock();
    const { client } = await start({ clock });
    const topic = await makeTopic(client, 'time', { config: { 'retention.ms': '60000' } });
    await produceTo(client, topic, batchOf(['old'], { timestamp: clock.now() }));
    const id = uniqueName('tx');
    const producer = await initProducer(client, id, { timeoutMs: 30_000 });
    expect((await produceInTransaction(client, topic, id, producer, 0, ['open'], { version: 12 })).error).toBe('NONE');
    const groupId = uniqueName('group');
    await awaitCoordinator(client, groupId);
    const member = await joinOnce(client, groupId, { instanceId: 'one', sessionTimeoutMs: 10_000 });
    expect(
      await commit(client, groupId, topic, 1, { generationId: 1, memberId: member.memberId, instanceId: 'one' }),
    ).toBe('REBALANCE_IN_PROGRESS');
    clock.advance(20_000);
    expect(await beat(client, groupId, 1, member.memberId, 'one')).toBe('UNKNOWN_MEMBER_ID');
    expect((await endsOf(client, topic, [0], { isolationLevel: 1 }))[0]?.offset).toBe(1);
    clock.advance(20_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect((await endTransaction(client, id, producer, true)).error).toBe('PRODUCER_FENCED');
    expect((await endsOf(client, topic, [0], { isolationLevel: 1 }))[0]?.offset).toBe(3);
    expect(await fetchFrom(client, topic, 0, { isolationLevel: 1 })).toMatchObject({ aborted: [{ firstOffset: 1 }] });
    clock.advance(200_000);
    expect((await endsOf(client, topic, [0], { timestamp: -2 }))[0]?.offset).toBe(3);
    expect(named(errorCode('OFFSET_OUT_OF_RANGE'))).toBe((await fetchFrom(client, topic, 0)).error);
  });

  it('keeps no more than the bytes that a topic says, in whole segments', async () => {
    const { client } = await start();
    const config = { 'retention.bytes': '2500000', 'segment.bytes': '1048576' };
    const topic = await makeTopic(client, 'bytes', { config });
    const batch = batchOf(['x'.repeat(500_000)]);
    for (let at = 0; at < 20; at++) expect((await produceTo(client, topic, batch)).baseOffset).toBe(at);
    const [start0] = await endsOf(client, topic, [0], { timestamp: -2 });
    // Two batches fill a segment; what is kept is at least the bound, and less than the bound and a segment.
    expect(start0?.offset).toBe(14);
    expect((await fetchFrom(client, topic, 13)).error).toBe('OFFSET_OUT_OF_RANGE');
  });
});

describe('A cluster of an older transaction.version', () => {
  const inTransaction = async (transactionVersion: 0 | 1) => {
    const { broker, client } = await start({ transactionVersion });
    broker.createTopic('money', 1);
    const id = 'teller';
    const producer = await initProducer(client, id);
    return { client, id, producer };
  };

  it('refuses at level 0 what needs level 2, and the id goes on', async () => {
    const { client, id, producer } = await inTransaction(0);
    expect(await produceInTransaction(client, 'money', id, producer, 0, ['a'], { version: 12 })).toMatchObject({
      error: 'UNSUPPORTED_VERSION',
    });
    await addPartitions(client, id, producer, 'money');
    expect((await produceInTransaction(client, 'money', id, producer, 0, ['b'])).error).toBe('NONE');
    expect((await endTransaction(client, id, producer, true, 5)).error).toBe('UNSUPPORTED_VERSION');
    expect(await endAndSettle(client, id, producer, true)).toBe('NONE');
    const next = await initProducer(client, id);
    expect(next).toMatchObject({ error: 'NONE', producerId: producer.producerId, epoch: producer.epoch + 1 });
    expect(shown((await fetchFrom(client, 'money', 0, { isolationLevel: 1 })).rows)).toEqual(['0:b']);
  });

  it('bumps the epoch at level 1 for who asks for it, and not for who does not', async () => {
    const { client, id, producer } = await inTransaction(1);
    expect((await produceInTransaction(client, 'money', id, producer, 0, ['a'], { version: 12 })).error).toBe('NONE');
    const bumped = await endTransaction(client, id, producer, true, 5);
    expect(bumped).toEqual({ error: 'NONE', producerId: producer.producerId, epoch: producer.epoch + 1 });
    await addPartitions(client, id, bumped, 'money');
    expect((await produceInTransaction(client, 'money', id, bumped, 0, ['b'])).error).toBe('NONE');
    expect(await endAndSettle(client, id, bumped, true)).toBe('NONE');
    expect((await initProducer(client, id)).epoch).toBe(bumped.epoch + 1);
  });
});

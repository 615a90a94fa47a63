import type { HeadraceError, TopicPartition } from '@headrace/core';
import { offsetCommitApi } from '@headrace/protocol';
import { AssignerProtocol } from 'kafkajs';
import { afterEach, expect, it } from 'vitest';
import { committedOffsets } from '../../packages/kafka/src/group/committed-offsets.ts';
import { GroupCoordinator } from '../../packages/kafka/src/group/group-coordinator.ts';
import type { GroupMemberOptions } from '../../packages/kafka/src/group/group-member.ts';
import { FaultProxy } from './faults/fault-proxy.ts';
import { foreignClient } from './foreign-client.ts';
import { GroupWorker } from './group-worker.ts';
import { committedOffsets as committedByKafkajs } from './group-offsets.ts';
import { describeKafka } from './require-kafka.ts';
import { createTopic, uniqueName, withAdmin } from './topics.ts';
import { waitUntil } from './wait-until.ts';

describeKafka('A group member on real Kafka', (bootstrap) => {
  const cleanUp: (() => unknown)[] = [];
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });

  const worker = (options: Partial<GroupMemberOptions> & { group: string }, at = bootstrap): GroupWorker => {
    const made = new GroupWorker(at, options);
    cleanUp.push(() => made.stop());
    return made;
  };
  const ascending = (numbers: readonly number[]): string => numbers.toSorted((a, b) => a - b).join(' ');
  const sizes = (workers: readonly GroupWorker[]) => workers.map(({ owned }) => owned.size);
  /** Waits until every partition is with one of the workers, so many with each. */
  const settled = (workers: readonly GroupWorker[], ...counts: number[]) =>
    waitUntil(() => sizes(workers), (now) => ascending(now) === ascending(counts), {
      what: `the workers own ${counts.join(', ')}`,
      intervalMs: 5,
    }).then(() => {
      const all = workers.flatMap(({ owned }) => [...owned]);
      expect(new Set(all).size).toBe(all.length);
    }); // prettier-ignore
  const at = (partition: TopicPartition, offset: number, metadata = '') => ({ partition, offset, metadata });

  it('shares the partitions of a topic among one to four members, moves only what must, and gives everything back to the last', async () => {
    const topic = await createTopic(bootstrap, 'shared', { partitions: 8 });
    const group = uniqueName('shared');
    const workers = [await worker({ group }).join([topic])];
    await settled(workers, 8);
    for (const counts of [[4, 4], [3, 3, 2], [2, 2, 2, 2]]) {
      const before = workers.map(({ owned }) => new Set(owned));
      workers.push(await worker({ group }).join([topic]));
      await settled(workers, ...counts);
      before.forEach((had, place) => {
        for (const name of workers[place]?.owned ?? []) expect(had).toContain(name);
      });
    } // prettier-ignore
    for (const { calls } of workers) expect(calls.filter((call) => call.startsWith('lost'))).toEqual([]);
    for (const counts of [[3, 3, 2], [4, 4], [8]]) {
      await workers.shift()?.stop();
      await settled(workers, ...counts);
    } // prettier-ignore
  });

  it('keeps topics that are co-partitioned together', async () => {
    const [a, b] = [await createTopic(bootstrap, 'left', { partitions: 4 }), await createTopic(bootstrap, 'right', { partitions: 4 })]; // prettier-ignore
    const group = uniqueName('together');
    const rest = { coPartitioned: [[a, b]] };
    const workers = [await worker({ group }).join([a, b], rest), await worker({ group }).join([a, b], rest)];
    await settled(workers, 4, 4);
    for (const { owned } of workers) for (const name of owned) expect(owned).toContain(name.replace(a, b));
  });

  it('asks for partitions back, takes commits of them meanwhile, and gives them to nobody before; the others never stop', async () => {
    const topic = await createTopic(bootstrap, 'drained', { partitions: 4 });
    const group = uniqueName('drained');
    const first = await worker({ group }).join([topic]);
    await settled([first], 4);
    let release = (): void => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    let asked: readonly TopicPartition[] = [];
    first.drain = async (partitions) => {
      asked = partitions;
      await released;
      await first.commit(...partitions.map((partition) => at(partition, 7, 'last')));
    };
    const second = await worker({ group }).join([topic]);
    await waitUntil(() => asked.length, (count) => count === 2, { what: 'two partitions are asked back', intervalMs: 5 }); // prettier-ignore
    expect(second.owned.size).toBe(0);
    // Under the generation in which they are asked back, both what goes and what stays can be committed.
    const kept = [...first.owned].filter((name) => !asked.includes(name));
    await first.commit(...kept.map((partition) => at(partition, 3)), at(asked[0] as TopicPartition, 5));
    release();
    await settled([first, second], 2, 2);
    expect([...second.owned].sort()).toEqual(asked.toSorted());
    expect(first.calls).toEqual([
      `assigned ${[0, 1, 2, 3].map((number) => `${topic}/${number}`).join(' ')}`,
      `revoking ${asked.toSorted().join(' ')}`,
    ]);
    const committed = await committedOffsets(new GroupCoordinator(second.cluster, group), [...asked, ...kept]);
    expect(asked.map((name) => committed.get(name))).toEqual(
      asked.map(() => ({ offset: 7, metadata: 'last', leaderEpoch: -1 })),
    );
    expect(kept.map((name) => committed.get(name)?.offset)).toEqual([3, 3]);
  });

  it('refuses a commit of what it does not own before Kafka is asked, since Kafka would take it', async () => {
    const topic = await createTopic(bootstrap, 'foreign', { partitions: 2 });
    const group = uniqueName('foreign');
    const workers = [await worker({ group }).join([topic]), await worker({ group }).join([topic])] as const;
    await settled(workers, 1, 1);
    const [foreign] = [...workers[1].owned] as [TopicPartition];
    await workers[1].commit(at(foreign, 1));
    await expect(workers[0].commit(at(foreign, 4))).rejects.toMatchObject({ code: 'NOT_OWNER' });
    await workers[0].stop();
    await expect(workers[0].commit(at(foreign, 4))).rejects.toMatchObject({ code: 'NOT_OWNER' });
    expect(await committedByKafkajs(bootstrap, group, topic)).toMatchObject([{ offset: 1 }]);
  });

  it('takes over from a member that vanished when its session is over', async () => {
    const topic = await createTopic(bootstrap, 'vanished', { partitions: 4 });
    const group = uniqueName('vanished');
    const times = { sessionTimeoutMs: 1000, heartbeatMs: 100 };
    const workers = [await worker({ group, ...times }).join([topic]), await worker({ group, ...times }).join([topic])] as const; // prettier-ignore
    await settled(workers, 2, 2);
    await workers[0].vanish();
    await settled([workers[1]], 4);
  });

  it('is told that its partitions are lost when nobody answers for as long as a session, and then can commit nothing', async () => {
    const topic = await createTopic(bootstrap, 'cut', { partitions: 2 });
    const group = uniqueName('cut');
    const proxy = await FaultProxy.start(bootstrap);
    cleanUp.push(() => proxy.stop());
    const cut = await worker({ group, sessionTimeoutMs: 1000, requestTimeoutMs: 20_000 }, proxy.address).join([topic]);
    await settled([cut], 2);
    const before = [...cut.owned];
    proxy.decide = () => 'swallow';
    const other = await worker({ group }).join([topic]);
    await settled([other], 2);
    await waitUntil(() => cut.calls, (calls) => calls.some((call) => call.startsWith('lost')), { what: 'the partitions are lost' }); // prettier-ignore
    await expect(cut.commit(at(before[0] as TopicPartition, 9))).rejects.toMatchObject({ code: 'NOT_OWNER' });
    // It comes back as if it were new.
    proxy.decide = () => 'pass';
    proxy.cut();
    await settled([cut, other], 1, 1);
  });

  it('refuses the commits of a zombie: its generation is over', async () => {
    const topic = await createTopic(bootstrap, 'zombie', { partitions: 1 });
    const group = uniqueName('zombie');
    const proxy = await FaultProxy.start(bootstrap);
    cleanUp.push(() => proxy.stop());
    const zombie = await worker({ group, sessionTimeoutMs: 1000 }, proxy.address).join([topic]);
    await settled([zombie], 1);
    const identity = zombie.member.identity;
    const [partition] = [...zombie.owned] as [TopicPartition];
    proxy.decide = () => 'swallow';
    const other = await worker({ group }).join([topic]);
    await settled([other], 1);
    await other.commit(at(partition, 5));
    const coordinator = new GroupCoordinator(other.cluster, group);
    const body = () => ({
      groupId: group,
      generationIdOrMemberEpoch: identity?.generation ?? -1,
      memberId: identity?.memberId ?? '',
      topics: [{ name: topic, partitions: [{ partitionIndex: 0, committedOffset: 99, committedMetadata: '' }] }],
    });
    const answer = await coordinator.ask(await coordinator.node(), offsetCommitApi, body, { role: 'group', newest: 8 });
    expect([22, 25]).toContain(answer.topics[0]?.partitions[0]?.errorCode);
    expect(await committedByKafkajs(bootstrap, group, topic)).toMatchObject([{ offset: 5 }]);
  });

  it('restarts a static member without a rebalance, and ends the one that was replaced', async () => {
    const topic = await createTopic(bootstrap, 'static', { partitions: 4 });
    const group = uniqueName('static');
    const workers = [
      await worker({ group, instanceId: 'one' }).join([topic]),
      await worker({ group, instanceId: 'two' }).join([topic]),
    ] as const;
    await settled(workers, 2, 2);
    const { generation } = workers[1].member.identity as { generation: number };
    const calls = [...workers[1].calls];
    // The first joined first, and leads: a leader that comes back must not assign anew.
    const before = [...workers[0].owned].sort();
    await workers[0].stop();
    const again = await worker({ group, instanceId: 'one' }).join([topic]);
    await settled([again, workers[1]], 2, 2);
    expect([...again.owned].sort()).toEqual(before);
    await again.commit(at(before[0] as TopicPartition, 1));
    expect(again.member.identity?.generation).toBe(generation);
    expect(workers[1].member.identity?.generation).toBe(generation);
    expect(workers[1].calls).toEqual(calls);
    const thief = await worker({ group, instanceId: 'two' }).join([topic]);
    await waitUntil(() => workers[1].failure, (error) => error !== null, { what: 'the replaced member ends' });
    expect(workers[1].failure).toMatchObject({ code: 'GROUP_MEMBER_REPLACED' });
    expect(workers[1].owned.size).toBe(0);
    expect(thief.owned.size).toBe(2);
  }); // prettier-ignore

  it('and a consumer of another client refuse each other, whoever came first', async () => {
    const topic = await createTopic(bootstrap, 'mixed', { partitions: 2 });
    const ours = uniqueName('ours');
    const first = await worker({ group: ours }).join([topic]);
    await settled([first], 2);
    const consumer = foreignClient(bootstrap).consumer({ groupId: ours, retry: { retries: 0 } });
    cleanUp.push(() => consumer.disconnect());
    const crash = new Promise<Error>((resolve) => consumer.on('consumer.crash', ({ payload }) => resolve(payload.error)));
    await consumer.connect();
    await consumer.subscribe({ topic });
    await consumer.run({ eachMessage: async () => {} }).catch(() => {});
    expect(String((await crash).message)).toMatch(/protocol/i);
    expect(first.owned.size).toBe(2);

    const theirs = uniqueName('theirs');
    const other = foreignClient(bootstrap).consumer({ groupId: theirs });
    cleanUp.push(() => other.disconnect());
    await other.connect();
    await other.subscribe({ topic });
    const joined = new Promise((resolve) => other.on('consumer.group_join', resolve));
    await other.run({ eachMessage: async () => {} });
    await joined;
    const error = await worker({ group: theirs }).join([topic]).catch((thrown: HeadraceError) => thrown);
    expect(error).toMatchObject({ code: 'GROUP_NOT_OURS' });
    expect((error as HeadraceError).message).toMatch(/RoundRobinAssigner/);
  }); // prettier-ignore

  it("shows its members and what they have in Kafka's own view of the group", async () => {
    const topic = await createTopic(bootstrap, 'view', { partitions: 3 });
    const group = uniqueName('view');
    const workers = [await worker({ group }).join([topic]), await worker({ group, instanceId: 'i' }).join([topic])];
    await settled(workers, 1, 2);
    const described = await waitUntil(
      () => withAdmin(bootstrap, (admin) => admin.describeGroups([group])),
      ({ groups }) => groups[0]?.state === 'Stable',
      { what: 'the group is stable' },
    );
    const [view] = described.groups;
    expect(view).toMatchObject({ protocolType: 'consumer', protocol: 'headrace' });
    const seen = view?.members.map(({ memberAssignment, memberMetadata }) => {
      expect(AssignerProtocol.MemberMetadata.decode(memberMetadata)?.topics).toEqual([topic]);
      return AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment[topic] ?? [];
    });
    const owned = workers.map((one) => ascending([...one.owned].map((name) => Number(name.split('/')[1]))));
    expect(seen?.map(ascending).toSorted()).toEqual(owned.toSorted());
  });

  it('picks up new partitions, and new topics of an expression', async () => {
    const prefix = uniqueName('pattern');
    const topic = await createTopic(bootstrap, `${prefix}-a`, { partitions: 2 });
    const group = uniqueName('pattern');
    const workers = [1, 2].map(() => worker({ group, metadataMs: 200 }));
    await Promise.all(workers.map((one) => one.join(new RegExp(`^${prefix}-`, 'g'))));
    await settled(workers, 1, 1);
    await withAdmin(bootstrap, (admin) => admin.createPartitions({ topicPartitions: [{ topic, count: 4 }] }));
    await settled(workers, 2, 2);
    await createTopic(bootstrap, `${prefix}-b`, { partitions: 2 });
    await settled(workers, 3, 3);
    for (const { calls } of workers) expect(calls.filter((call) => call.startsWith('lost'))).toEqual([]);
  });

  it('lets a topology of another shape wait outside until nobody of the first is left, and takes one of another content', async () => {
    const topic = await createTopic(bootstrap, 'shapes', { partitions: 2 });
    const group = uniqueName('shapes');
    const old = await worker({ group, topology: { shape: '1', content: 'a' } }).join([topic]);
    const replica = await worker({ group, topology: { shape: '1', content: 'b' } }).join([topic]);
    await settled([old, replica], 1, 1);
    expect([...old.log, ...replica.log].join()).toMatch(/2 contents/);
    const next = worker({ group, topology: { shape: '2', content: 'a' } });
    const joining = next.join([topic]);
    await waitUntil(() => next.log.join(), (text) => text.includes('another shape'), { what: 'it says that it waits' });
    const { generation } = old.member.identity as { generation: number };
    expect([next.owned.size, next.calls]).toEqual([0, []]);
    expect(old.member.identity?.generation).toBe(generation);
    await old.stop();
    await replica.stop();
    await joining;
    await settled([next], 2);
  }); // prettier-ignore

  it('leaves, loudly, when a task makes no progress', async () => {
    const topic = await createTopic(bootstrap, 'stalled', { partitions: 2 });
    const group = uniqueName('stalled');
    let task: string | null = null;
    const stuck = await worker({ group, stalled: () => task }).join([topic]);
    const other = await worker({ group }).join([topic]);
    await settled([stuck, other], 1, 1);
    task = 'enrich/0';
    await settled([other], 2);
    expect(stuck.failure).toMatchObject({ code: 'TASK_STALLED' });
    expect(stuck.failure?.message).toMatch(/enrich\/0/);
    expect(stuck.owned.size).toBe(0);
  });

  it('says which topic it does not know, and can be stopped while it joins', async () => {
    await expect(worker({ group: uniqueName('g') }).join([uniqueName('unknown')])).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC' }); // prettier-ignore
    const topic = await createTopic(bootstrap, 'stopped');
    const proxy = await FaultProxy.start(bootstrap);
    cleanUp.push(() => proxy.stop());
    proxy.decide = ({ api }) => (api.name === 'JoinGroup' ? 'swallow' : 'pass');
    const waiting = worker({ group: uniqueName('g') }, proxy.address);
    const joining = waiting.join([topic]).catch((error: HeadraceError) => error.code);
    await waitUntil(
      () => proxy.hits.size,
      (hits) => hits > 0,
      { what: 'it waits for an answer', intervalMs: 5 },
    );
    await waiting.stop();
    expect(await joining).toBe('LOG_CLOSED');
  });
});

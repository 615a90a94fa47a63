import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { deleteGroupsApi, describeGroupsApi, listGroupsApi, offsetDeleteApi, offsetFetchApi } from '@headrace/protocol';
import { makeTopic, named, openClient, uniqueName, type ClusterHandle } from '../cluster-handle.ts';
import { awaitCoordinator, beat, commit, committed, join, joinOnce, leave, sync } from '../group-handle.ts';
import { waitUntil } from '../../kafka/wait-until.ts';
import type { WireClient } from '../wire-client.ts';

/** Declares what holds of classic groups on every broker. */
export function groupScenarios(cluster: () => ClusterHandle): void {
  const setUp = async () => {
    const client = await openClient(cluster());
    const groupId = uniqueName('group');
    await awaitCoordinator(client, groupId);
    return { client, groupId };
  };
  const describeGroup = async (client: WireClient, groupId: string) => {
    const { groups } = await client.send(
      describeGroupsApi,
      { groups: [groupId], includeAuthorizedOperations: false },
      5,
    );
    const [group] = groups;
    return [group?.groupState, group?.protocolType, group?.protocolData, group?.members.length];
  };
  /** Two members of generation 2 or later that work, `a` the leader. */
  const twoMembers = async (options: { sessionTimeoutMs?: number; rebalanceTimeoutMs?: number } = {}) => {
    const { client: a, groupId } = await setUp();
    const b = await openClient(cluster());
    const first = await join(a, groupId, options);
    const joining = join(b, groupId, options);
    await waitUntil(
      () => beat(a, groupId, first.generationId, first.memberId),
      (error) => error === 'REBALANCE_IN_PROGRESS',
      { what: 'the second member joins', intervalMs: 5 },
    );
    const again = await join(a, groupId, { ...options, memberId: first.memberId });
    const second = await joining;
    const assignments = { [first.memberId]: 'for a', [second.memberId]: 'for b' };
    const [syncedB, syncedA] = await Promise.all([
      sync(b, groupId, second.generationId, second.memberId),
      sync(a, groupId, again.generationId, first.memberId, { assignments }),
    ]);
    expect([syncedA, syncedB]).toEqual([
      { error: 'NONE', assignment: 'for a' },
      { error: 'NONE', assignment: 'for b' },
    ]);
    return { a, b, groupId, generation: again.generationId, idA: first.memberId, idB: second.memberId };
  };

  it('gives an id first, then a generation, and works once the leader has assigned', async () => {
    const { client, groupId } = await setUp();
    const first = await joinOnce(client, groupId);
    expect(first).toMatchObject({ error: 'MEMBER_ID_REQUIRED', generationId: -1, leader: '', members: [] });
    expect(first.memberId).toMatch(/^wire-/);
    const joined = await joinOnce(client, groupId, { memberId: first.memberId });
    const { memberId } = first;
    expect(joined).toMatchObject({
      error: 'NONE',
      memberId,
      generationId: 1,
      protocol: 'range',
      leader: memberId,
      members: [memberId],
    });
    expect(await describeGroup(client, groupId)).toEqual(['CompletingRebalance', 'consumer', '', 1]);
    expect(await beat(client, groupId, 1, memberId)).toBe('NONE');
    expect(await commit(client, groupId, await makeTopic(client, 't'), 1, { generationId: 1, memberId })).toBe(
      'REBALANCE_IN_PROGRESS',
    );
    const assignments = { [memberId]: 'all' };
    expect(await sync(client, groupId, 1, memberId, { assignments })).toEqual({ error: 'NONE', assignment: 'all' });
    expect(await describeGroup(client, groupId)).toEqual(['Stable', 'consumer', 'range', 1]);
    expect(await sync(client, groupId, 1, memberId)).toEqual({ error: 'NONE', assignment: 'all' });
    expect(await beat(client, groupId, 1, memberId)).toBe('NONE');
  });

  it('refuses who is not a member, not of the generation, or does not fit', async () => {
    const { client, groupId } = await setUp();
    expect((await joinOnce(client, '')).error).toBe('INVALID_GROUP_ID');
    expect((await joinOnce(client, groupId, { sessionTimeoutMs: 10 })).error).toBe('INVALID_SESSION_TIMEOUT');
    expect((await joinOnce(client, groupId, { sessionTimeoutMs: 10_000_000 })).error).toBe('INVALID_SESSION_TIMEOUT');
    expect((await joinOnce(client, groupId, { memberId: 'stranger' })).error).toBe('UNKNOWN_MEMBER_ID');
    expect((await joinOnce(client, groupId, { protocols: [] })).error).toBe('INCONSISTENT_GROUP_PROTOCOL');
    expect(await leave(client, groupId, 'stranger')).toEqual(['NONE', 'UNKNOWN_MEMBER_ID']);
    const { memberId } = await join(client, groupId);
    await sync(client, groupId, 1, memberId);
    expect((await joinOnce(client, groupId, { memberId: 'stranger' })).error).toBe('UNKNOWN_MEMBER_ID');
    expect((await joinOnce(client, groupId, { protocolType: 'connect' })).error).toBe('INCONSISTENT_GROUP_PROTOCOL');
    expect((await joinOnce(client, groupId, { protocols: [['sticky', '']] })).error).toBe(
      'INCONSISTENT_GROUP_PROTOCOL',
    );
    expect(await beat(client, groupId, 1, 'stranger')).toBe('UNKNOWN_MEMBER_ID');
    expect(await beat(client, groupId, 2, memberId)).toBe('ILLEGAL_GENERATION');
    expect((await sync(client, groupId, 0, memberId)).error).toBe('ILLEGAL_GENERATION');
    expect((await sync(client, groupId, 1, 'stranger')).error).toBe('UNKNOWN_MEMBER_ID');
    expect((await sync(client, groupId, 1, memberId, { protocolName: 'sticky' })).error).toBe(
      'INCONSISTENT_GROUP_PROTOCOL',
    );
    expect((await sync(client, groupId, 1, memberId, { protocolName: null })).error).toBe(
      'INCONSISTENT_GROUP_PROTOCOL',
    );
    expect(await leave(client, groupId, memberId)).toEqual(['NONE', 'NONE']);
    expect(await beat(client, groupId, 1, memberId)).toBe('UNKNOWN_MEMBER_ID');
    expect(await describeGroup(client, groupId)).toEqual(['Empty', 'consumer', '', 0]);
  });

  it('rebalances when a member joins, and when one leaves', async () => {
    const { a, b, groupId, generation, idA, idB } = await twoMembers();
    expect(await describeGroup(a, groupId)).toEqual(['Stable', 'consumer', 'range', 2]);
    expect(await leave(b, groupId, idB)).toEqual(['NONE', 'NONE']);
    expect(await beat(a, groupId, generation, idA)).toBe('REBALANCE_IN_PROGRESS');
    expect(await commit(a, groupId, await makeTopic(a, 't'), 5, { generationId: generation, memberId: idA })).toBe(
      'NONE',
    );
    expect((await sync(a, groupId, generation, idA)).error).toBe('REBALANCE_IN_PROGRESS');
    const next = await joinOnce(a, groupId, { memberId: idA });
    expect(next).toMatchObject({ error: 'NONE', generationId: generation + 1, members: [idA] });
    expect(await beat(a, groupId, generation, idA)).toBe('ILLEGAL_GENERATION');
  });

  it('tells a follower that joins again what it knows already, and rebalances for the leader', async () => {
    const { a, b, groupId, generation, idA, idB } = await twoMembers();
    expect(await joinOnce(b, groupId, { memberId: idB })).toMatchObject({
      error: 'NONE',
      generationId: generation,
      leader: idA,
      members: [],
    });
    expect(await beat(a, groupId, generation, idA)).toBe('NONE');
    const again = joinOnce(a, groupId, { memberId: idA });
    await waitUntil(
      () => beat(b, groupId, generation, idB),
      (error) => error === 'REBALANCE_IN_PROGRESS',
      { what: 'the leader joins again', intervalMs: 5 },
    );
    const [first, second] = await Promise.all([again, joinOnce(b, groupId, { memberId: idB })]);
    expect([first.generationId, second.generationId]).toEqual([generation + 1, generation + 1]);
    expect(first.members).toHaveLength(2);
  });

  it('takes the protocol that most members like best of those that all have', async () => {
    const { client: a, groupId } = await setUp();
    const b = await openClient(cluster());
    const first = await join(a, groupId, {
      protocols: [
        ['range', 'r'],
        ['sticky', 's'],
      ],
    });
    expect(first.protocol).toBe('range');
    const joining = join(b, groupId, {
      protocols: [
        ['sticky', 's'],
        ['other', 'o'],
      ],
    });
    await waitUntil(
      () => beat(a, groupId, 1, first.memberId),
      (error) => error === 'REBALANCE_IN_PROGRESS',
      { what: 'the second member joins', intervalMs: 5 },
    );
    const again = await joinOnce(a, groupId, {
      memberId: first.memberId,
      protocols: [
        ['range', 'r'],
        ['sticky', 's'],
      ],
    });
    expect([again.protocol, (await joining).protocol]).toEqual(['sticky', 'sticky']);
  });

  it('puts a member out that does not beat, and one that does not join in time', async () => {
    const { a, groupId, generation, idA, idB } = await twoMembers({ sessionTimeoutMs: 1500, rebalanceTimeoutMs: 1000 });
    await waitUntil(
      () => beat(a, groupId, generation, idA),
      (error) => error === 'REBALANCE_IN_PROGRESS',
      { what: 'the silent member is missed', intervalMs: 100 },
    );
    const next = await joinOnce(a, groupId, { memberId: idA, sessionTimeoutMs: 1500, rebalanceTimeoutMs: 1000 });
    expect(next).toMatchObject({ error: 'NONE', generationId: generation + 1, members: [idA] });
    expect(await beat(a, groupId, generation + 1, idB)).toBe('UNKNOWN_MEMBER_ID');
  });

  it('begins anew when members do not sync in time', async () => {
    const { client, groupId } = await setUp();
    const times = { sessionTimeoutMs: 20_000, rebalanceTimeoutMs: 1000 };
    const { memberId } = await join(client, groupId, times);
    await waitUntil(
      () => beat(client, groupId, 1, memberId),
      (error) => error === 'UNKNOWN_MEMBER_ID',
      { what: 'the member that did not sync is out', intervalMs: 50 },
    );
    expect((await describeGroup(client, groupId))[0]).toBe('Empty');
  });

  it('lets a static member come back to its place, and fences whoever had it', async () => {
    const { client: a, groupId } = await setUp();
    const first = await joinOnce(a, groupId, { instanceId: 'one' });
    expect(first).toMatchObject({ error: 'NONE', generationId: 1, leader: first.memberId });
    expect(first.memberId).toMatch(/^one-/);
    await sync(a, groupId, 1, first.memberId, { assignments: { [first.memberId]: 'mine' }, instanceId: 'one' });
    const b = await openClient(cluster());
    const back = await joinOnce(b, groupId, { instanceId: 'one' });
    expect(back).toMatchObject({
      error: 'NONE',
      generationId: 1,
      skipAssignment: true,
      leader: back.memberId,
      members: [back.memberId],
    });
    expect(back.memberId).not.toBe(first.memberId);
    expect(await beat(a, groupId, 1, first.memberId, 'one')).toBe('FENCED_INSTANCE_ID');
    expect((await joinOnce(a, groupId, { instanceId: 'one', memberId: first.memberId })).error).toBe(
      'FENCED_INSTANCE_ID',
    );
    expect((await sync(a, groupId, 1, first.memberId, { instanceId: 'one' })).error).toBe('FENCED_INSTANCE_ID');
    expect(await sync(b, groupId, 1, back.memberId, { instanceId: 'one' })).toEqual({
      error: 'NONE',
      assignment: 'mine',
    });
    expect(await beat(b, groupId, 1, back.memberId, 'two')).toBe('UNKNOWN_MEMBER_ID');
    const older = await joinOnce(a, groupId, { instanceId: 'one', version: 8 });
    expect(older).toMatchObject({ error: 'NONE', generationId: 1, leader: back.memberId, members: [] });
    const topic = await makeTopic(a, 't');
    const committing = { generationId: 1, instanceId: 'one' };
    expect(await commit(a, groupId, topic, 3, { ...committing, memberId: back.memberId })).toBe('FENCED_INSTANCE_ID');
    expect(await commit(a, groupId, topic, 3, { ...committing, memberId: older.memberId })).toBe('NONE');
    expect(await leave(a, groupId, '', 'one')).toEqual(['NONE', 'NONE']);
    expect((await describeGroup(a, groupId)).slice(0, 1)).toEqual(['Empty']);
  });

  it('keeps positions of members and of who reads without a group', async () => {
    const { client, groupId } = await setUp();
    const topic = await makeTopic(client, 'positions');
    expect(await committed(client, groupId, topic)).toEqual(['NONE', -1, '']);
    expect(await commit(client, groupId, topic, 7)).toBe('NONE');
    expect(await committed(client, groupId, topic)).toEqual(['NONE', 7, 'm']);
    expect(await commit(client, groupId, topic, 8, { metadata: 'x'.repeat(5000) })).toBe('OFFSET_METADATA_TOO_LARGE');
    expect(await commit(client, groupId, topic, 8, { partition: 9 })).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    expect(await commit(client, groupId, 'no-such', 8)).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    expect(await commit(client, groupId, topic, 8, { generationId: 3, memberId: 'x' })).toBe('UNKNOWN_MEMBER_ID');
    expect(await commit(client, uniqueName('none'), topic, 8, { generationId: 3, memberId: 'x' })).toBe(
      'ILLEGAL_GENERATION',
    );
    const { memberId } = await join(client, groupId);
    await sync(client, groupId, 1, memberId);
    expect(await commit(client, groupId, topic, 9)).toBe('UNKNOWN_MEMBER_ID');
    expect(await commit(client, groupId, topic, 9, { generationId: 0, memberId })).toBe('ILLEGAL_GENERATION');
    expect(await commit(client, groupId, topic, 9, { generationId: 1, memberId: 'x' })).toBe('UNKNOWN_MEMBER_ID');
    expect(await commit(client, groupId, topic, 9, { generationId: 1, memberId })).toBe('NONE');
    const groups = [{ groupId, topics: null }];
    const all = await client.send(offsetFetchApi, { groups, requireStable: true }, 8);
    expect(
      all.groups[0]?.topics.map(({ name, partitions }) => [name, partitions.map((each) => each.committedOffset)]),
    ).toEqual([[topic, [9]]]);
  });

  it('lists, describes and deletes groups and positions', async () => {
    const { client, groupId } = await setUp();
    const topic = await makeTopic(client, 'deleted');
    await commit(client, groupId, topic, 7);
    const list = async (statesFilter: string[]) => {
      const { groups } = await client.send(listGroupsApi, { statesFilter, typesFilter: [] });
      return groups
        .filter((each) => each.groupId === groupId)
        .map(({ groupState, groupType }) => [groupState, groupType]);
    };
    expect(await list([])).toEqual([['Empty', 'classic']]);
    expect(await list(['Stable'])).toEqual([]);
    const drop = async (name: string) =>
      named((await client.send(deleteGroupsApi, { groupsNames: [name] })).results[0]?.errorCode ?? -1);
    expect(await describeGroup(client, uniqueName('none'))).toEqual(['Dead', '', '', 0]);
    expect(await drop(uniqueName('none'))).toBe('GROUP_ID_NOT_FOUND');
    const { memberId } = await join(client, groupId);
    expect(await drop(groupId)).toBe('NON_EMPTY_GROUP');
    await leave(client, groupId, memberId);
    const forget = async (name: string) => {
      const topics = [{ name, partitions: [{ partitionIndex: 0 }] }];
      const answer = await client.send(offsetDeleteApi, { groupId, topics });
      return [named(answer.errorCode), named(answer.topics[0]?.partitions[0]?.errorCode ?? -1)];
    };
    expect(await forget('no-such')).toEqual(['NONE', 'UNKNOWN_TOPIC_OR_PARTITION']);
    expect(await forget(topic)).toEqual(['NONE', 'NONE']);
    expect(await committed(client, groupId, topic)).toEqual(['NONE', -1, '']);
    expect(await drop(groupId)).toBe('NONE');
    expect(await list([])).toEqual([]);
  });

  it('answers a connection in order: what comes behind a join that waits, waits', async () => {
    const { a, b, groupId, idA } = await twoMembers();
    void b;
    const waiting = joinOnce(a, groupId, { memberId: idA });
    let isAnswered = false;
    const behind = describeGroup(a, groupId).then(() => (isAnswered = true));
    await pause(50);
    expect(isAnswered).toBe(false);
    a.close();
    await Promise.allSettled([waiting, behind]);
  });
}

import { strict as assert } from 'node:assert';
import type { HeadraceError, TopicPartition } from '@headrace/core';
import { columnsOf } from '../log/log-record.ts';
import { JoinedMember } from './joined-member.ts';
import type { LogHarness, LogScenario } from './log-harness.ts';
import { readRecords } from './read-records.ts';
import { uniqueTopic } from './unique-topic.ts';

/** What a Log promises of groups: who owns what, and whose commits count. */
export const groupScenarios: readonly LogScenario[] = [
  { name: 'remembers what is committed, with its metadata', run: remembersCommits },
  { name: 'divides all partitions between two members, and gives them to who stays', run: dividesPartitions },
  { name: 'lets a member commit before it gives a partition back', run: commitsWhileRevoking },
  { name: 'takes from a member only what another gets, and leaves it the rest meanwhile', run: leavesWhatStays },
  { name: 'keeps a member from committing what it does not own', run: refusesForeignCommits },
  { name: 'keeps a member from committing after it has left', run: refusesCommitsAfterLeave },
  { name: 'says which topic it does not know', run: namesUnknownTopic },
];

async function remembersCommits(harness: LogHarness): Promise<void> {
  const { topic, partitions, member } = await joined(harness, 2);
  const { log } = harness;
  const [zero, one] = partitions as [TopicPartition, TopicPartition];
  assert.equal((await log.committed(partitions)).size, 0, 'Something is committed in a new group.');
  await fill(harness, topic, 2);
  await member.membership.commit([{ partition: zero, offset: 3, metadata: '{"starts":1}' }]);
  assert.deepEqual([...(await log.committed(partitions))], [[zero, { offset: 3, metadata: '{"starts":1}' }]]);
  await member.membership.commit([
    { partition: zero, offset: 5, metadata: '' },
    { partition: one, offset: 1, metadata: 'm' },
  ]);
  await member.membership.leave();
  const after = await log.committed(partitions);
  assert.deepEqual(after.get(zero), { offset: 5, metadata: '' });
  assert.deepEqual(after.get(one), { offset: 1, metadata: 'm' });
}

async function dividesPartitions(harness: LogHarness): Promise<void> {
  const { topic, partitions, member: first } = await joined(harness, 4);
  const second = await JoinedMember.join(harness.log, [topic], [first]);
  const both = [first, second];
  await first.until(() => first.owned.size > 0 && second.owned.size > 0 && coverOnce(partitions, both), both);
  await first.membership.leave();
  await second.until(() => coverOnce(partitions, [second]), [second]);
  await second.membership.leave();
}

async function commitsWhileRevoking(harness: LogHarness): Promise<void> {
  const { topic, partitions, member: first } = await joined(harness, 2);
  await fill(harness, topic, 2);
  let answer = (): void => undefined;
  first.release = new Promise((resolve) => (answer = resolve));
  const second = await JoinedMember.join(harness.log, [topic], [first]);
  const both = [first, second];
  await first.until(() => first.revokingNow.size > 0 || second.owned.size > 0, both);
  const [asked] = [...first.revokingNow];
  assert.ok(asked !== undefined, 'A partition was taken away without a question.');
  await first.membership.commit([{ partition: asked, offset: 2, metadata: 'last' }]);
  // Gives the Log time, by its own clock, to do what it must not.
  const reader = harness.log.reader(asked, 'latest');
  await reader.read({ records: 1, bytes: 1, waitMs: 500 }, new AbortController().signal);
  await reader.close();
  assert.ok(!second.owned.has(asked), 'A partition was assigned before it was given back.');
  answer();
  await first.until(() => first.owned.size > 0 && second.owned.size > 0 && coverOnce(partitions, both), both);
  assert.deepEqual((await harness.log.committed([asked])).get(asked), { offset: 2, metadata: 'last' });
  await second.membership.leave();
  await first.membership.leave();
}

async function leavesWhatStays(harness: LogHarness): Promise<void> {
  const { topic, partitions, member: first } = await joined(harness, 4);
  await fill(harness, topic, 4);
  let answer = (): void => undefined;
  first.release = new Promise((resolve) => (answer = resolve));
  const second = await JoinedMember.join(harness.log, [topic], [first]);
  const both = [first, second];
  await first.until(() => first.revokingNow.size > 0, both);
  assert.equal(first.revokingNow.size, 2, 'Other partitions than those of the other member were taken away.');
  const stay = partitions.filter((partition) => !first.revokingNow.has(partition));
  const reader = harness.log.reader(stay[0] as TopicPartition, 'earliest');
  await readRecords(reader, 6);
  await reader.close();
  await first.membership.commit(stay.map((partition) => ({ partition, offset: 6, metadata: 'meanwhile' })));
  assert.equal((await harness.log.committed(stay)).size, 2);
  answer();
  await first.until(() => second.owned.size === 2 && coverOnce(partitions, both), both);
  for (const partition of stay) assert.ok(first.owned.has(partition), 'A partition that was to stay went to another.');
  await second.membership.leave();
  await first.membership.leave();
}

async function refusesForeignCommits(harness: LogHarness): Promise<void> {
  const { topic, partitions, member: first } = await joined(harness, 2);
  const second = await JoinedMember.join(harness.log, [topic], [first]);
  const both = [first, second];
  await first.until(() => first.owned.size === 1 && second.owned.size === 1 && coverOnce(partitions, both), both);
  const [foreign] = [...second.owned] as [TopicPartition];
  await fill(harness, topic, 2);
  await second.membership.commit([{ partition: foreign, offset: 1, metadata: 'owner' }]);
  await first.membership.commit([{ partition: foreign, offset: 4, metadata: 'stranger' }]).catch(() => undefined);
  assert.deepEqual((await harness.log.committed([foreign])).get(foreign), { offset: 1, metadata: 'owner' });
  await first.membership.leave();
  await second.membership.leave();
}

async function refusesCommitsAfterLeave(harness: LogHarness): Promise<void> {
  const { topic, partitions, member } = await joined(harness, 1);
  const [zero] = partitions as [TopicPartition];
  await fill(harness, topic, 1);
  await member.membership.leave();
  await assert.rejects(member.membership.commit([{ partition: zero, offset: 2, metadata: 'late' }]));
  assert.equal((await harness.log.committed([zero])).size, 0);
}

async function namesUnknownTopic(harness: LogHarness): Promise<void> {
  const topic = uniqueTopic('unknown');
  const unknown = (error: HeadraceError): boolean => {
    assert.equal(error.code, 'UNKNOWN_TOPIC');
    assert.match(error.message, new RegExp(topic));
    return true;
  };
  await assert.rejects(harness.log.partitions(topic), unknown);
  await assert.rejects(harness.log.append(topic, new Int32Array(1), columnsOf([{ value: Buffer.from('x') }])), unknown);
  const known = uniqueTopic('known');
  await harness.createTopic(known, 3);
  assert.equal(await harness.log.partitions(known), 3);
}

async function joined(
  harness: LogHarness,
  count: number,
): Promise<{ topic: string; partitions: readonly TopicPartition[]; member: JoinedMember }> {
  const topic = uniqueTopic('group');
  await harness.createTopic(topic, count);
  const partitions = Array.from({ length: count }, (_, number): TopicPartition => `${topic}/${number}`);
  const member = await JoinedMember.join(harness.log, [topic]);
  await member.until(() => coverOnce(partitions, [member]));
  return { topic, partitions, member };
}

function coverOnce(partitions: readonly TopicPartition[], members: readonly JoinedMember[]): boolean {
  return partitions.every((partition) => members.filter((member) => member.owned.has(partition)).length === 1);
}

async function fill(harness: LogHarness, topic: string, partitions: number): Promise<void> {
  const rows = partitions * 6;
  const records = Array.from({ length: rows }, (_, row) => ({
    value: Buffer.from(String(row)),
    timestamp: 1_700_000_000_000,
  }));
  const numbers = Int32Array.from({ length: rows }, (_, row) => row % partitions);
  assert.deepEqual(await harness.log.append(topic, numbers, columnsOf(records)), []);
}

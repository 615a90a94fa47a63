import { HeadraceError } from '@headrace/core';
import type { Columns, GroupListener, ReadResult, TopicPartition } from '@headrace/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { JoinedMember } from '../contract/joined-member.ts';
import { recordsOf } from '../contract/read-records.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { InMemoryLog } from './in-memory-log.ts';
import { columnsOf } from './log-record.ts';

const never = new AbortController().signal;
const many = { records: 100, bytes: 1_000_000, waitMs: 0 };

let clock: VirtualClock;
let log: InMemoryLog;

beforeEach(() => {
  clock = new VirtualClock(1_000_000);
  log = new InMemoryLog({ clock, revokeTimeoutMs: 5000 });
  log.createTopic('t', 2);
});

describe('the append of an InMemoryLog', () => {
  it('keeps copies: who appended may use its buffers again', async () => {
    const columns = rows(['first']);
    await log.append('t', new Int32Array(1), columns);
    (columns.values as { buffer: Uint8Array }).buffer.fill(0);
    expect(values('t')).toEqual(['first']);
    const result = (await log.reader('t/0', 0).read(many, never)) as ReadResult;
    (result.records!.values as { buffer: Uint8Array }).buffer.fill(0);
    expect(values('t')).toEqual(['first']);
  });

  it('writes nothing where one row names a partition that does not exist', async () => {
    await expect(log.append('t', Int32Array.of(0, 2), rows(['a', 'b']))).rejects.toMatchObject({
      code: 'UNKNOWN_TOPIC',
    });
    expect(values('t')).toEqual([]);
  });

  it('refuses what is not encoded', async () => {
    const decoded: Columns = { ...rows(['a']), values: { kind: 'objects', items: [{ a: 1 }] } };
    await expect(log.append('t', new Int32Array(1), decoded)).rejects.toMatchObject({ code: 'NOT_BYTES' });
  });

  it('refuses the planned rows and the later ones of their keys, for as many calls as planned', async () => {
    log.faults.append({ refuse: (row) => (row === 1 ? { code: 'TOO_LARGE', message: 'Too large.' } : null) }, 1, 't');
    const batch = columnsOf(
      ['a', 'b', 'a', 'b', 'c'].map((key, row) => ({ key: bytes(key), value: bytes(`${key}${row}`) })),
    );
    const refusals = await log.append('t', new Int32Array(5), batch);
    expect(refusals).toEqual([
      { row: 1, code: 'TOO_LARGE', message: 'Too large.' },
      { row: 3, retryAfterMs: 0 },
    ]);
    expect(values('t')).toEqual(['a0', 'a2', 'c4']);
    expect(log.read('t').map(({ offset }) => offset)).toEqual([0, 1, 2]);
    expect(await log.append('t', new Int32Array(5), batch)).toEqual([]);
  });

  it('rejects with or without having written', async () => {
    const error = new HeadraceError('BROKER_GONE', 'Gone.', { retryable: true });
    log.faults.rejectAppends(error, 1);
    log.faults.append({ reject: { error, written: true } }, 1);
    await expect(log.append('t', new Int32Array(1), rows(['lost']))).rejects.toBe(error);
    await expect(log.append('t', new Int32Array(1), rows(['written']))).rejects.toBe(error);
    expect(values('t')).toEqual(['written']);
  });

  it('holds an acknowledgement back by virtual time', async () => {
    log.faults.append({ delayMs: 300 });
    let acknowledged = false;
    const append = log.append('t', new Int32Array(1), rows(['a'])).then(() => (acknowledged = true));
    await turns();
    clock.advance(299);
    await turns();
    expect(acknowledged).toBe(false);
    clock.advance(1);
    await append;
    expect(acknowledged).toBe(true);
  });

  it('leaves other topics alone when a fault is planned for one', async () => {
    log.createTopic('u', 1);
    log.faults.refuseAppends({ retryAfterMs: 10 }, 1, 'u');
    expect(await log.append('t', new Int32Array(1), rows(['a']))).toEqual([]);
    expect(await log.append('u', new Int32Array(1), rows(['a']))).toEqual([{ row: 0, retryAfterMs: 10 }]);
  });
});

describe('the reader of an InMemoryLog', () => {
  it('waits by virtual time, and is then idle', async () => {
    let result: unknown = 'pending';
    const read = log
      .reader('t/0', 'earliest')
      .read({ ...many, waitMs: 100 }, never)
      .then((r) => (result = r));
    await turns();
    clock.advance(99);
    await turns();
    expect(result).toBe('pending');
    clock.advance(1);
    await read;
    expect(result).toBe('idle');
    expect(clock.pending).toBe(0);
  });

  it('takes at most what it is asked for, but at least one record', async () => {
    await log.append('t', new Int32Array(4), rows(['aaaa', 'bbbb', 'cccc', 'dddd']));
    const reader = log.reader('t/0', 'earliest');
    const take = async (limit: Partial<typeof many>): Promise<unknown> =>
      recordsOf((await reader.read({ ...many, ...limit }, never)) as ReadResult).map(({ value }) => value);
    expect(await take({ bytes: 1 })).toEqual(['aaaa']);
    expect(await take({ bytes: 8 })).toEqual(['bbbb', 'cccc']);
    expect(await take({ records: 1 })).toEqual(['dddd']);
  });

  it('refuses an offset that retention has taken or that does not exist yet', async () => {
    await log.append('t', new Int32Array(3), rows(['a', 'b', 'c']));
    log.truncate('t/0', 2);
    await expect(log.reader('t/0', 1).read(many, never)).rejects.toMatchObject({
      code: 'OFFSET_OUT_OF_RANGE',
      place: { split: 't/0', offset: 1 },
    });
    await expect(log.reader('t/0', 4).read(many, never)).rejects.toMatchObject({ code: 'OFFSET_OUT_OF_RANGE' });
    const rest = (await log.reader('t/0', 'earliest').read(many, never)) as ReadResult;
    expect(recordsOf(rest)).toMatchObject([{ offset: 2, value: 'c' }]);
    await log.append('t', new Int32Array(1), rows(['d']));
    expect(log.read('t').at(-1)?.offset).toBe(3);
  });

  it('ends where the partition ended when a bounded connection first read it', async () => {
    await log.append('t', new Int32Array(2), rows(['a', 'b']));
    const bounded = log.open({ bounded: true });
    const reader = bounded.reader('t/0', 'earliest');
    await log.append('t', new Int32Array(1), rows(['after']));
    expect(recordsOf((await reader.read(many, never)) as ReadResult)).toHaveLength(2);
    expect(await reader.read(many, never)).toBe('end');
    expect(await bounded.reader('t/0', 2).read(many, never)).toBe('end');
    expect(await bounded.reader('t/1', 'earliest').read(many, never)).toBe('end');
  });

  it('ends a read that waits when it is closed, and refuses to read afterwards', async () => {
    const reader = log.reader('t/0', 'earliest');
    const read = reader.read({ ...many, waitMs: 1000 }, never);
    await reader.close();
    expect(await read).toBe('idle');
    await expect(reader.read(many, never)).rejects.toMatchObject({ code: 'READER_CLOSED' });
    expect(log.readers).toEqual([]);
  });

  it('rejects as planned', async () => {
    log.faults.rejectReads(new HeadraceError('BROKER_GONE', 'Gone.'), 1, 't');
    const reader = log.reader('t/0', 'earliest');
    await expect(reader.read(many, never)).rejects.toMatchObject({ code: 'BROKER_GONE' });
    expect(await reader.read(many, never)).toBe('idle');
  });
});

describe('the groups of an InMemoryLog', () => {
  it('give partitions on only when they were given back', async () => {
    const first = await JoinedMember.join(log, ['t']);
    await first.until(() => first.owned.size === 2);
    let answer = (): void => undefined;
    first.release = new Promise((resolve) => (answer = resolve));
    const second = await JoinedMember.join(log, ['t'], [first]);
    await first.until(() => first.revokingNow.size === 1);
    await turns();
    expect([...first.owned, '|', ...second.owned]).toEqual(['t/0', 't/1', '|']);
    answer();
    await second.until(() => second.owned.size === 1);
    expect([...first.owned, '|', ...second.owned]).toEqual(['t/0', '|', 't/1']);
  });

  it('take all partitions from a member that gives none back by the deadline, and abort its signal', async () => {
    const told: string[] = [];
    const stuck: GroupListener = {
      assigned: (partitions) => told.push(`assigned ${partitions.join()}`),
      revoking: (partitions, signal) => {
        told.push(`revoking ${partitions.join()}`);
        signal.addEventListener('abort', () => told.push(`aborted ${(signal.reason as HeadraceError).code}`));
        return new Promise(() => undefined);
      },
      lost: (partitions) => told.push(`lost ${partitions.join()}`),
      failed: (error) => told.push(error.code),
    };
    const member = await log.join(['t'], stuck);
    await turns();
    const second = await JoinedMember.join(log, ['t']);
    await turns();
    clock.advance(4999);
    await turns();
    expect(told).toEqual(['assigned t/0,t/1', 'revoking t/1']);
    clock.advance(1);
    await second.until(() => second.owned.size === 1);
    await turns();
    expect(told).toEqual([
      'assigned t/0,t/1',
      'revoking t/1',
      'aborted REVOKE_DEADLINE',
      'lost t/0,t/1',
      'assigned t/0',
    ]);
    await expect(member.commit([{ partition: 't/1', offset: 1, metadata: '' }])).rejects.toMatchObject({
      code: 'NOT_OWNER',
    });
  });

  it('commit nothing of a list that holds one foreign partition', async () => {
    const first = await JoinedMember.join(log, ['t']);
    await first.until(() => first.owned.size === 2);
    const second = await JoinedMember.join(log, ['t']);
    await second.until(() => second.owned.size === 1);
    const at = (['t/0', 't/1'] as TopicPartition[]).map((partition) => ({ partition, offset: 7, metadata: '' }));
    await expect(first.membership.commit(at)).rejects.toMatchObject({ code: 'NOT_OWNER', place: { split: 't/1' } });
    expect(log.commits().size).toBe(0);
  });

  it('tell a member what it lost, refuse its commits, and take it back', async () => {
    const member = await JoinedMember.join(log, ['t']);
    await member.until(() => member.owned.size === 2);
    const before = log.generation;
    log.lose(log.members[0]!);
    expect([...member.owned]).toEqual([]);
    await expect(member.membership.commit([{ partition: 't/0', offset: 1, metadata: '' }])).rejects.toMatchObject({
      code: 'NOT_OWNER',
    });
    await member.until(() => member.owned.size === 2);
    expect(log.generation).toBe(before + 1);
  });

  it('end a membership that fails, and give its partitions to others', async () => {
    const first = await JoinedMember.join(log, ['t']);
    const second = await JoinedMember.join(log, ['t']);
    await second.until(() => second.owned.size === 1);
    log.fail(log.members[0]!);
    await expect(first.until(() => false)).rejects.toMatchObject({ code: 'MEMBERSHIP_FAILED' });
    await second.until(() => second.owned.size === 2);
  });

  it('are apart from each other', async () => {
    const other = log.open({ group: 'other' });
    const first = await JoinedMember.join(log, ['t']);
    const second = await JoinedMember.join(other, ['t']);
    await first.until(() => first.owned.size === 2);
    await second.until(() => second.owned.size === 2);
    await first.membership.commit([{ partition: 't/0', offset: 1, metadata: '' }]);
    expect((await other.committed(['t/0'])).size).toBe(0);
  });

  it('give out the partitions of topics that appear later, where a pattern matches', async () => {
    const told: string[] = [];
    await log.join(/^logs-/g, {
      assigned: (partitions) => told.push(...partitions, '.'),
      revoking: async () => undefined,
      lost: () => undefined,
      failed: () => undefined,
    });
    await turns();
    log.createTopic('logs-a', 2);
    log.createTopic('other', 1);
    await turns();
    log.createTopic('logs-b', 1);
    await turns();
    expect(told).toEqual(['.', 'logs-a/0', 'logs-a/1', '.', 'logs-b/0', '.']);
  });

  it('reject commits as planned, without effect', async () => {
    const member = await JoinedMember.join(log, ['t']);
    await member.until(() => member.owned.size === 2);
    log.faults.rejectCommits(new HeadraceError('REBALANCING', 'Not now.', { retryable: true }));
    const at = [{ partition: 't/0' as const, offset: 1, metadata: '' }];
    await expect(member.membership.commit(at)).rejects.toMatchObject({ code: 'REBALANCING' });
    expect(log.commits().size).toBe(0);
    await member.membership.commit(at);
    expect([...log.commits()]).toEqual([['t/0', { offset: 1, metadata: '' }]]);
  });
});

describe('a closed connection of an InMemoryLog', () => {
  it('leaves its groups, ends its readers and refuses everything, and nothing else is touched', async () => {
    const connection = log.open();
    const first = await JoinedMember.join(connection, ['t']);
    await first.until(() => first.owned.size === 2);
    const reading = connection.reader('t/0', 'earliest').read({ ...many, waitMs: 1000 }, never);
    const second = await JoinedMember.join(log, ['t']);
    await connection.close();
    expect(await reading).toBe('idle');
    await expect(connection.partitions('t')).rejects.toMatchObject({ code: 'LOG_CLOSED' });
    await expect(connection.append('t', new Int32Array(1), rows(['a']))).rejects.toMatchObject({ code: 'LOG_CLOSED' });
    await second.until(() => second.owned.size === 2);
    expect(await log.partitions('t')).toBe(2);
  });
});

function rows(texts: readonly string[]): Columns {
  return columnsOf(texts.map((text) => ({ value: bytes(text) })));
}

function bytes(text: string): Uint8Array {
  return Buffer.from(text);
}

function values(topic: string): readonly string[] {
  return log.read(topic).map(({ value }) => Buffer.from(value ?? []).toString());
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

import { AssignerProtocol } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import type { TopicPartition } from '@headrace/core';
import { readMemberAssignment } from './member-assignment.ts';
import { readMemberMetadata, writeMemberMetadata, type MemberMetadata } from './member-metadata.ts';
import { planGeneration, topicsOf, type JoinedMember } from './plan-generation.ts';

const member = (memberId: string, change: Partial<MemberMetadata> = {}, groupInstanceId: string | null = null) => ({
  memberId,
  groupInstanceId,
  metadata: writeMemberMetadata({ topics: ['t'], owned: [], generation: -1, topology: null, ...change }),
});
const plan = (members: readonly JoinedMember[], count = 2) => {
  const { assignments, ...rest } = planGeneration(members, { partitions: new Map([['t', count]]), coPartitioned: [] });
  const read = [...assignments].map(([id, bytes]) => [id, readMemberAssignment(bytes)] as const);
  return { ...rest, of: Object.fromEntries(read) };
};
const owned: TopicPartition[] = ['t/0', 't/1'];

describe('planGeneration', () => {
  it('writes what kafkajs, and so any tool of Kafka, reads', () => {
    const metadata = writeMemberMetadata({ topics: ['t', 'u'], owned, generation: 3, topology: null });
    expect(AssignerProtocol.MemberMetadata.decode(metadata)).toMatchObject({ version: 3, topics: ['t', 'u'] });
    const { assignments } = planGeneration([member('x', { owned })], {
      partitions: new Map([['t', 3]]),
      coPartitioned: [],
    });
    const bytes = assignments.get('x') as Buffer;
    expect(AssignerProtocol.MemberAssignment.decode(bytes)).toMatchObject({ version: 3, assignment: { t: [0, 1, 2] } });
  });

  it('reads back what a member said of itself', () => {
    const said: MemberMetadata = {
      topics: ['t', 'u'],
      owned: ['t/0', 'u/7'],
      generation: 12,
      topology: { shape: 's', content: 'c' },
    };
    expect(readMemberMetadata(writeMemberMetadata(said))).toEqual(said);
    expect(topicsOf([member('x', said), member('y', { topics: ['z'] })])).toEqual(['t', 'u', 'z']);
  });

  it('keeps members of another shape out, and the shape is that of who owns most', () => {
    const of = (shape: string, content = 'c') => ({ topology: { shape, content } });
    const { of: given, refused, moving } = plan([
      member('old', { ...of('1'), owned }),
      member('new', of('2')),
      member('newer', of('2')),
    ]); // prettier-ignore
    expect(given['old']).toMatchObject({ partitions: owned, moving: false, refusedBy: null });
    expect(given['new']).toMatchObject({ partitions: [], moving: false, refusedBy: '1' });
    expect({ refused, moving }).toEqual({ refused: ['new', 'newer'], moving: false });
    const { of: fresh } = plan([member('old', of('1')), member('new', of('2')), member('newer', of('2'))]);
    expect(fresh['old']).toMatchObject({ refusedBy: '2' });
  });

  it('lets replicas of another content work, and counts the contents', () => {
    const of = (content: string) => ({ topology: { shape: 's', content } });
    const { of: given, contents, refused } = plan([member('a', of('1')), member('b', of('2'))]);
    expect({ contents, refused }).toEqual({ contents: 2, refused: [] });
    expect(given['a']?.partitions.length).toBe(1);
  });

  it('gives nothing to a member whose metadata it cannot read', () => {
    const strangers = [Buffer.alloc(0), Buffer.from('0003ffff', 'hex'), Buffer.from('00030000000000000000', 'hex')];
    const members = strangers.map((metadata, at) => ({ memberId: `${at}`, groupInstanceId: null, metadata }));
    const { of: given, refused } = plan([...members, member('ours')]);
    expect(given['ours']?.partitions).toEqual(owned);
    expect(refused).toEqual(['0', '1', '2']);
  });

  it('knows a static member that comes back under another id', () => {
    const before = plan([member('a', {}, 'one'), member('z', {}, 'two')]).of;
    const after = plan([member('y', {}, 'one'), member('b', {}, 'two')]).of;
    expect(after['y']).toEqual(before['a']);
    expect(after['b']).toEqual(before['z']);
  });

  it('takes no bytes of a leader that is not ours', () => {
    const foreign = AssignerProtocol.MemberAssignment.encode({
      version: 1,
      assignment: { t: [0] },
      userData: Buffer.of(),
    });
    expect(() => readMemberAssignment(foreign)).toThrow(/another client/);
    expect(() => readMemberAssignment(Buffer.from('00'))).toThrow(/another client/);
    expect(readMemberAssignment(Buffer.of()).partitions).toEqual([]);
  });
});

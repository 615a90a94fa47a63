import type { TopicPartition } from '@headrace/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignTasks, type AssignableMember, type TaskAssignment } from './assign-tasks.ts';

const topicNames = ['a', 'b', 'c', 'd'];
const memberIds = ['m0', 'm1', 'm2', 'm3', 'm4'];

/** A group in any state: partitions that are owned by nobody, by one, or claimed by two; members that read all topics or some. */
const groups = (everyoneReadsAll: boolean) =>
  fc
    .record({
      counts: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 4, maxLength: 4 }),
      members: fc.subarray(memberIds, { minLength: 1 }),
      reads: fc.array(fc.subarray(topicNames), { minLength: 5, maxLength: 5 }),
      owners: fc.array(fc.integer({ min: -1, max: 5 }), { minLength: 24, maxLength: 24 }),
      seconds: fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 24, maxLength: 24 }),
      together: fc.constantFrom<string[][]>([], [['a', 'b']], [['a', 'b', 'c']], [['b', 'd']]),
    })
    .map(({ counts, members, reads, owners, seconds, together }) => {
      const partitions = new Map(topicNames.map((topic, at) => [topic, counts[at] ?? 0]));
      // Topics whose keys are joined have as many partitions.
      for (const set of together) for (const topic of set) partitions.set(topic, counts[0] ?? 0);
      const names = [...partitions].flatMap(([topic, count]) => partitionsOf(topic, count));
      return {
        partitions,
        coPartitioned: together,
        members: members.map((id, place) => ({
          id,
          topics: new Set(everyoneReadsAll ? topicNames : (reads[place] ?? [])),
          owned: names.filter((_, at) => owners[at] === place || (seconds[at] ?? 0) === place),
        })),
      };
    });

type Group = { members: readonly AssignableMember[]; partitions: Map<string, number>; coPartitioned: string[][] };

const partitionsOf = (topic: string, count: number): TopicPartition[] =>
  Array.from({ length: count }, (_, number): TopicPartition => `${topic}/${number}`);

const namesOf = ({ partitions }: Group): TopicPartition[] =>
  [...partitions].flatMap(([topic, count]) => partitionsOf(topic, count));

const taskOf = ({ coPartitioned }: Group, name: TopicPartition): string => {
  const [topic = '', number = ''] = name.split('/');
  return `${coPartitioned.find((set) => set.includes(topic))?.[0] ?? topic}/${number}`;
};

const tasksOf = (group: Group, names: readonly TopicPartition[]): Set<string> =>
  new Set(names.map((name) => taskOf(group, name)));

/** Everybody keeps or gives back what is its own, and takes what is new: the group as it joins the next generation. */
const follow = (group: Group, { assigned }: TaskAssignment): Group => ({
  ...group,
  members: group.members.map((member) => ({ ...member, owned: assigned.get(member.id) ?? [] })),
});

const settle = (group: Group): { group: Group; rounds: number } => {
  let present = group;
  for (let rounds = 1; ; rounds++) {
    const answer = assignTasks(present);
    present = follow(present, answer);
    if (!answer.moving || rounds === 10) return { group: present, rounds };
  }
};

const loads = (group: Group): number[] => group.members.map(({ owned }) => tasksOf(group, owned).size);

describe('assignTasks', () => {
  it('never gives a partition to one member while another owns it, nor to two, and only whole tasks', () => {
    fc.assert(
      fc.property(groups(false), (group) => {
        const { assigned } = assignTasks(group);
        const given = [...assigned].flatMap(([id, names]) => names.map((name) => ({ id, name })));
        expect(new Set(given.map(({ name }) => name)).size).toBe(given.length);
        for (const { id, name } of given)
          for (const member of group.members) if (member.id !== id) expect(member.owned).not.toContain(name);
        const all = namesOf(group);
        for (const [, names] of assigned)
          for (const task of tasksOf(group, names))
            expect(all.filter((name) => taskOf(group, name) === task && !names.includes(name))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('gives a member only what it reads', () => {
    fc.assert(
      fc.property(groups(false), (group) => {
        const { assigned } = assignTasks(group);
        for (const { id, topics } of group.members)
          for (const name of assigned.get(id) ?? []) expect(topics).toContain(name.split('/')[0]);
      }),
    );
  });

  it('comes to rest within three generations from any state, with every readable task at one member', () => {
    fc.assert(
      fc.property(groups(false), (start) => {
        const { group, rounds } = settle(start);
        expect(rounds).toBeLessThanOrEqual(3);
        expect(follow(group, assignTasks(group))).toEqual(group);
        for (const name of namesOf(group)) {
          const task = namesOf(group).filter((other) => taskOf(group, other) === taskOf(group, name));
          const topics = task.map((other) => other.split('/')[0] ?? '');
          const readers = group.members.filter(({ topics: read }) => topics.every((topic) => read.has(topic)));
          expect(group.members.filter(({ owned }) => owned.includes(name)).length).toBe(readers.length > 0 ? 1 : 0);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('gives as many tasks to each member as to any other where all read all, give or take one', () => {
    fc.assert(
      fc.property(groups(true), (start) => {
        const sizes = loads(settle(start).group);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });

  it('leaves nothing with a member that another one with two tasks less could have', () => {
    fc.assert(
      fc.property(groups(false), (start) => {
        const { group } = settle(start);
        for (const from of group.members)
          for (const to of group.members) {
            if (tasksOf(group, from.owned).size - tasksOf(group, to.owned).size < 2) continue;
            for (const task of tasksOf(group, from.owned)) {
              const topics = namesOf(group).filter((name) => taskOf(group, name) === task);
              expect(topics.every((name) => to.topics.has(name.split('/')[0] ?? ''))).toBe(false);
            }
          }
      }),
    );
  });

  it('moves as few tasks as balance allows when members come and go', () => {
    const changes = fc.record({ group: groups(true), stays: fc.subarray(memberIds), joins: fc.nat(3) });
    fc.assert(
      fc.property(changes, ({ group: start, stays, joins }) => {
        const { group } = settle(start);
        const staying = group.members.filter(({ id }) => stays.includes(id));
        const joining = Array.from({ length: joins }, (_, at) => ({
          id: `n${at}`,
          topics: new Set(topicNames),
          owned: [],
        }));
        if (staying.length + joins === 0) return;
        const changed = { ...group, members: [...staying, ...joining] };
        const total = tasksOf(group, namesOf(group)).size;
        const members = changed.members.length;
        const most = Math.ceil(total / members);
        const withMost = total % members === 0 ? members : total % members;
        const sizes = loads(changed);
        // Whoever has more than the largest share must give; of those with the largest share only so many may keep it.
        const over = sizes.reduce((sum, size) => sum + Math.max(0, size - most), 0);
        const tooMany = Math.max(0, sizes.filter((size) => size >= most).length - withMost);
        const { assigned } = assignTasks(changed);
        const moved = changed.members.reduce(
          (sum, { id, owned }) => sum + [...tasksOf(changed, owned)].filter((task) => !tasksOf(changed, assigned.get(id) ?? []).has(task)).length,
          0,
        ); // prettier-ignore
        expect(moved).toBe(over + tooMany);
      }),
      { numRuns: 300 },
    );
  });

  it('does not care in which order members stand', () => {
    fc.assert(
      fc.property(groups(false), fc.infiniteStream(fc.nat(1000)), (group, numbers) => {
        const key = new Map(group.members.map(({ id }) => [id, numbers.next().value as number]));
        const shuffled = group.members.toSorted((a, b) => (key.get(a.id) as number) - (key.get(b.id) as number));
        const sorted = ({ assigned, moving }: TaskAssignment) => ({ moving, assigned: Object.fromEntries(assigned) });
        expect(sorted(assignTasks({ ...group, members: shuffled }))).toEqual(sorted(assignTasks(group)));
      }),
    );
  });

  it('spreads the tasks of each kind of topic over the members', () => {
    const member = (id: string) => ({ id, topics: new Set(['orders', 'clicks']), owned: [] });
    const partitions = new Map([['orders', 4], ['clicks', 4]]); // prettier-ignore
    const { assigned } = assignTasks({ members: [member('x'), member('y')], partitions, coPartitioned: [] });
    for (const names of assigned.values()) expect(names.filter((name) => name.startsWith('clicks/')).length).toBe(2);
  });
});

import type { TopicPartition } from '@headrace/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assign } from './assign.ts';
import type { Candidate } from './assign.ts';

interface Named extends Candidate {
  readonly name: string;
}

function member(name: string, topics: readonly string[] = ['t']): Named {
  return { name, wants: (partition) => topics.includes(partition.split('/')[0] as string) };
}

function partitionsOf(topic: string, count: number): TopicPartition[] {
  return Array.from({ length: count }, (_, number): TopicPartition => `${topic}/${number}`);
}

function named(target: ReadonlyMap<TopicPartition, Named>): Record<string, string> {
  return Object.fromEntries([...target].map(([partition, { name }]) => [partition, name]));
}

describe('assign', () => {
  it('goes round the members', () => {
    const members = [member('a'), member('b')];
    expect(named(assign(partitionsOf('t', 5), members, new Map()))).toEqual({
      't/0': 'a',
      't/1': 'b',
      't/2': 'a',
      't/3': 'b',
      't/4': 'a',
    });
  });

  it('moves no more than it must when a member comes', () => {
    const [a, b] = [member('a'), member('b')];
    const before = assign(partitionsOf('t', 4), [a], new Map());
    expect(named(assign(partitionsOf('t', 4), [a, b], before))).toEqual({
      't/0': 'a',
      't/1': 'a',
      't/2': 'b',
      't/3': 'b',
    });
  });

  it('gives a member only what it wants, and leaves out what nobody wants', () => {
    const members = [member('a', ['t']), member('b', ['u'])];
    const partitions = [...partitionsOf('t', 2), ...partitionsOf('u', 1), ...partitionsOf('v', 1)];
    expect(named(assign(partitions, members, new Map()))).toEqual({ 't/0': 'a', 't/1': 'a', 'u/0': 'b' });
  });

  it('keeps every partition at most one apart in number, and moves only what balance needs', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 20, maxLength: 20 }),
        fc.integer({ min: 1, max: 5 }),
        (count, owners, size) => {
          const everyone = Array.from({ length: 5 }, (_, index) => member(String(index)));
          const members = everyone.slice(0, size);
          const partitions = partitionsOf('t', count);
          const current = new Map(partitions.map((partition, index) => [partition, everyone[owners[index]!]!]));
          const target = assign(partitions, members, current);
          expect([...target.keys()].sort()).toEqual([...partitions].sort());
          const counts = members.map((one) => [...target.values()].filter((owner) => owner === one).length);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
          // A partition moves from a member that stays only where that member had more than its share.
          const share = Math.ceil(count / size);
          for (const one of members) {
            const had = partitions.filter((partition) => current.get(partition) === one);
            const kept = had.filter((partition) => target.get(partition) === one);
            expect(kept.length).toBeGreaterThanOrEqual(Math.min(had.length, share - 1));
          }
        },
      ),
    );
  });
});

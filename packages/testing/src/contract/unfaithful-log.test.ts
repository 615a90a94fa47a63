import type { Columns, Log, Membership, SplitReader, TopicPartition } from '@headrace/core';
import { describe, expect, it } from 'vitest';
import { InMemoryLog } from '../log/in-memory-log.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { logContract } from './log-contract.ts';

/** Breaks one promise of a Log. */
type Breach = (log: InMemoryLog) => Partial<Log>;

const breaches: readonly (readonly [string, string, Breach])[] = [
  [
    'swaps rows of one append',
    'keeps the order of each partition',
    (log) => ({
      append: (topic, partitions, records) =>
        log.append(topic, Int32Array.from(partitions).reverse(), reversed(records)),
    }),
  ],
  [
    'begins again at the start',
    'goes on at a position',
    (log) => ({ reader: (partition) => log.reader(partition, 'earliest') }),
  ],
  [
    'forgets headers',
    'gives back null and empty keys and values, and headers as they were',
    (log) => ({
      append: (topic, partitions, records) =>
        log.append(topic, partitions, {
          ...records,
          headers: { kind: 'objects', items: Array(records.count).fill(null) },
        }),
    }),
  ],
  [
    'reads empty bytes for null',
    'gives back null and empty keys and values, and headers as they were',
    (log) => ({
      append: (topic, partitions, records) =>
        log.append(topic, partitions, { ...records, keys: withoutNulls(records) }),
    }),
  ],
  [
    'takes the latest for the earliest',
    'starts at the earliest record, after the latest, or at a timestamp',
    (log) => ({ reader: (partition, at) => log.reader(partition, at === 'latest' ? 'earliest' : at) }),
  ],
  [
    'gives more than it is asked for',
    'keeps the order of each partition',
    (log) => ({ reader: (partition, at) => greedy(log.reader(partition, at)) }),
  ],
  [
    'passes over what is gone without a word',
    'refuses a position that is gone, or goes on where it is told to',
    (log) => ({ reader: (partition, at) => log.reader(partition, at, { onOutOfRange: 'earliest' }) }),
  ],
  [
    'does not listen where to go on',
    'refuses a position that is gone, or goes on where it is told to',
    (log) => ({ reader: (partition, at) => log.reader(partition, at) }),
  ],
  [
    'says that it has reached the end long before',
    'says where a partition ends',
    (log) => ({ reader: (partition, at) => farSighted(log.reader(partition, at)) }),
  ],
  [
    'ends where there is nothing yet',
    'finds an empty partition idle',
    (log) => {
      const bounded = log.open({ bounded: true });
      return { reader: (partition, at) => bounded.reader(partition, at) };
    },
  ],
  [
    'drops the metadata of commits',
    'remembers what is committed, with its metadata',
    (log) => ({
      committed: async (partitions) =>
        new Map(
          [...(await log.committed(partitions))].map(([partition, { offset }]) => [
            partition,
            { offset, metadata: '' },
          ]),
        ),
    }),
  ],
  [
    'lets everybody commit everything',
    'keeps a member from committing what it does not own',
    (log) => {
      const seen = new Map<string, { offset: number; metadata: string }>();
      return {
        join: async (topics, on): Promise<Membership> => {
          const member = await log.join(topics, on);
          const commit: Membership['commit'] = async (at) => at.forEach((one) => seen.set(one.partition, one));
          return { commit, leave: () => member.leave() };
        },
        committed: async (partitions) =>
          new Map(
            partitions.flatMap((partition) => {
              const commit = seen.get(partition);
              return commit === undefined ? [] : [[partition, { offset: commit.offset, metadata: commit.metadata }]];
            }),
          ),
      };
    },
  ],
  [
    'accepts commits after the end',
    'keeps a member from committing after it has left',
    (log) => ({
      join: async (topics, on): Promise<Membership> => {
        const member = await log.join(topics, on);
        return { commit: async () => undefined, leave: () => member.leave() };
      },
    }),
  ],
  [
    'gives partitions on before they were given back',
    'lets a member commit before it gives a partition back',
    (log) => ({
      join: (topics, on) =>
        log.join(topics, {
          assigned: (partitions) => on.assigned(partitions),
          revoking: async (partitions, signal) => void on.revoking(partitions, signal),
          lost: (partitions) => on.lost(partitions),
          failed: (error) => on.failed(error),
        }),
    }),
  ],
  [
    'takes away everything and gives some of it back',
    'takes from a member only what another gets, and leaves it the rest meanwhile',
    (log) => ({
      join: (topics, on) => {
        const owned = new Set<TopicPartition>();
        return log.join(topics, {
          assigned(partitions) {
            for (const partition of partitions) owned.add(partition);
            on.assigned(partitions);
          },
          revoking: (_partitions, signal) => on.revoking([...owned], signal),
          lost: (partitions) => on.lost(partitions),
          failed: (error) => on.failed(error),
        });
      },
    }),
  ],
  [
    'takes partitions away without a question',
    'lets a member commit before it gives a partition back',
    (log) => ({
      join: (topics, on) =>
        log.join(topics, {
          assigned: (partitions) => on.assigned(partitions),
          revoking: async (partitions) => on.lost(partitions),
          lost: (partitions) => on.lost(partitions),
          failed: (error) => on.failed(error),
        }),
    }),
  ],
  ['makes topics up', 'says which topic it does not know', () => ({ partitions: async () => 3 })],
];

describe('the contract of a Log', () => {
  it.each(breaches)('notices a Log that %s', async (_name, scenario, breach) => {
    const { run } = harnessOf(breach).find(({ name }) => name === scenario)!;
    await expect(run()).rejects.toThrow();
  });
});

function harnessOf(breach: Breach) {
  return logContract(async () => {
    const clock = new VirtualClock();
    const log = new InMemoryLog({ clock });
    const broken = breach(log);
    let going = true;
    const tick = (): void => {
      clock.advance(1);
      if (going) setImmediate(tick);
    };
    setImmediate(tick);
    return {
      log: new Proxy<Log>(log, {
        get: (target, name) => (broken as Record<PropertyKey, unknown>)[name] ?? bound(target, name),
      }),
      createTopic: async (name, partitions) => log.createTopic(name, partitions),
      deleteBefore: async (partition, offset) => log.truncate(partition, offset),
      close: async () => {
        going = false;
        await log.close();
      },
    };
  });
}

function bound(target: Log, name: PropertyKey): unknown {
  const member: unknown = Reflect.get(target, name, target);
  return typeof member === 'function' ? member.bind(target) : member;
}

function reversed(columns: Columns): Columns {
  if (columns.values.kind !== 'bytes') return columns;
  const { starts, ends } = columns.values;
  return { ...columns, values: { ...columns.values, starts: starts.toReversed(), ends: ends.toReversed() } };
}

function withoutNulls(columns: Columns): Columns['keys'] {
  if (columns.keys.kind !== 'bytes') return columns.keys;
  const cut = (at: Int32Array): Int32Array => at.map((place) => Math.max(0, place));
  return { ...columns.keys, starts: cut(columns.keys.starts), ends: cut(columns.keys.ends) };
}

function farSighted(reader: InstanceType<typeof InMemoryLog>['readers'][number]): SplitReader {
  return {
    read: (limit, signal) => reader.read(limit, signal),
    progress: () => ({ ...reader.progress(), end: 0 }),
    close: () => reader.close(),
  };
}

function greedy(reader: SplitReader): SplitReader {
  return {
    read: (limit, signal) => reader.read({ ...limit, records: 1000 }, signal),
    close: () => reader.close(),
  };
}

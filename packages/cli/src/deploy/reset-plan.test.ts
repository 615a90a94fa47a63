import { checkTopology, type StartAt, type TopicPartition } from '@headrace/core';
import type { KafkaAdmin } from '@headrace/kafka';
import { describe, expect, it } from 'vitest';
import { commandRegistry } from '../read-topology.ts';
import { movesOf, scopeOfReset } from './reset-plan.ts';

const text = `{
  "headrace": 1,
  "name": "shop",
  "clusters": { "main": { "brokers": ["localhost:9092"] } },
  "sources": {
    "orders": { "type": "kafka", "topic": "orders", "value": "json", "start": { "1": 20, "9": 5 } },
    "clicks": { "type": "kafka", "topic": "clicks", "value": "json", "start": "latest" }
  },
  "sinks": { "out": { "type": "drop", "input": ["orders", "clicks"] } }
}`;
const options = { registry: commandRegistry(), readFile: () => '', env: {}, set: {}, purpose: 'run' as const };
const { graph } = checkTopology({ file: 'topology.json', text }, options);

/** Topics of two partitions, each of which holds the offsets 10 to 30. */
const admin = {
  groups: { positions: async () => new Map<TopicPartition, number>([['orders/0', 15]]) },
  partitions: async (topic: string) => [`${topic}/0`, `${topic}/1`],
  offsets: async (partitions: readonly TopicPartition[], at: StartAt) =>
    new Map(partitions.map((name) => [name, at === 'latest' ? 30 : 10])),
  ranges: async (partitions: readonly TopicPartition[]) =>
    new Map(partitions.map((name) => [name, { low: 10, high: 30 }])),
} as unknown as KafkaAdmin;

describe('a reset to the start', () => {
  it('moves a partition to the offset that its source names, and the others to where it begins', async () => {
    const destination = { to: 'start' } as const;
    const moves = await movesOf(admin, 'shop', scopeOfReset(graph!, [], destination), destination);
    expect(moves.map(({ partition, from, to }) => [partition, from, to])).toEqual([
      ['orders/0', 15, 10],
      ['orders/1', null, 20],
      ['clicks/0', null, 30],
      ['clicks/1', null, 30],
    ]);
  });

  it('refuses an offset that the partition does not have', async () => {
    const far = checkTopology({ file: 'topology.json', text: text.replace('"1": 20', '"1": 31') }, options).graph!;
    const destination = { to: 'start' } as const;
    await expect(movesOf(admin, 'shop', scopeOfReset(far, [], destination), destination)).rejects.toThrow(
      'orders/1 has offsets from 10 to 30, and not 31.',
    );
  });
});

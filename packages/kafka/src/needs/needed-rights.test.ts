import { describe, expect, it } from 'vitest';
import type { ClusterNeeds, NeededTopic } from './cluster-needs.ts';
import { formatRights, rightsCommands } from './format-rights.ts';
import { neededRights } from './needed-rights.ts';

const nothing: Omit<NeededTopic, 'topic'> = { readBy: [], writtenBy: [], deadLetters: false, create: null };
const create = { partitions: 3, replication: null, config: { 'retention.ms': '1' } };
const needs: ClusterNeeds = {
  topology: 'shop',
  group: 'shop',
  topics: [
    { ...nothing, topic: 'orders', readBy: ['orders'] },
    { ...nothing, topic: 'out', writtenBy: ['out'], create },
    { ...nothing, topic: 'dlq', deadLetters: true },
  ],
  patterns: [],
  subjects: [],
};
const rows = (given: Partial<ClusterNeeds>): string[] =>
  neededRights({ ...needs, ...given }).map(
    (right) => `${right.for}: ${right.operation} ${right.resource} ${right.name} ${right.pattern}`,
  );

describe('neededRights', () => {
  it('lists what a run needs, and what each verb needs beside that', () => {
    expect(rows({})).toEqual([
      'run: Read Topic orders literal',
      'run: Write Topic out literal',
      'run: Write Topic dlq literal',
      'run: Read Group shop literal',
      'run --bounded: Read Group shop-bounded- prefixed',
      'plan --online: DescribeConfigs Topic out literal',
      'apply: Create Topic out literal',
      'apply: Create Topic dlq literal',
      'delete: Delete Group shop literal',
      'delete: Delete Topic out literal',
    ]);
  });

  it('lists no right twice, and none where there is no Kafka', () => {
    expect(new Set(rows({})).size).toBe(rows({}).length);
    expect(rows({ group: null, topics: [] })).toEqual([]);
  });

  it.each([
    [/^orders-\d+$/, 'orders- prefixed'],
    [/^shop\.orders\..*/, 'shop.orders. prefixed'],
    [/^orders?/, 'order prefixed'],
    [/^a\.?b/, 'a prefixed'],
    [/^orders|^returns/, '* literal'],
    [/orders/, '* literal'],
    [/^.*orders/, '* literal'],
    [/^orders/i, '* literal'],
    [/^(?:orders-.*)$/, 'orders- prefixed'],
    [/^(?:orders|returns)$/, '* literal'],
  ])('asks for %s only what every name that it matches begins with', (pattern, expected) => {
    const patterns = [{ pattern, readBy: 'orders' }];
    expect(rows({ group: null, topics: [], patterns })).toEqual([`run: Read Topic ${expected}`]);
  });
});

describe('rightsCommands', () => {
  it('writes one line for each resource and purpose, quoted for a shell', () => {
    const text = rightsCommands(neededRights(needs), { principal: "User:CN=o'neil, O=shop", brokers: ['a:1', 'b:2'] });
    const command = `kafka-acls --bootstrap-server a:1,b:2 --add --allow-principal 'User:CN=o'\\''neil, O=shop'`;
    expect(text.split('\n').slice(0, 7)).toEqual([
      '# for run',
      `${command} --operation Read --topic orders`,
      `${command} --operation Write --topic out`,
      `${command} --operation Write --topic dlq`,
      `${command} --operation Read --group shop`,
      '# for run --bounded',
      `${command} --operation Read --group shop-bounded- --resource-pattern-type prefixed`,
    ]);
  });
});

describe('formatRights', () => {
  it('writes a table', () => {
    const [, first, second] = neededRights({ ...needs, patterns: [{ pattern: /^a-/, readBy: 'x' }] });
    expect(formatRights([first, second].flatMap((right) => right ?? []))).toBe(
      ['  operation  on     name  for', '  Read       Topic  a-…   run', '  Write      Topic  out   run'].join('\n'),
    );
    expect(formatRights([])).toMatch(/^no rights are needed/);
  });
});

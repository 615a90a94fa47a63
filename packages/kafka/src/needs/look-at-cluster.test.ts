import { parseSchema, RegistryError } from '@headrace/avro';
import { HeadraceError, type SchemaRegistry, type TopicPartition } from '@headrace/core';
import { describe, expect, it } from 'vitest';
import type { FoundSettings, FoundTopic } from '../admin/found-topic.ts';
import type { ClusterNeeds, NeededTopic } from './cluster-needs.ts';
import { isFine } from './cluster-report.ts';
import { formatReport } from './format-report.ts';
import { lookAtCluster, type ClusterView } from './look-at-cluster.ts';

interface Cluster {
  readonly topics?: Readonly<Record<string, FoundTopic>>;
  readonly settings?: FoundSettings;
  readonly positions?: ReadonlyMap<TopicPartition, number>;
  readonly members?: number;
  readonly isClosed?: boolean;
}

/** A cluster as it is described; every partition has the offsets 10 to 20. */
function view({ topics = {}, settings, positions = new Map(), members = 0, isClosed = false }: Cluster): ClusterView {
  const sizeOf = (topic: string): number => {
    const found = topics[topic];
    return found?.state === 'there' ? found.partitions : 0;
  };
  const names = Object.keys(topics);
  return {
    topics: {
      brokers: () => Promise.resolve(3),
      find: (wanted) => Promise.resolve(new Map(wanted.map((name) => [name, topics[name] ?? { state: 'missing' }]))),
      settings: () => Promise.resolve(settings ?? { values: new Map(), right: null }),
      matching: (pattern) => Promise.resolve(names.filter((name) => pattern.test(name))),
    },
    groups: {
      describe: () =>
        isClosed
          ? Promise.reject(new HeadraceError('KAFKA_NOT_ALLOWED', 'no'))
          : Promise.resolve({ state: 'Empty', members: Array(members).fill({ clientId: 'a', host: 'b' }) }),
      positions: () => Promise.resolve(positions),
    },
    partitions: (topic) =>
      Promise.resolve(Array.from({ length: sizeOf(topic) }, (_, i): TopicPartition => `${topic}/${i}`)),
    ranges: (asked) => Promise.resolve(new Map(asked.map((name) => [name, { low: 10, high: 20 }]))),
  };
}

const there = (partitions: number): FoundTopic => ({ state: 'there', partitions, replication: 1, isServed: true });
const nothing: Omit<NeededTopic, 'topic'> = { readBy: [], writtenBy: [], deadLetters: false, create: null };
const create = { partitions: 6, replication: null, config: { 'retention.ms': '5' } };
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
const noRegistry = (): never => {
  throw new Error('No subject is needed.');
};
const textOf = async (cluster: Cluster, given: Partial<ClusterNeeds> = {}): Promise<string> =>
  formatReport(await lookAtCluster(view(cluster), { ...needs, ...given }, noRegistry));

describe('lookAtCluster', () => {
  it('finds everything fine where it is', async () => {
    const settings: FoundSettings = { values: new Map([['retention.ms', { value: '5', isOwn: true }]]), right: null };
    const positions = new Map<TopicPartition, number>([
      ['orders/0', 10],
      ['orders/1', 20],
      ['elsewhere/0', 0],
    ]);
    const topics = { orders: there(4), out: there(6), dlq: there(1) };
    const report = await lookAtCluster(view({ topics, settings, positions, members: 2 }), needs, noRegistry);
    expect(isFine(report)).toBe(true);
    expect(formatReport(report)).toBe(
      `what it needs of the cluster, which has 3 brokers
  topic  orders  fine  read by "orders"; 4 partitions, replication 1
  topic  out     fine  written by "out"; 6 partitions, replication 1
  topic  dlq     fine  dead letters; 1 partition, replication 1
  group  shop    fine  2 members; 2 of 4 partitions have a position`,
    );
  });

  it('says what is missing and who makes it', async () => {
    expect(await textOf({})).toBe(
      `what it needs of the cluster, which has 3 brokers
  topic  orders  missing  read by "orders"; whoever fills it makes it
  topic  out     missing  written by "out"; "headrace apply" makes it with 6 partitions, retention.ms=5
  topic  dlq     missing  dead letters; "headrace apply" makes it with the broker's defaults
  group  shop    fine     no member; 0 of 0 partitions have a position`,
    );
  });

  it('says what differs, and which positions do not exist any more', async () => {
    const settings: FoundSettings = { values: new Map([['retention.ms', { value: '7', isOwn: false }]]), right: null };
    const positions = new Map<TopicPartition, number>([
      ['orders/0', 9],
      ['orders/1', 21],
      ['orders/2', 15],
    ]);
    const cluster = { topics: { orders: there(3), out: there(4), dlq: there(1) }, settings, positions };
    expect((await textOf(cluster)).split('\n').slice(2)).toEqual([
      '  topic  out     differs  written by "out"; 4 partitions, replication 1',
      '    partitions is 4, not 6',
      '    retention.ms is 7, not 5',
      '  topic  dlq     fine     dead letters; 1 partition, replication 1',
      '  group  shop    differs  no member; 3 of 3 partitions have a position',
      '    position of orders/0 is 9, not 10 to 20',
      '    position of orders/1 is 21, not 10 to 20',
    ]);
  });

  it('says which right is missing to see something, and goes on', async () => {
    const topics = {
      orders: { state: 'refused', right: 'Describe on topic "orders"' },
      out: there(6),
      dlq: there(1),
    } as const;
    const settings: FoundSettings = { values: null, right: 'DescribeConfigs on topic "out"' };
    const report = await lookAtCluster(view({ topics, settings, isClosed: true }), needs, noRegistry);
    expect(report.items.map(({ state }) => state)).toEqual(['refused', 'refused', 'fine', 'refused']);
    expect(isFine(report)).toBe(false);
    expect(
      formatReport(report)
        .split('\n')
        .filter((line) => line.includes('missing')),
    ).toEqual([
      '    the right that is missing to see it: Describe on topic "orders"',
      '    the right that is missing to see it: DescribeConfigs on topic "out"',
      '    the right that is missing to see it: Read on group "shop"',
    ]);
  });

  it('lists the topics that a pattern matches', async () => {
    const patterns = [{ pattern: /^a-/, readBy: 'all' }];
    const names = Array.from({ length: 7 }, (_, i) => [`a-${i}`, there(2)] as const);
    const given = { topics: [], patterns };
    expect((await textOf({ topics: Object.fromEntries(names) }, given)).split('\n').slice(1)).toEqual([
      '  pattern  ^a-   fine  read by "all"; a-0, a-1, a-2, a-3, a-4 and 2 more',
      '  group    shop  fine  no member; 0 of 14 partitions have a position',
    ]);
    expect(await textOf({}, given)).toMatch(/pattern {2}\^a- {3}missing {2}read by "all"; no topic has such a name/);
  });

  it('says which subjects hold what is written, and asks the registry only where some are needed', async () => {
    const schema = parseSchema({ type: 'record', name: 'Out', fields: [{ name: 'n', type: 'long' }] });
    const lacks = new RegistryError('SUBJECT_NOT_FOUND', 'GET /', 'there is none');
    let open = 0;
    const schemas = {
      lookUp: (subject: string) =>
        subject === 'a-value' ? Promise.resolve({ id: 7, version: 1 }) : Promise.reject(lacks),
      versions: () => Promise.reject(lacks),
      close: () => void (open -= 1),
    } as unknown as SchemaRegistry;
    const encoding = { codec: 'avro', options: {}, schema };
    const subject = (name: string, register: boolean) => {
      const frame = { subjects: [name], register };
      return { subject: name, node: 'out', part: 'value', encoding: { ...encoding, frame }, register } as const;
    };
    const subjects = [subject('a-value', false), subject('b-value', false), subject('c-value', true)];
    const report = await lookAtCluster(view({}), { ...needs, topics: [], group: null, subjects }, () => {
      open += 1;
      return schemas;
    });
    expect(open).toBe(0);
    expect(formatReport(report).split('\n').slice(1)).toEqual([
      '  subject  a-value  fine     schema of the values of "out"; its id is 7',
      '  subject  b-value  missing  schema of the values of "out"; "headrace apply" registers it',
      '  subject  c-value  missing  schema of the values of "out"; "headrace apply" registers it, and a run does',
    ]);
  });

  it('needs nothing where nothing is needed', async () => {
    expect(await textOf({}, { topics: [], group: null })).toBe(
      'what it needs of the cluster, which has 3 brokers: nothing',
    );
  });
});

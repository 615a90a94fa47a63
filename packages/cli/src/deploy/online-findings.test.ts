import { checkTopology, formatFinding } from '@headrace/core';
import type { ClusterReport, GroupReport, TopicReport } from '@headrace/kafka';
import { describe, expect, it } from 'vitest';
import { commandRegistry } from '../read-topology.ts';
import { onlineFindings } from './online-findings.ts';

const text = `{
  "headrace": 1,
  "name": "shop",
  "clusters": { "main": { "brokers": ["localhost:9092"] } },
  "run": { "onError": { "decode": "deadLetter" }, "deadLetter": { "topic": "dlq" } },
  "sources": {
    "orders": { "type": "kafka", "topics": ["orders"], "value": "json" },
    "clicks": { "type": "kafka", "pattern": "clicks-.*", "value": "json", "onOutOfRange": "earliest" }
  },
  "sinks": {
    "out": { "type": "kafka", "input": "orders", "topic": "out", "create": { "partitions": 6 } }
  }
}`;
const options = { registry: commandRegistry(), readFile: () => '', env: {}, set: {}, purpose: 'run' as const };
const { graph, locate } = checkTopology({ file: 'topology.json', text }, options);

const topic = (change: Partial<TopicReport>): TopicReport => ({
  kind: 'topic',
  name: 'orders',
  uses: '',
  nodes: ['orders'],
  isOwn: false,
  create: null,
  state: 'fine',
  partitions: null,
  replication: null,
  differences: [],
  right: null,
  ...change,
});
const out = { name: 'out', nodes: ['out'], isOwn: true } as const;
const group: GroupReport = {
  kind: 'group',
  name: 'shop',
  state: 'fine',
  members: 0,
  committed: 0,
  partitions: 0,
  differences: [],
  right: null,
};

function found(...items: ClusterReport['items']): string[] {
  if (graph === null) throw new Error('The topology is not valid.');
  const findings = locate(onlineFindings({ topology: 'shop', brokers: 1, items }, graph));
  return findings.map((finding) => formatFinding(finding).split('\n')[0] as string);
}

describe('findings of a look at the cluster', () => {
  it('are none where everything is fine', () => {
    expect(found(topic({}), topic(out), group)).toEqual([]);
  });

  it('point at the option that names the topic, in the order of the file', () => {
    const state = 'missing';
    const letters = topic({ name: 'dlq', nodes: [], isOwn: true, state });
    expect(found(topic({ ...out, state }), topic({ state }), letters)).toEqual([
      'topology.json:5:76 error TOPIC_MISSING  run.deadLetter.topic: the cluster has no topic "dlq". Let "headrace apply" make it.',
      'topology.json:7:44 error TOPIC_MISSING  sources.orders.topics: the cluster has no topic "orders". Create it, or correct the name.',
      'topology.json:11:59 error TOPIC_MISSING  sinks.out.topic: the cluster has no topic "out". Let "headrace apply" make it.',
    ]);
  });

  it('point at the codec whose schema a subject lacks, unless a run registers it', () => {
    const lacks = {
      kind: 'subject',
      name: 'out-value',
      nodes: ['out'],
      part: 'value',
      state: 'missing',
      id: null,
    } as const;
    expect(found({ ...lacks, register: true }, { ...lacks, state: 'fine', id: 7, register: false })).toEqual([]);
    expect(found({ ...lacks, register: false })).toEqual([
      'topology.json:11:22 error SUBJECT_LACKS_SCHEMA  sinks.out.type: the subject "out-value" of the registry does not hold the schema that is written here. Let "headrace apply" register it, or write "register": true.',
    ]);
  });

  it('say what differs, what may not be seen and which positions are gone', () => {
    const differs = { state: 'differs', differences: [{ setting: 'partitions', wanted: '6', found: '4' }] } as const;
    const gone = {
      state: 'differs',
      differences: [{ setting: 'position of orders/0', wanted: '5 to 9', found: '2' }],
    } as const;
    const refused = topic({ state: 'refused', right: 'Describe on topic "orders"' });
    expect(found(topic({ ...out, ...differs }), refused, { ...group, ...gone })).toEqual([
      'topology.json:3:11 error POSITION_GONE  name: the group "shop" has positions that do not exist any more: position of orders/0 is 2, not 5 to 9. Move it with "headrace reset".',
      'topology.json:7:44 warning NOT_VISIBLE  sources.orders.topics: the topic "orders" may not be looked at. The right that is missing: Describe on topic "orders".',
      'topology.json:11:76 warning TOPIC_DIFFERS  sinks.out.create: the topic "out" is not as "create" wants it: partitions is 4, not 6.',
    ]);
  });

  it('warn of positions that are gone where their source goes on elsewhere', () => {
    const gone = (partition: `${string}/${number}`) =>
      ({ setting: `position of ${partition}`, wanted: '5 to 9', found: '2', partition }) as const;
    const differences = [gone('orders/0'), gone('clicks-eu/1'), gone('clicks-us/0')];
    expect(found({ ...group, state: 'differs', differences })).toEqual([
      'topology.json:3:11 error POSITION_GONE  name: the group "shop" has positions that do not exist any more: position of orders/0 is 2, not 5 to 9. Move it with "headrace reset".',
      'topology.json:3:11 warning POSITION_GONE  name: the group "shop" has positions that do not exist any more: position of clicks-eu/1 is 2, not 5 to 9, position of clicks-us/0 is 2, not 5 to 9. A run goes on at the earliest, as "onOutOfRange" says.',
    ]);
  });
});

import { builtInComponents, checkTopology, createRegistry } from '@headrace/core';
import { describe, expect, it } from 'vitest';
import { kafkaComponents } from '../components.ts';
import { clusterNeeds, isOwnTopic, usesOf, type ClusterNeeds } from './cluster-needs.ts';

const registry = createRegistry([...builtInComponents, ...kafkaComponents]);

function needsOf(topology: object): ClusterNeeds {
  const text = JSON.stringify({ headrace: 1, name: 'shop', ...topology });
  const options = { registry, readFile: () => '', env: {}, set: {}, purpose: 'validate' as const };
  const { graph, findings } = checkTopology({ file: 'topology.json', text }, options);
  if (graph === null) throw new Error(JSON.stringify(findings));
  return clusterNeeds(graph);
}

const orders = { type: 'kafka', topic: 'orders', value: 'json' };

describe('clusterNeeds', () => {
  it('names every topic once with who reads and writes it, and the group', () => {
    const needs = needsOf({
      group: 'shop-v2',
      run: { onError: { decode: 'deadLetter' }, deadLetter: { topic: 'shop-dlq' } },
      sources: { orders, more: { type: 'kafka', topics: ['b', 'a'], value: 'json' } },
      sinks: {
        first: { type: 'kafka', input: 'orders', topic: 'out' },
        second: {
          type: 'kafka',
          input: 'more',
          topic: 'out',
          create: { partitions: 6, config: { 'retention.ms': 1000, 'cleanup.policy': 'compact' } },
        },
      },
    });
    expect(needs.group).toBe('shop-v2');
    const create = {
      partitions: 6,
      replication: null,
      config: { 'retention.ms': '1000', 'cleanup.policy': 'compact' },
    };
    const nothing = { readBy: [], writtenBy: [], deadLetters: false, create: null };
    expect(needs.topics).toEqual([
      { ...nothing, topic: 'orders', readBy: ['orders'] },
      { ...nothing, topic: 'b', readBy: ['more'] },
      { ...nothing, topic: 'a', readBy: ['more'] },
      { ...nothing, topic: 'out', writtenBy: ['first', 'second'], create },
      { ...nothing, topic: 'shop-dlq', deadLetters: true },
    ]);
    expect(needs.topics.map(isOwnTopic)).toEqual([false, false, false, true, true]);
    expect(needs.topics.map(usesOf)).toEqual([
      'read by "orders"',
      'read by "more"',
      'read by "more"',
      'written by "first", "second"',
      'dead letters',
    ]);
  });

  it('needs no group where no source reads Kafka, and nothing at all without Kafka', () => {
    const generated = { type: 'generate', count: 1, select: { n: 'index' } };
    const collecting = needsOf({
      sources: { generated },
      sinks: { out: { type: 'kafka', input: 'generated', topic: 'out', value: 'json' } },
    });
    expect(collecting).toMatchObject({ group: null, topics: [{ topic: 'out', writtenBy: ['out'] }] });
    const alone = needsOf({ sources: { generated }, sinks: { out: { type: 'drop', input: 'generated' } } });
    expect(alone).toEqual({ topology: 'shop', group: null, topics: [], patterns: [], subjects: [] });
  });
});

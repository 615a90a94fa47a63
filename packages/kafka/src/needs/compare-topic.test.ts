import { describe, expect, it } from 'vitest';
import type { FoundSettings, FoundTopic } from '../admin/found-topic.ts';
import type { NeededTopic } from './cluster-needs.ts';
import { compareTopic } from './compare-topic.ts';

const there: FoundTopic = { state: 'there', partitions: 4, replication: 3, isServed: true };
const needed = (create: NeededTopic['create']): NeededTopic => ({
  topic: 'out',
  readBy: [],
  writtenBy: ['out'],
  deadLetters: false,
  create,
});
const settings = (entries: Record<string, string | null>): FoundSettings => ({
  values: new Map(Object.entries(entries).map(([name, value]) => [name, { value, isOwn: true }])),
  right: null,
});
const none = settings({});

describe('compareTopic', () => {
  it('compares nothing that is not written', () => {
    expect(compareTopic(needed(null), there, none).state).toBe('fine');
    expect(compareTopic(needed({ partitions: null, replication: null, config: {} }), there, none).state).toBe('fine');
  });

  it('says which settings differ, what is wanted and what is there', () => {
    const wanted = { partitions: 6, replication: 1, config: { 'retention.ms': '5', 'no.such': 'x', kept: 'a' } };
    expect(compareTopic(needed(wanted), there, settings({ 'retention.ms': '7', kept: 'a' }))).toEqual({
      state: 'differs',
      differences: [
        { setting: 'partitions', wanted: '6', found: '4' },
        { setting: 'replication', wanted: '1', found: '3' },
        { setting: 'retention.ms', wanted: '5', found: '7' },
        { setting: 'no.such', wanted: 'x', found: null },
      ],
      right: null,
    });
  });

  it.each([
    ['0.50', '0.5'],
    ['1e3', '1000'],
    ['+5', '5'],
    ['True', 'true'],
    ['compact, delete', 'compact,delete'],
    [' lz4', 'lz4'],
  ])('takes %j and %j for the same', (wanted, value) => {
    const create = { partitions: null, replication: null, config: { setting: wanted } };
    expect(compareTopic(needed(create), there, settings({ setting: value })).state).toBe('fine');
  });

  it.each([
    ['9223372036854775807', '9223372036854775806'],
    ['delete,compact', 'compact,delete'],
    ['lz4', 'LZ4'],
  ])('takes %j and %j for different', (wanted, value) => {
    const create = { partitions: null, replication: null, config: { setting: wanted } };
    expect(compareTopic(needed(create), there, settings({ setting: value })).state).toBe('differs');
  });

  it('tells a topic that is missing from one that may not be seen, and what keeps its settings from being seen', () => {
    expect(compareTopic(needed(null), { state: 'missing' }, none).state).toBe('missing');
    const hidden = compareTopic(needed(null), { state: 'refused', right: 'Describe on topic "out"' }, none);
    expect(hidden).toEqual({ state: 'refused', differences: [], right: 'Describe on topic "out"' });
    const right = { values: null, right: 'DescribeConfigs on topic "out"' };
    const create = { partitions: 4, replication: null, config: { a: '1' } };
    expect(compareTopic(needed(create), there, right).state).toBe('refused');
    const more = compareTopic(needed({ ...create, partitions: 5 }), there, right);
    expect(more).toMatchObject({ state: 'differs', right: right.right });
    expect(compareTopic(needed({ ...create, config: {} }), there, right).state).toBe('fine');
  });
});

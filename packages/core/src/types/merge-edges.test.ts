import { describe, expect, it } from 'vitest';
import type { EdgeType, KeyIdentity } from './edge-type.ts';
import { dynamic } from './edge-type.ts';
import { mergeEdges } from './merge-edges.ts';

const identity: KeyIdentity = {
  codec: 'string',
  schema: '"string"',
  framing: 'bare',
  partitioner: 'murmur2',
  partitions: 3,
};
const edge: EdgeType = {
  key: { kind: 'string' },
  value: { kind: 'long' },
  kind: 'stream',
  tombstones: false,
  partitionedBy: identity,
  ordered: true,
  scope: 'record',
};

describe('mergeEdges', () => {
  it('keeps what holds on all edges', () => {
    const other = { ...edge, partitionedBy: { ...identity } };
    expect(mergeEdges([edge, other])).toEqual({ edge, difference: null });
  });

  it('loses order and key identity where one edge has lost them, and gains tombstones', () => {
    const other: EdgeType = {
      ...edge,
      ordered: false,
      tombstones: true,
      partitionedBy: { ...identity, partitions: 4 },
    };
    expect(mergeEdges([edge, other]).edge).toEqual({
      ...edge,
      ordered: false,
      tombstones: true,
      partitionedBy: 'unknown',
    });
  });

  it('has the failure in scope only where every edge has', () => {
    const failed: EdgeType = { ...edge, scope: 'error' };
    expect(mergeEdges([failed, failed]).edge?.scope).toBe('error');
    expect(mergeEdges([edge, failed]).edge?.scope).toBe('record');
  });

  it.each([
    ['value', { value: { kind: 'int' } }, 'long', 'int'],
    ['value', { value: dynamic }, 'long', 'dynamic'],
    ['key', { key: null }, 'string', 'none'],
    ['key', { key: { kind: 'long' } }, 'string', 'long'],
    ['kind', { kind: 'table' }, 'stream', 'table'],
  ] as [string, Partial<EdgeType>, string, string][])('says where the %s differs', (on, change, first, other) => {
    expect(mergeEdges([edge, edge, { ...edge, ...change }])).toEqual({
      edge: null,
      difference: { index: 2, on, first, other },
    });
  });
});

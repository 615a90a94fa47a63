import { describe, expect, it } from 'vitest';
import type { EdgeType } from '../types/edge-type.ts';
import { describeGraph } from './describe-graph.ts';
import type { GraphNode, TopologyGraph } from './topology-graph.ts';

const order: EdgeType = {
  key: { kind: 'string' },
  value: { kind: 'record', name: 'Order', fields: [{ name: 'say "hi"', type: { kind: 'long' }, aliases: [] }] },
  kind: 'stream',
  tombstones: false,
  partitionedBy: 'unknown',
  ordered: true,
  scope: 'record',
};
const raw: EdgeType = { ...order, key: null, value: { kind: 'bytes' }, tombstones: true, ordered: false };
const json = { codec: 'json', options: {}, schema: order.value };

const nodes = [
  { id: 'orders', kind: 'source', type: 'kafka', outputs: { out: order, error: raw }, value: json, key: null },
  {
    id: 'end',
    kind: 'operator',
    type: 'branch',
    inputs: [{ node: 'orders', port: 'out' }],
    input: order,
    outputs: { eu: order, us: order, error: order },
  },
  {
    id: 'both',
    kind: 'sink',
    type: 'file',
    inputs: [
      { node: 'end', port: 'eu' },
      { node: 'end', port: 'us' },
    ],
    input: order,
    written: order,
    key: null,
    value: json,
  },
  {
    id: 'bad',
    kind: 'sink',
    type: 'drop',
    inputs: [{ node: 'orders', port: 'error' }],
    input: raw,
    written: raw,
    key: null,
    value: { ...json, codec: 'bytes', schema: raw.value },
  },
] as unknown as GraphNode[];
const graph = { name: 'orders', nodes: new Map(nodes.map((node) => [node.id, node])) } as unknown as TopologyGraph;

describe('describeGraph', () => {
  it('prints a tree with types where they change and shared nodes once', () => {
    expect(describeGraph(graph, 'tree')).toBe(
      [
        'orders',
        'orders  kafka source: Order { say "hi": long }, key string',
        '├─ end  branch',
        '│  ├─ .eu ─ both  file sink as json',
        '│  └─ .us ─ both (above)',
        '└─ .error ─ bad  drop sink as bytes',
      ].join('\n'),
    );
  });

  it('prints Mermaid whose ids are no words of Mermaid and whose labels are escaped', () => {
    const lines = describeGraph(graph, 'mermaid').split('\n');
    expect(lines).toContain('  n_end["end<br/>branch"]');
    expect(lines).toContain('  n_end -->|"eu: Order { say #quot;hi#quot;: long }, key string"| n_both');
  });

  it('prints DOT with every edge and its type', () => {
    const text = describeGraph(graph, 'dot');
    expect(text.startsWith('digraph "orders" {\n')).toBe(true);
    expect(text).toContain('"orders" -> "bad" [label="error: bytes, tombstones, unordered"];');
    expect(text.match(/ -> /g)).toHaveLength(4);
  });

  it('prints JSON for programs', () => {
    const json = JSON.parse(describeGraph(graph, 'json')) as { nodes: unknown[]; edges: unknown[] };
    expect(json.nodes).toHaveLength(4);
    expect(json.edges[1]).toEqual({
      from: 'end',
      port: 'eu',
      to: 'both',
      type: 'Order { say "hi": long }, key string',
    });
  });

  it('says what a topology and its nodes were called before', () => {
    const [source, ...others] = nodes;
    const renamed = { ...source, renamedFrom: 'bestellungen' } as GraphNode;
    const before = {
      ...graph,
      renamedFrom: 'old-orders',
      nodes: new Map([renamed, ...others].map((node) => [node.id, node])),
    };
    const [first, second] = describeGraph(before, 'tree').split('\n');
    expect(first).toBe('orders (renamed from "old-orders")');
    expect(second).toMatch(/^orders \(renamed from "bestellungen"\) {2}kafka source/);
    expect(JSON.parse(describeGraph(before, 'json'))).toMatchObject({
      renamedFrom: 'old-orders',
      nodes: [{ id: 'orders', renamedFrom: 'bestellungen' }, {}, {}, {}],
    });
  });
});

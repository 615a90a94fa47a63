import type { GraphNode } from '@headrace/core';
import type { MetricFamily, MetricsInput, Sample } from './metric-family.ts';

/** The metrics of records and bytes. Every node has its series from the start, so that a rate is right from the first record on. */
export const recordMetrics: readonly MetricFamily[] = [
  {
    name: 'headrace_records_in_total',
    type: 'counter',
    help: 'Records that came into a node.',
    labels: ['node', 'kind'],
    samples: ({ graph, observed }) =>
      [...graph.nodes.values()].map(({ id, kind }) => ({
        labels: { node: id, kind },
        value: observed.records[id]?.['in'] ?? 0,
      })),
  },
  {
    name: 'headrace_records_out_total',
    type: 'counter',
    help: 'Records that left a node by a port, read by another node or not; of a sink those that it refused.',
    labels: ['node', 'kind', 'port'],
    samples: ({ graph, observed }) =>
      [...graph.nodes.values()].flatMap((node) =>
        portsOf(node).map((port) => ({
          labels: { node: node.id, kind: node.kind, port },
          value: observed.records[node.id]?.[port] ?? 0,
        })),
      ),
  },
  {
    name: 'headrace_records_delivered_total',
    type: 'counter',
    help: 'Records that a sink has acknowledged, dead letters included.',
    labels: ['node'],
    samples: ({ graph, observed }) => ofKind(graph, 'sink', (id) => observed.records[id]?.['delivered'] ?? 0),
  },
  {
    name: 'headrace_records_dropped_total',
    type: 'counter',
    help: 'Records that ended at a node: at a port that nobody reads, or for a reason.',
    labels: ['node', 'reason'],
    samples: dropped,
  },
  {
    name: 'headrace_records_failed_total',
    type: 'counter',
    help: 'Records that failed at a node, whatever its policy made of them.',
    labels: ['node'],
    samples: ({ graph, totals }) => ofAll(graph, (id) => totals.failed[id] ?? 0),
  },
  {
    name: 'headrace_records_dead_lettered_total',
    type: 'counter',
    help: 'Records that became dead letters, by the node where they failed.',
    labels: ['node'],
    samples: ({ graph, totals }) => ofAll(graph, (id) => totals.deadLettered[id] ?? 0),
  },
  {
    name: 'headrace_read_bytes_total',
    type: 'counter',
    help: 'Bytes of keys and values that a source has read.',
    labels: ['node'],
    samples: ({ graph, observed }) => ofKind(graph, 'source', (id) => observed.bytes[id] ?? 0),
  },
  {
    name: 'headrace_delivered_bytes_total',
    type: 'counter',
    help: 'Bytes of keys and values that a sink has acknowledged.',
    labels: ['node'],
    samples: ({ graph, observed }) => ofKind(graph, 'sink', (id) => observed.bytes[id] ?? 0),
  },
];

/** Reads one value for each node of a kind. */
export function ofKind(
  graph: MetricsInput['graph'],
  kind: GraphNode['kind'],
  value: (node: string) => number,
): readonly Sample[] {
  return [...graph.nodes.values()]
    .filter((node) => node.kind === kind)
    .map(({ id }) => ({ labels: { node: id }, value: value(id) }));
}

function ofAll(graph: MetricsInput['graph'], value: (node: string) => number): readonly Sample[] {
  return [...graph.nodes.keys()].map((id) => ({ labels: { node: id }, value: value(id) }));
}

function portsOf(node: GraphNode): readonly string[] {
  return Object.keys(node.outputs);
}

function dropped({ graph, totals }: MetricsInput): readonly Sample[] {
  const samples = new Map<string, Sample>();
  const read = new Set(
    [...graph.nodes.values()].flatMap((node) =>
      node.kind === 'source' ? [] : node.inputs.map((input) => `${input.node}.${input.port}`),
    ),
  );
  const set = (node: string, reason: string, value: number): void =>
    void samples.set(`${node}.${reason}`, { labels: { node, reason }, value });
  for (const node of graph.nodes.values())
    for (const port of portsOf(node)) if (port !== 'error' && !read.has(`${node.id}.${port}`)) set(node.id, port, 0);
  for (const { node, reason, records } of totals.dropped) set(node, reason, records);
  return [...samples.values()];
}

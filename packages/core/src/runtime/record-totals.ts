import { deadLetterSink, type GraphNode, type TopologyGraph } from '../graph/topology-graph.ts';
import type { NodeId, Port } from '../record/record-batch.ts';
import { NodeTotals } from '../telemetry/node-totals.ts';

/** Records that ended at a node: at a port that nobody reads, or for a reason. */
export interface DroppedRecords {
  readonly node: NodeId;
  readonly reason: string;
  readonly records: number;
}

/** What became of the records of a run. A record that several nodes read counts at each of them. */
export interface RecordTotals {
  /** Read by the sources. */
  readonly read: number;
  /** Acknowledged by sinks; dead letters apart. */
  readonly delivered: number;
  readonly dropped: readonly DroppedRecords[];
  /** Dead letters by the node where they failed. */
  readonly deadLettered: Readonly<Record<NodeId, number>>;
  /** Failures by node: those that left by an error port, that a policy skipped or that became dead letters. */
  readonly failed: Readonly<Record<NodeId, number>>;
}

type Counts = Readonly<Record<NodeId, Readonly<Record<Port, number>>>>;

/** What a node counts beside its ports: neither a way on nor an end. */
const neither = new Set(['in', 'delivered', 'fallback']);
const failures = new Set(['error', 'skipped', 'deadLetter', 'failed']);

/** Adds up what the counters of a run say: each record that went no further stands under the port or the reason that it ended at. */
export function recordTotals(graph: TopologyGraph, counts: Counts): RecordTotals {
  const read = connections(graph);
  const totals = { read: 0, delivered: 0 };
  const dropped: DroppedRecords[] = [];
  const failed = new NodeTotals();
  const deadLettered = new NodeTotals();
  for (const node of [...graph.nodes.values()].filter(({ id }) => id in counts)) {
    const own = counts[node.id] ?? {};
    if (node.kind === 'source') totals.read += own['in'] ?? 0;
    if (node.kind === 'sink' && node.id !== deadLetterSink) totals.delivered += own['delivered'] ?? 0;
    for (const [reason, records] of Object.entries(own)) {
      if (failures.has(reason)) failed.add(node.id, records);
      if (reason === 'deadLetter') deadLettered.add(node.id, records);
      else if (!neither.has(reason) && !read.has(edge(node.id, reason)) && !isOnItsWay(node, reason))
        dropped.push({ node: node.id, reason, records });
    }
  }
  return { ...totals, dropped, deadLettered: deadLettered.snapshot(), failed: failed.snapshot() };
}

/** What leaves the work of a sink goes to the sink itself. */
function isOnItsWay({ kind }: GraphNode, reason: string): boolean {
  return kind === 'sink' && reason === 'out';
}

function connections(graph: TopologyGraph): ReadonlySet<string> {
  const nodes = [...graph.nodes.values()].filter((node) => node.kind !== 'source');
  return new Set(nodes.flatMap(({ inputs }) => inputs.map(({ node, port }) => edge(node, port))));
}

function edge(node: NodeId, port: Port): string {
  return `${node}.${port}`;
}

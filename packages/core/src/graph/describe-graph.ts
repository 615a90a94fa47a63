import type { NodeId, Port } from '../record/record-batch.ts';
import { defaultPort } from '../record/record-batch.ts';
import { formatType } from '../types/format-type.ts';
import { describeEdge } from './describe-edge.ts';
import { describeTree } from './describe-tree.ts';
import type { GraphNode, TopologyGraph } from './topology-graph.ts';

/** The forms in which a graph can be shown. */
export type GraphFormat = 'tree' | 'mermaid' | 'dot' | 'json';

/** An edge of a graph, as it is drawn. */
export interface DrawnEdge {
  readonly from: NodeId;
  readonly port: Port;
  readonly to: NodeId;
  readonly type: string;
}

/** Shows a graph with the types of its edges: a tree for people, Mermaid or DOT for drawing, JSON for programs. */
export function describeGraph(graph: TopologyGraph, format: GraphFormat): string {
  switch (format) {
    case 'tree':
      return describeTree(graph);
    case 'mermaid':
      return mermaid(graph);
    case 'dot':
      return dot(graph);
    case 'json':
      return JSON.stringify(graphAsJson(graph), null, 2);
  }
}

/** Lists the edges of a graph in the order of the file. */
function edgesOf(graph: TopologyGraph): DrawnEdge[] {
  const edges: DrawnEdge[] = [];
  for (const node of graph.nodes.values()) {
    if (node.kind === 'source') continue;
    for (const { node: from, port } of node.inputs) {
      const edge = graph.nodes.get(from)?.outputs[port] ?? node.input;
      edges.push({ from, port, to: node.id, type: describeEdge(edge) });
    }
  }
  return edges;
}

function mermaid(graph: TopologyGraph): string {
  const text = (raw: string) => raw.replaceAll('&', '&amp;').replaceAll('"', '#quot;').replaceAll('<', '&lt;');
  const shapes = { source: ['([', '])'], operator: ['[', ']'], sink: ['[[', ']]'] } as const;
  // Ids of nodes may be words of Mermaid, such as `end`.
  const name = (id: NodeId) => `n_${id.replace('$', '_')}`;
  const lines = ['flowchart LR'];
  for (const { id, kind, type } of graph.nodes.values()) {
    const [open, close] = shapes[kind];
    lines.push(`  ${name(id)}${open}"${text(id)}<br/>${text(type)}"${close}`);
  }
  for (const { from, port, to, type } of edgesOf(graph))
    lines.push(`  ${name(from)} -->|"${text(labelOf(port, type))}"| ${name(to)}`);
  return lines.join('\n');
}

function dot(graph: TopologyGraph): string {
  const text = (raw: string) => JSON.stringify(raw);
  const shapes = { source: 'oval', operator: 'box', sink: 'box3d' } as const;
  const lines = [`digraph ${text(graph.name)} {`, '  rankdir=LR;'];
  for (const { id, kind, type } of graph.nodes.values())
    lines.push(`  ${text(id)} [label=${text(`${id}\n${type}`)}, shape=${shapes[kind]}];`);
  for (const { from, port, to, type } of edgesOf(graph))
    lines.push(`  ${text(from)} -> ${text(to)} [label=${text(labelOf(port, type))}];`);
  return [...lines, '}'].join('\n');
}

function labelOf(port: Port, type: string): string {
  return port === defaultPort ? type : `${port}: ${type}`;
}

function graphAsJson(graph: TopologyGraph) {
  const nodes = [...graph.nodes.values()].map((node) => ({
    id: node.id,
    kind: node.kind,
    type: node.type,
    ...(node.renamedFrom !== undefined && { renamedFrom: node.renamedFrom }),
    ...partsOf(node),
  }));
  const { name, renamedFrom } = graph;
  return { name, ...(renamedFrom !== undefined && { renamedFrom }), nodes, edges: edgesOf(graph) };
}

function partsOf(node: GraphNode) {
  if (node.kind !== 'sink') {
    const ports = Object.entries(node.outputs).map(([port, edge]) => [port, describeEdge(edge)]);
    return { outputs: Object.fromEntries(ports) as Record<Port, string> };
  }
  const { key, value } = node;
  const written = { codec: value.codec, schema: formatType(value.schema) };
  return { value: written, key: key === null ? null : { codec: key.codec, schema: formatType(key.schema) } };
}

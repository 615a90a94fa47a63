import { defaultPort } from '../record/record-batch.ts';
import type { NodeId } from '../record/record-batch.ts';
import type { EdgeType } from '../types/edge-type.ts';
import { describeEdge } from './describe-edge.ts';
import { errorPort } from './wire-nodes.ts';
import type { GraphNode, TopologyGraph } from './topology-graph.ts';

interface Line {
  readonly node: GraphNode;
  /** The port of the parent that leads here, or null for the default one. */
  readonly port: string | null;
  readonly indent: string;
  readonly last: boolean;
  readonly root: boolean;
}

/** Prints a graph as a tree from its sources; a node with several inputs is unfolded at the first and named at the others. */
export function describeTree(graph: TopologyGraph): string {
  const readers = readersOf(graph);
  const unfolded = new Set<NodeId>();
  const lines = [`${graph.name}${before(graph)}`];
  const roots = [...graph.nodes.values()].filter((node) => node.kind === 'source' || node.inputs.length === 0);
  const pending: Line[] = roots.map((node) => ({ node, port: null, indent: '', last: true, root: true })).reverse();
  for (let line = pending.pop(); line !== undefined; line = pending.pop()) {
    const { node, root, last, indent } = line;
    const seen = unfolded.has(node.id);
    unfolded.add(node.id);
    const branch = root ? '' : last ? '└─ ' : '├─ ';
    const port = line.port === null ? '' : `.${line.port} ─ `;
    lines.push(`${indent}${branch}${port}${node.id}${seen ? ' (above)' : `${before(node)}  ${summaryOf(node)}`}`);
    if (seen) continue;
    const children = readers.get(node.id) ?? [];
    const deeper = root ? '' : `${indent}${last ? '   ' : '│  '}`;
    for (const [index, child] of [...children.entries()].reverse())
      pending.push({ ...child, indent: deeper, last: index === children.length - 1, root: false });
  }
  return lines.join('\n');
}

function before({ renamedFrom }: { readonly renamedFrom?: string }): string {
  return renamedFrom === undefined ? '' : ` (renamed from "${renamedFrom}")`;
}

function readersOf(graph: TopologyGraph) {
  const readers = new Map<NodeId, { node: GraphNode; port: string | null }[]>();
  for (const node of graph.nodes.values()) {
    if (node.kind === 'source') continue;
    for (const input of node.inputs) {
      const list = readers.get(input.node) ?? [];
      list.push({ node, port: input.port === defaultPort ? null : input.port });
      readers.set(input.node, list);
    }
  }
  return readers;
}

// A type is printed where it is new: below the node whose records it describes first.
function summaryOf(node: GraphNode): string {
  if (node.kind === 'sink') return `${node.type} sink${changed(node.input, node.written)} as ${node.value.codec}`;
  const kind = node.kind === 'source' ? `${node.type} source` : node.type;
  const input = node.kind === 'source' ? null : node.input;
  const main = node.outputs[defaultPort];
  if (main !== undefined) return `${kind}${changed(input, main)}`;
  const types = Object.entries(node.outputs)
    .filter(([port]) => port !== errorPort)
    .map(([port, edge]) => [port, changed(input, edge)] as const);
  const [first] = types;
  if (first !== undefined && types.every(([, type]) => type === first[1])) return `${kind}${first[1]}`;
  return `${kind}: ${types.map(([port, type]) => `.${port}${type}`).join('; ')}`;
}

function changed(before: EdgeType | null, after: EdgeType): string {
  const type = describeEdge(after);
  return before !== null && describeEdge(before) === type ? '' : `: ${type}`;
}

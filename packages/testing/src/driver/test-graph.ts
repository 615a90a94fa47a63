import type { GraphNode, NodeId, TopologyGraph } from '@headrace/core';
import { capturing } from './capturing-sink.ts';
import type { CaptureContext } from './capturing-sink.ts';
import { readFromLog } from './log-source.ts';

/**
 * Cuts a graph off the world: every source reads a topic of the in-memory Log, every sink captures, but for those of `real`. All in
 * between is as it was.
 */
export function testGraph(
  graph: TopologyGraph,
  context: CaptureContext,
  real: ReadonlySet<NodeId> = new Set(),
): TopologyGraph {
  const nodes = [...graph.nodes].map(([id, node]) => [id, real.has(id) ? node : replace(node, context)] as const);
  return { ...graph, nodes: new Map(nodes) };
}

function replace(node: GraphNode, context: CaptureContext): GraphNode {
  if (node.kind === 'source') return { ...node, definition: readFromLog(node.definition, node.id) };
  if (node.kind === 'sink') return { ...node, definition: capturing(node.definition, context) };
  return node;
}

import path from 'node:path';
import {
  HeadraceError,
  type GraphNode,
  type InputEdge,
  type NodeId,
  type Registry,
  type TopologyGraph,
} from '@headrace/core';
import type { SourceNode } from '@headrace/core';
import { Injections } from './injections.ts';
import { showing, tapSink } from './shown-sink.ts';
import type { Showing } from './showing.ts';
import { entranceId, entranceNode, tapId, tapNode, type Tapped } from './taps.ts';

/** How a graph is made ready for `dev`. */
export interface DevGraphOptions {
  readonly registry: Registry;
  readonly showing: Showing;
  /** Nodes and ports (`node.port`) that are shown; none for all. */
  readonly shown: readonly string[];
  readonly entrances: readonly NodeId[];
  readonly outputs: string;
}

/** A graph that shows what passes, and takes records from the terminal. */
export interface DevGraph {
  readonly graph: TopologyGraph;
  /** By the node that they are sent to. */
  readonly injections: ReadonlyMap<NodeId, Injections>;
  readonly notes: readonly string[];
}

/**
 * Adds taps behind the ports that are shown and entrances before the nodes that are sent to; sinks of files write elsewhere, standard
 * input and output are the terminal's. A run has none of this: what nobody looks at costs nothing.
 */
export function devGraph(graph: TopologyGraph, options: DevGraphOptions): DevGraph {
  const injections = new Map<NodeId, Injections>();
  const notes: string[] = [];
  const entrances = new Map<NodeId, SourceNode>();
  for (const id of options.entrances) {
    const node = graph.nodes.get(id);
    if (node === undefined || (node.kind === 'source' && node.type === 'stdin')) continue;
    const queue = new Injections();
    injections.set(id, queue);
    const edge = node.kind === 'source' ? node.outputs['out'] : node.input;
    if (edge !== undefined) entrances.set(id, entranceNode(id, edge, queue));
  }
  const nodes = new Map<NodeId, GraphNode>([...entrances.values()].map((node) => [node.id, node]));
  const chosen = chosenPorts(graph, options.shown);
  const ofSources = new Set([...entrances.keys()].filter((id) => graph.nodes.get(id)?.kind === 'source'));
  for (const node of graph.nodes.values()) nodes.set(node.id, entered(replaced(node), entrances, ofSources));
  for (const tapped of chosen.ports) {
    const node = graph.nodes.get(tapped.node) as GraphNode;
    const edge = node.outputs[tapped.port];
    if (edge !== undefined)
      nodes.set(
        tapId(tapped),
        tapNode(tapped, edge, () => tapSink(tapped, options.showing)),
      );
  }
  return { graph: { ...graph, nodes }, injections, notes };

  function replaced(node: GraphNode): GraphNode {
    if (node.kind === 'source' && node.type === 'stdin') {
      const queue = new Injections();
      injections.set(node.id, queue);
      notes.push(`"${node.id}" reads what is sent to it: send ${node.id} <text>`);
      const traits = () => ({ scope: 'single', replay: 'position', bounded: false }) as const;
      return { ...node, definition: { ...node.definition, traits, create: () => queue } };
    }
    if (node.kind !== 'sink') return node;
    const isShown = chosen.sinks.has(node.id) || node.type === 'stdout';
    const definition = isShown ? showing(node, options.registry, options.showing) : node.definition;
    if (node.type !== 'file') return { ...node, definition };
    const written = path.join(options.outputs, node.id, path.basename(String(node.options['path'])));
    notes.push(`"${node.id}" writes below ${path.dirname(written)}`);
    return { ...node, definition, options: { ...node.options, path: written } };
  }
}

/** Adds entrances to what a node reads: its own, and those that stand for the sources that it reads. */
function entered(
  node: GraphNode,
  entrances: ReadonlyMap<NodeId, SourceNode>,
  ofSources: ReadonlySet<NodeId>,
): GraphNode {
  if (node.kind === 'source') return node;
  const own: InputEdge[] = entrances.has(node.id) ? [{ node: entranceId(node.id), port: 'out' }] : [];
  const beside = node.inputs.flatMap((edge): InputEdge[] =>
    edge.port === 'out' && ofSources.has(edge.node) ? [{ ...edge, node: entranceId(edge.node) }] : [],
  );
  return { ...node, inputs: [...node.inputs, ...own, ...beside] };
}

interface Chosen {
  readonly ports: readonly Tapped[];
  readonly sinks: ReadonlySet<NodeId>;
}

/** What is connected only where it is asked for by name: an error port that is read takes records before any policy does. */
const quiet = new Set(['error', 'dropped']);

function chosenPorts(graph: TopologyGraph, shown: readonly string[]): Chosen {
  const ports = new Map<string, Tapped>();
  const sinks = new Set<NodeId>();
  const add = (node: GraphNode): void => {
    if (node.kind === 'sink') sinks.add(node.id);
    else
      for (const port of Object.keys(node.outputs))
        if (!quiet.has(port)) ports.set(`${node.id}.${port}`, { node: node.id, port });
  };
  if (shown.length === 0) for (const node of graph.nodes.values()) add(node);
  for (const name of shown) {
    const [id = '', port] = name.split('.');
    const node = graph.nodes.get(id);
    if (node === undefined || (port !== undefined && node.outputs[port] === undefined))
      throw new HeadraceError(
        node === undefined ? 'UNKNOWN_NODE' : 'UNKNOWN_PORT',
        `There is no "${name}" in topology "${graph.name}": there is ${[...graph.nodes.keys()].filter((one) => !one.startsWith('$')).join(', ')}.`,
      );
    if (port === undefined) add(node);
    else ports.set(name, { node: id, port });
  }
  return { ports: [...ports.values()], sinks };
}

import { HeadraceError, isDynamic } from '@headrace/core';
import type {
  EdgeType,
  Encoding,
  GraphNode,
  NodeId,
  Port,
  SinkNode,
  SourceNode,
  TopologyGraph,
  ValueType,
} from '@headrace/core';

/** The node behind which records enter at the input of another node. No author can write such an id. */
export function entranceOf(node: NodeId): NodeId {
  return `$in.${node}`;
}

/** The node that takes what leaves another node by a port. */
export function exitOf(node: NodeId, port: Port): NodeId {
  return `$out.${node}.${port}`;
}

/** Splits `node` or `node.port`. */
export function splitPort(from: string): { readonly node: NodeId; readonly port: Port } {
  const dot = from.indexOf('.');
  return dot < 0 ? { node: from, port: 'out' } : { node: from.slice(0, dot), port: from.slice(dot + 1) };
}

/**
 * Adds to a graph entrances before nodes and exits behind their ports, so that a test can begin and end anywhere. All else stays: an
 * exit is one reader more. Only that of an error port changes anything: what somebody reads goes there first, before any policy.
 */
export function withTaps(graph: TopologyGraph, inputs: readonly NodeId[], outputs: readonly string[]): TopologyGraph {
  const nodes = new Map<NodeId, GraphNode>();
  for (const id of new Set(inputs)) {
    const node = nodeOf(graph, id);
    if (node.kind !== 'source') nodes.set(entranceOf(id), entrance(id, node.input));
  }
  for (const [id, node] of graph.nodes) {
    const entered = node.kind !== 'source' && nodes.has(entranceOf(id));
    nodes.set(id, entered ? { ...node, inputs: [...node.inputs, { node: entranceOf(id), port: 'out' }] } : node);
  }
  for (const from of new Set(outputs)) {
    const { node: id, port } = splitPort(from);
    const node = nodeOf(graph, id);
    if (node.kind === 'sink' && port === 'out') continue;
    const edge = node.outputs[port];
    if (edge === undefined) throw unknownPort(from, node);
    nodes.set(exitOf(id, port), exit(id, port, edge));
  }
  return { ...graph, nodes };
}

function nodeOf(graph: TopologyGraph, id: NodeId): GraphNode {
  const node = graph.nodes.get(id);
  if (node !== undefined) return node;
  throw new HeadraceError('UNKNOWN_NODE', `There is no node "${id}" in topology "${graph.name}".`);
}

function unknownPort(from: string, node: GraphNode): HeadraceError {
  const ports = Object.keys(node.outputs).map((port) => (port === 'out' ? `"${node.id}"` : `"${node.id}.${port}"`));
  return new HeadraceError('UNKNOWN_PORT', `There is no "${from}" to read from: there is ${ports.join(', ')}.`);
}

const policies = { decode: 'fail', process: 'fail', deliver: 'fail' } as const;

function entrance(id: NodeId, edge: EdgeType): SourceNode {
  const key = edge.key === null ? null : encodingOf(edge.key);
  const value = encodingOf(edge.value);
  return {
    kind: 'source',
    id: entranceOf(id),
    type: 'entrance',
    options: {},
    policies,
    ops: [],
    definition: {
      kind: 'source',
      type: 'entrance',
      summary: 'Lets a test send records to a node.',
      options: { type: 'object' },
      examples: [],
      infer: () => ({ output: edge, key, value }),
      traits: () => ({ scope: 'group', replay: 'position', bounded: false }),
    },
    outputs: { out: edge, error: { ...edge, value: { kind: 'bytes' }, scope: 'error' } },
    key,
    value,
  };
}

function exit(id: NodeId, port: Port, edge: EdgeType): SinkNode {
  const key = edge.key === null ? null : encodingOf(edge.key);
  const value = encodingOf(edge.value);
  return {
    kind: 'sink',
    id: exitOf(id, port),
    type: 'exit',
    options: {},
    policies,
    ops: [],
    definition: {
      kind: 'sink',
      type: 'exit',
      summary: 'Lets a test read what leaves a node.',
      options: { type: 'object' },
      examples: [],
      infer: () => ({ key, value }),
      traits: () => ({ acknowledges: 'write', epochs: 'any', concurrency: 1, transactional: false, idempotent: false }),
      create: () => {
        throw new HeadraceError('SINK_NOT_BEGUN', 'An exit of a test is replaced before it runs.');
      },
    },
    inputs: [{ node: id, port }],
    input: edge,
    outputs: {},
    written: edge,
    key,
    value,
    retry: { attempts: 10, delayMs: 200, maxDelayMs: 30_000, forMs: null },
    required: true,
    batch: { records: null, bytes: null, delayMs: null },
  };
}

/** Avro has a form for every value of a schema; a value without one is JSON. */
function encodingOf(schema: ValueType): Encoding {
  return { codec: isDynamic(schema) ? 'json' : 'avro', options: {}, schema };
}

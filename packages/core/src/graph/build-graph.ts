import { headsAfter, joinHeads, overtakes, type AsyncHeads } from './async-heads.ts';
import { dirname } from 'node:path';
import { readAs } from './as-read.ts';
import type { CelType } from '@headrace/cel';
import type { Finding } from '../component/finding.ts';
import type { Registry } from '../component/registry.ts';
import type { CheckedDefinition, CheckedNode } from '../definition/checked-definition.ts';
import { shorten } from '../definition/format-path.ts';
import type { NodeId, Port } from '../record/record-batch.ts';
import type { EdgeType, ValueType } from '../types/edge-type.ts';
import { mergeEdges } from '../types/merge-edges.ts';
import { sameType } from '../types/same-type.ts';
import { deadLetterNode } from './dead-letter.ts';
import { deadLetterEdge } from './error-edge.ts';
import { inferNode, originOf, type TypedNode } from './infer-node.ts';
import { nodeContexts } from './node-contexts.ts';
import type { InferScope } from './node-contexts.ts';
import { orderNodes } from './order-nodes.ts';
import { parameterOf, parameterType } from './parameter-type.ts';
import { hasRegistry, resolveCluster } from './resolve-cluster.ts';
import { resolvePolicies, resolveRun, resolveSink, takesDeadLetters } from './resolve-settings.ts';
import { SchemaLoader } from './schema-loader.ts';
import type { GraphNode, TopologyGraph } from './topology-graph.ts';
import { wireNodes } from './wire-nodes.ts';
import type { WiredInput, WiredNode, Wiring } from './wiring.ts';

/** What building a graph needs from outside. */
export interface BuildContext {
  readonly registry: Registry;
  /** The topology file; its folder is where paths begin. */
  readonly file: string;
  readonly bootstrap: readonly string[] | undefined;
  readonly purpose: 'validate' | 'run';
  /** Reads a file named relative to the topology; throws where there is none. */
  readFile(path: string): string;
  readonly report: (finding: Finding) => void;
}

/** A graph as far as it could be built: what could not be typed is absent from `nodes`. */
export interface GraphDraft {
  readonly definition: CheckedDefinition;
  readonly wiring: Wiring;
  readonly cycles: readonly (readonly NodeId[])[];
  readonly nodes: ReadonlyMap<NodeId, GraphNode>;
  /** The whole graph; null where a node is missing. */
  readonly graph: TopologyGraph | null;
}

/** Builds the graph of a definition: wires, orders and types its nodes, and reports what does not fit. */
export function buildGraph(definition: CheckedDefinition, context: BuildContext): GraphDraft {
  const wiring = wireNodes(definition, context.report);
  const { order, cycles } = orderNodes(
    new Map([...wiring.nodes].map(([id, { inputs }]) => [id, inputs.map((input) => input.node)])),
  );
  const nodes = new Map<NodeId, GraphNode>();
  const builder = new GraphBuilder(definition, context);
  for (const id of order) {
    const node = builder.typed(wiring.nodes.get(id) as WiredNode, nodes);
    if (node !== null) nodes.set(id, node);
  }
  const letters = deadLetterNode(definition, context.registry, context.report);
  if (letters !== null) nodes.set(letters.id, letters);
  const cluster = resolveCluster({ definition, ...context });
  const directory = dirname(context.file);
  const { name, group, renamedFrom } = definition;
  const before = renamedFrom === null ? {} : { renamedFrom };
  const parameters = new Map([...definition.parameters].map(([id, parameter]) => [id, parameterOf(parameter)]));
  const run = resolveRun(definition, directory);
  const whole = definition.nodes.every((node) => nodes.has(node.id)) && wiring.nodes.size === definition.nodes.length;
  const { functions } = definition;
  const graph = whole ? { name, group, ...before, directory, nodes, run, parameters, functions, cluster } : null;
  return { definition, wiring, cycles, nodes, graph };
}

class GraphBuilder {
  readonly #definition: CheckedDefinition;
  readonly #scope: InferScope;
  readonly #known = new Map<NodeId, TypedNode>();
  readonly #upstream = new Map<NodeId, ReadonlySet<NodeId>>();
  readonly #heads = new Map<NodeId, AsyncHeads>();

  constructor(definition: CheckedDefinition, context: BuildContext) {
    this.#definition = definition;
    const parameters = new Map<string, CelType>();
    for (const [name, { type }] of definition.parameters) parameters.set(name, parameterType(type));
    for (const name of definition.brokenParameters ?? []) parameters.set(name, { kind: 'error' });
    const schemas = new SchemaLoader((path) => context.readFile(path));
    // What a later node names is in scope of the expressions of earlier ones as well.
    for (const node of definition.nodes) schemas.loadAll(node.options);
    this.#scope = {
      registry: context.registry,
      schemas,
      parameters,
      anyParameter: definition.brokenParameters === null,
      unknown: definition.unknown,
      hasRegistry: (node) => hasRegistry(definition, node),
      report: context.report,
    };
  }

  /** Types a node whose inputs are all typed; null where they are not, or it has mistakes itself. */
  typed(wired: WiredNode, nodes: ReadonlyMap<NodeId, GraphNode>): GraphNode | null {
    const { node, inputs, complete } = wired;
    this.#upstream.set(node.id, this.#sourcesOf(node, inputs));
    this.#heads.set(node.id, this.#headsOf(node, inputs));
    if (!complete || node.options === null) return null;
    const input = this.#inputOf(node, inputs, nodes);
    if (input === null && node.section !== 'sources') return null;
    const letters = takesDeadLetters(node, this.#definition);
    const edges = inputs.map(({ node: id, port }) => ({ node: id, port, ...widened(nodes.get(id), port, input) }));
    const upstream = {
      ...this.#codecsOf(node),
      asRead: (part: 'key' | 'value') => readAs(edges, part, nodes),
    };
    const contexts = nodeContexts(node, originOf(node.id, inputs), upstream, this.#scope);
    return inferNode({
      node,
      inputs: edges,
      input,
      policies: resolvePolicies(node.common.onError, this.#definition.run.onError, letters),
      settings: resolveSink(node.common),
      contexts,
      typed: (known) => void this.#known.set(node.id, known),
    });
  }

  #inputOf(node: CheckedNode, inputs: readonly WiredInput[], nodes: ReadonlyMap<NodeId, GraphNode>): EdgeType | null {
    const edges: EdgeType[] = [];
    for (const { node: id, port } of inputs) {
      const edge = (this.#known.get(id) ?? nodes.get(id))?.outputs[port];
      if (edge === undefined) return null;
      edges.push(edge);
    }
    const [first, ...others] = edges;
    // What only takes dead letters reads no port.
    if (first === undefined)
      return takesDeadLetters(node, this.#definition) ? { ...deadLetterEdge, tombstones: false } : null;
    const merged = mergeEdges([first, ...others], node.common.widen === true);
    if (merged.edge !== null) {
      const ordered = merged.edge.ordered && !overtakes(this.#headsInto(inputs));
      return { ...merged.edge, ordered };
    }
    const { index, on, first: expected, other } = merged.difference;
    const at = (inputs[index] as WiredInput).at;
    const names = [inputs[0], inputs[index]].map((input) => originOf('', [input as WiredInput]));
    const needs =
      node.common.widen === true ? 'a merge needs types that one type can hold' : 'a merge needs equal types';
    const message = `${needs}, but the ${on} of ${names[1]} is ${shorten(other, 150)}, and that of ${names[0]} is ${shorten(expected, 150)}.`;
    const couldWiden = mergeEdges([first, ...others], true).edge !== null;
    const suggestion = mergeAdvice(on, couldWiden);
    this.#scope.report({ code: 'MERGE_TYPES_DIFFER', severity: 'error', at, message, suggestion });
    return null;
  }

  #sourcesOf(node: CheckedNode, inputs: readonly WiredInput[]): ReadonlySet<NodeId> {
    if (node.section === 'sources') return new Set([node.id]);
    return new Set(inputs.flatMap((input) => [...(this.#upstream.get(input.node) ?? [])]));
  }

  #headsInto(inputs: readonly WiredInput[]): AsyncHeads {
    return joinHeads(inputs.map((input) => this.#heads.get(input.node) ?? new Map()));
  }

  #headsOf(node: CheckedNode, inputs: readonly WiredInput[]): AsyncHeads {
    if (node.section === 'sources') return new Map([[node.id, new Set([node.id])]]);
    const isAsync = this.#scope.registry.operator(node.type)?.create !== undefined;
    return headsAfter(node.id, isAsync, this.#headsInto(inputs));
  }

  #codecsOf(node: CheckedNode) {
    const codecs = { key: new Set<string>(), value: new Set<string>() };
    for (const id of this.#upstream.get(node.id) ?? []) {
      const reads = this.#known.get(id)?.reads;
      if (reads === undefined) continue;
      codecs.value.add(reads.value.codec);
      if (reads.key !== null) codecs.key.add(reads.key.codec);
    }
    return { key: [...codecs.key], value: [...codecs.value] };
  }
}

/** What comes by an input of another type is made into the type of the merge. */
function widened(from: GraphNode | undefined, port: Port, input: EdgeType | null): { widens?: ValueType } {
  const edge = from?.outputs[port];
  if (edge === undefined || input === null || sameType(edge.value, input.value)) return {};
  return { widens: edge.value };
}

function mergeAdvice(on: 'key' | 'value' | 'kind', couldWiden: boolean): string {
  if (couldWiden) return 'Write "widen": true: missing fields are null, numbers become the wider type.';
  return on === 'key'
    ? 'Give both the same key before the merge, by "keyBy" of a "map".'
    : 'Bring them to one type by a "map" before the merge.';
}

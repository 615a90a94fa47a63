import type { GraphNode, OperatorNode, SinkNode, TopologyGraph } from '../graph/topology-graph.ts';
import type { FailureStage } from '../record/failure.ts';
import { defaultPort, type NodeId, type Port } from '../record/record-batch.ts';
import type { FailureRoute, StageNode } from '../stage/stage.ts';
import type { ValueType } from '../types/edge-type.ts';
import { errorPort } from '../graph/wire-nodes.ts';
import { deadLetterWrite } from './dead-letter-encoding.ts';
import { planPlaces, reachOf } from './reach.ts';
import type {
  AsyncPort,
  PlannedAsyncNode,
  PlannedExit,
  PlannedSource,
  PlannedStage,
  TopologyPlan,
} from './topology-plan.ts';

/** Cuts a graph into stages, asynchronous nodes and sinks. */
export function planTopology(graph: TopologyGraph): TopologyPlan {
  return new Planner(graph).plan();
}

/** Lists who reads a port: node ids in the order of the graph. */
function readersByPort(graph: TopologyGraph): Map<string, NodeId[]> {
  const readers = new Map<string, NodeId[]>();
  for (const node of graph.nodes.values()) {
    if (node.kind === 'source') continue;
    for (const input of node.inputs) {
      const key = `${input.node}.${input.port}`;
      const list = readers.get(key) ?? [];
      if (!list.includes(node.id)) list.push(node.id);
      readers.set(key, list);
    }
  }
  return readers;
}

const failureKinds: Readonly<Record<GraphNode['kind'], readonly FailureStage[]>> = {
  source: ['decode', 'process'],
  operator: ['process'],
  sink: ['process', 'deliver'],
};

const isAsync = (node: GraphNode): node is OperatorNode =>
  node.kind === 'operator' && node.definition.create !== undefined;

class Planner {
  readonly #graph: TopologyGraph;
  readonly #readers: Map<string, NodeId[]>;
  readonly #stages: PlannedStage[] = [];
  readonly #stageOfMerge = new Map<NodeId, number>();
  readonly #asyncNodes = new Map<NodeId, PlannedAsyncNode>();
  readonly #sinkErrors = new Map<NodeId, number>();
  /** The head under which a synchronous node runs, by node: a source, a port of an asynchronous node or of a sink, or a merge. */
  readonly #rootOf = new Map<NodeId, string>();

  constructor(graph: TopologyGraph) {
    this.#graph = graph;
    this.#readers = readersByPort(graph);
    for (const node of graph.nodes.values()) this.#rootOf.set(node.id, this.#findRoot(node));
  }

  plan(): TopologyPlan {
    const sources: Omit<PlannedSource, 'reaches'>[] = [];
    for (const node of this.#graph.nodes.values()) {
      if (node.kind === 'source')
        sources.push({
          node,
          stage: this.#planStage(node.id, {
            key: node.key,
            value: node.value,
            tombstones: node.outputs[defaultPort]?.tombstones ?? false,
          }),
        });
    }
    const sinks = new Map<NodeId, SinkNode>();
    for (const node of this.#graph.nodes.values()) if (node.kind === 'sink') sinks.set(node.id, node);
    const parts = {
      stages: this.#stages,
      asyncNodes: this.#asyncNodes,
      sinkErrors: this.#sinkErrors,
      requires: (sink: NodeId) => sinks.get(sink)?.required ?? true,
      deadLetterOf: (sink: NodeId) =>
        sinks.get(sink)?.policies.deliver === 'deadLetter' ? this.#graph.run.deadLetter : null,
    };
    const complete = sources.map((source) => ({ ...source, reaches: reachOf(source.stage, parts) }));
    return {
      graph: this.#graph,
      sources: complete,
      stages: this.#stages,
      asyncNodes: this.#asyncNodes,
      sinks,
      sinkErrors: this.#sinkErrors,
      places: new Map(complete.map((source) => [source.node.id, planPlaces(source, parts)])),
    };
  }

  /** Finds the head of the stage of a node: its own id where it begins one. */
  #findRoot(node: GraphNode): string {
    if (node.kind === 'source' || isAsync(node)) return node.id;
    const roots = new Set(
      node.inputs.map((input) => {
        const from = this.#graph.nodes.get(input.node) as GraphNode;
        return isAsync(from) || from.kind === 'sink'
          ? `${input.node}.${input.port}`
          : (this.#rootOf.get(input.node) as string);
      }),
    );
    return roots.size === 1 ? ([...roots][0] as string) : node.id;
  }

  /** Plans the stage that begins at a node or at a port of an asynchronous node; merges are planned once. */
  #planStage(head: NodeId, reads: PlannedStage['reads'], firstNode?: StageNode): number {
    const number = this.#stages.length;
    const nodes: Record<NodeId, StageNode> = {};
    const exits: PlannedExit[] = [];
    this.#stages.push({ number, stage: { head, exits: 0, nodes }, reads, exits });
    const context = { root: head, nodes, exits };
    if (firstNode === undefined) this.#addNode(head, context);
    else
      nodes[head] = {
        ...firstNode,
        ports: { [defaultPort]: this.#targets(head, context) },
      };
    this.#stages[number] = { number, stage: { head, exits: exits.length, nodes }, reads, exits };
    return number;
  }

  #addNode(id: NodeId, stage: StageUnderWay): void {
    if (stage.nodes[id] !== undefined) return;
    const node = this.#graph.nodes.get(id) as GraphNode;
    const ports: Record<Port, readonly (NodeId | number)[]> = {};
    const known = { ops: node.ops, ports, onError: 'fail', onErrorOf: this.#routes(node, stage) } as const;
    if (node.kind === 'sink') {
      const errors = this.#sinkErrorStage(id);
      stage.nodes[id] = { ...known, keepsInput: errors !== null };
      ports[defaultPort] = [this.#exit(stage, sinkExit(node, errors !== null))];
      if (errors !== null) ports[errorPort] = [this.#exit(stage, { kind: 'stage', stage: errors })];
      return;
    }
    stage.nodes[id] = known;
    for (const port of Object.keys(node.outputs)) ports[port] = this.#targets(`${id}.${port}`, stage);
  }

  /** Says where each kind of failure of a node goes when nobody reads its port `error`. Dead letters of a node share an exit. */
  #routes(node: GraphNode, stage: StageUnderWay): Partial<Record<FailureStage, FailureRoute>> {
    const routes: Partial<Record<FailureStage, FailureRoute>> = {};
    if (this.#readers.has(`${node.id}.${errorPort}`)) return routes;
    let letters: FailureRoute | null = null;
    for (const kind of failureKinds[node.kind]) {
      const policy = node.policies[kind];
      if (policy === 'deadLetter') routes[kind] = letters ??= { exit: this.#exit(stage, this.#deadLetterExit(node)) };
      else routes[kind] = policy;
    }
    return routes;
  }

  /** Says where an output leads: to nodes of the stage or to exits, where needed by what makes its records fit a merge. */
  #targets(output: string, stage: StageUnderWay): (NodeId | number)[] {
    return (this.#readers.get(output) ?? []).map((id) => {
      const node = this.#graph.nodes.get(id) as ReadingNode;
      const target = this.#target(node, stage);
      const input = node.inputs.find(({ node: from, port }) => `${from}.${port}` === output);
      return input?.widens === undefined ? target : this.#widening(node, input.widens, { output, target }, stage);
    });
  }

  #target(node: ReadingNode, stage: StageUnderWay): NodeId | number {
    const { id } = node;
    if (isAsync(node)) {
      this.#planAsync(node);
      return this.#exit(stage, { kind: 'async', node: id });
    }
    if (node.kind === 'sink' || this.#rootOf.get(id) === stage.root) {
      this.#addNode(id, stage);
      return id;
    }
    return this.#exit(stage, { kind: 'stage', stage: this.#mergeStage(id) });
  }

  /** Puts a step of its own on the way into a merge, which fails as the merging node does. */
  #widening(
    node: ReadingNode,
    from: ValueType,
    way: { readonly output: string; readonly target: NodeId | number },
    stage: StageUnderWay,
  ): NodeId {
    const name = `${way.output}>${node.id}`;
    if (stage.nodes[name] !== undefined) return name;
    const ports: Record<Port, readonly (NodeId | number)[]> = { [defaultPort]: [way.target] };
    stage.nodes[name] = {
      before: node.id,
      ops: [{ op: 'project', let: [], fields: { value: { copy: [], from } }, output: node.input.value }],
      ports,
      onError: 'fail',
      onErrorOf: this.#routes(node, stage),
    };
    const errors = node.kind === 'sink' ? this.#sinkErrorStage(node.id) : null;
    if (errors !== null) ports[errorPort] = [this.#exit(stage, { kind: 'stage', stage: errors })];
    else if (node.kind !== 'sink') ports[errorPort] = this.#targets(`${node.id}.${errorPort}`, stage);
    return name;
  }

  #mergeStage(id: NodeId): number {
    const planned = this.#stageOfMerge.get(id);
    if (planned !== undefined) return planned;
    this.#stageOfMerge.set(id, this.#stages.length);
    return this.#planStage(id, null);
  }

  /** Plans the stage behind the port `error` of a sink, once; null where nobody reads it. */
  #sinkErrorStage(id: NodeId): number | null {
    const head = `${id}.${errorPort}`;
    if (!this.#readers.has(head)) return null;
    const planned = this.#sinkErrors.get(id);
    if (planned !== undefined) return planned;
    this.#sinkErrors.set(id, this.#stages.length);
    return this.#planStage(head, null, { ops: [], ports: {}, onError: 'fail', isPort: true });
  }

  #planAsync(node: OperatorNode): void {
    if (this.#asyncNodes.has(node.id)) return;
    const ports: Record<Port, AsyncPort> = {};
    this.#asyncNodes.set(node.id, { node, ports });
    for (const port of Object.keys(node.outputs)) ports[port] = this.#asyncPort(node, port);
  }

  #asyncPort(node: OperatorNode, port: Port): AsyncPort {
    const head = `${node.id}.${port}`;
    const policy = node.policies.process;
    if ((this.#readers.get(head) ?? []).length > 0)
      return { stage: this.#planStage(head, null, { ops: [], ports: {}, onError: 'fail', isPort: true }) };
    if (port !== errorPort) return { unconnected: 'count' };
    if (policy !== 'deadLetter') return { unconnected: policy };
    const number = this.#stages.length;
    const exits = [this.#deadLetterExit(node)];
    this.#stages.push({
      number,
      stage: {
        head,
        exits: 1,
        nodes: { [head]: { ops: [], ports: { [defaultPort]: [0] }, onError: 'fail', isPort: true } },
      },
      reads: null,
      exits,
    });
    return { stage: number, letters: true };
  }

  #deadLetterExit(node: GraphNode): PlannedExit {
    const sink = this.#graph.nodes.get(this.#graph.run.deadLetter as NodeId) as SinkNode;
    const edge = node.kind === 'source' ? node.outputs[defaultPort] : node.input;
    if (edge === undefined) throw new Error(`node "${node.id}" has no type`);
    return {
      kind: 'deadLetter',
      sink: sink.id,
      as: sink.value.codec === 'json' ? 'envelope' : 'bytes',
      key: edge.key === null ? null : deadLetterWrite(edge.key),
      value: deadLetterWrite(edge.value),
    };
  }

  #exit(stage: StageUnderWay, exit: PlannedExit): number {
    const known = stage.exits.findIndex((other) => sameTarget(other, exit));
    return known >= 0 ? known : stage.exits.push(exit) - 1;
  }
}

type ReadingNode = OperatorNode | SinkNode;

interface StageUnderWay {
  readonly root: string;
  readonly nodes: Record<NodeId, StageNode>;
  readonly exits: PlannedExit[];
}

/** Tells whether two exits are one: rows for the same reader share it, so that their order is kept. Dead letters differ by their type. */
function sameTarget(a: PlannedExit, b: PlannedExit): boolean {
  if (a.kind === 'stage' && b.kind === 'stage') return a.stage === b.stage;
  if (a.kind === 'async' && b.kind === 'async') return a.node === b.node;
  if (a.kind === 'sink' && b.kind === 'sink') return a.sink === b.sink;
  return false;
}

function sinkExit(node: SinkNode, keeps: boolean): PlannedExit {
  return {
    kind: 'sink',
    sink: node.id,
    key: node.key === null || node.written.key === null ? null : { encoding: node.key, from: node.written.key },
    value: { encoding: node.value, from: node.written.value },
    keeps,
  };
}

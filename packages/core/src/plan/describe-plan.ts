import type { SinkNode } from '../graph/topology-graph.ts';
import type { NodeId } from '../record/record-batch.ts';
import { fieldsRead } from './fields-read.ts';
import type { PlannedSource, TopologyPlan } from './topology-plan.ts';

/** A stage as it is shown: the nodes that run in one go, and the fields of the records that they read; `all` where a function sees the whole. */
export interface DescribedStage {
  readonly number: number;
  readonly nodes: readonly NodeId[];
  readonly reads: readonly string[] | 'all';
}

/** What can be said of the records of one source at one sink. */
export interface DescribedPath {
  readonly source: NodeId;
  readonly sink: NodeId;
  readonly guarantee: 'at-least-once' | 'best-effort';
  /** Whether order per key still holds there. */
  readonly ordered: boolean;
  /** Why records may be missing or out of order. */
  readonly because: readonly string[];
}

/** A plan as plain data, for people and programs. */
export interface DescribedPlan {
  readonly topology: string;
  /** One for each source: without state nothing joins their tasks. */
  readonly subTopologies: readonly {
    readonly source: NodeId;
    readonly tasks: string;
    readonly stages: readonly DescribedStage[];
    readonly asyncNodes: readonly NodeId[];
    readonly sinks: readonly NodeId[];
  }[];
  readonly paths: readonly DescribedPath[];
  /** Sinks that a source must wait for. */
  readonly stalls: readonly { readonly sink: NodeId; readonly source: NodeId }[];
  /** Nodes whose results may differ in a replay. */
  readonly nonDeterministic: readonly NodeId[];
}

/** Describes a plan: sub-topologies, stages, the fields that they read, the guarantee of each path, who can stall whom. */
export function describePlan(plan: TopologyPlan): DescribedPlan {
  const { graph } = plan;
  const operators = [...graph.nodes.values()].filter((node) => node.kind === 'operator');
  return {
    topology: graph.name,
    subTopologies: plan.sources.map((source) => ({
      source: source.node.id,
      tasks: tasksOf(source),
      stages: source.reaches.stages.map((number) => stageOf(plan, number)),
      asyncNodes: source.reaches.asyncNodes,
      sinks: source.reaches.sinks,
    })),
    paths: plan.sources.flatMap((source) => source.reaches.sinks.map((sink) => pathOf(plan, source, sink))),
    stalls: plan.sources.flatMap((source) =>
      source.reaches.sinks
        .filter((sink) => (plan.sinks.get(sink) as SinkNode).required)
        .map((sink) => ({ sink, source: source.node.id })),
    ),
    nonDeterministic: operators
      .filter(({ definition, options }) => !definition.traits(options).deterministic)
      .map(({ id }) => id),
  };
}

/** Prints a described plan for people. */
export function formatPlan(plan: DescribedPlan): string {
  const lines = [plan.topology];
  for (const { source, tasks, stages, asyncNodes, sinks } of plan.subTopologies) {
    lines.push('', `sub-topology of "${source}": ${tasks}`);
    for (const { number, nodes, reads } of stages)
      lines.push(`  stage ${String(number)}: ${nodes.join(', ')}; reads ${readsText(reads)}`);
    for (const node of asyncNodes) lines.push(`  asynchronous: ${node}`);
    lines.push(`  sinks: ${sinks.length === 0 ? 'none' : sinks.join(', ')}`);
  }
  lines.push('', 'paths');
  for (const { source, sink, guarantee, ordered, because } of plan.paths) {
    const why = because.length === 0 ? '' : ` (${because.join('; ')})`;
    lines.push(`  ${source} -> ${sink}: ${guarantee}, ${ordered ? 'in order per key' : 'in any order'}${why}`);
  }
  lines.push('', 'a sink that cannot be written to holds up');
  for (const { sink, source } of plan.stalls) lines.push(`  ${sink} holds up ${source}`);
  if (plan.stalls.length === 0) lines.push('  nobody');
  if (plan.nonDeterministic.length > 0)
    lines.push('', `a replay may give other results at: ${plan.nonDeterministic.join(', ')}`);
  return lines.join('\n');
}

function readsText(reads: DescribedStage['reads']): string {
  if (reads === 'all') return 'the whole record, for a function';
  return reads.length === 0 ? 'no field' : reads.join(', ');
}

function tasksOf({ node }: PlannedSource): string {
  const { scope, bounded } = node.definition.traits(node.options);
  const splits = {
    group: 'one task for each partition, shared with other processes of the group',
    host: 'one task for each split, all on this host',
    single: 'one task',
  };
  return `${splits[scope]}${bounded ? ', until its end' : ''}`;
}

function stageOf(plan: TopologyPlan, number: number): DescribedStage {
  const { stage } = plan.stages[number] as TopologyPlan['stages'][number];
  return {
    number,
    nodes: Object.entries(stage.nodes).flatMap(([id, { before }]) => (before === undefined ? [id] : [])),
    reads: fieldsRead(Object.values(stage.nodes).flatMap(({ ops }) => ops)),
  };
}

function pathOf(plan: TopologyPlan, { node, reaches }: PlannedSource, sink: NodeId): DescribedPath {
  const because: string[] = [];
  const replays = node.definition.traits(node.options).replay !== 'none';
  if (!replays) because.push(`"${node.id}" cannot repeat what was read`);
  const { required, input, policies } = plan.sinks.get(sink) as SinkNode;
  if (!required) because.push(`"${sink}" is not waited for`);
  if (policies.deliver === 'skip' && !plan.sinkErrors.has(sink)) because.push(`"${sink}" skips what it cannot deliver`);
  for (const id of reaches.asyncNodes) {
    const async = plan.asyncNodes.get(id)?.node;
    if (async?.definition.traits(async.options).holds === 'epoch') because.push(`"${id}" may leave records out`);
  }
  const kept = replays && required && plan.graph.run.guarantee === 'at-least-once';
  return { source: node.id, sink, guarantee: kept ? 'at-least-once' : 'best-effort', ordered: input.ordered, because };
}

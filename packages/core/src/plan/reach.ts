import type { NodeId } from '../record/record-batch.ts';
import type { PlannedAsyncNode, PlannedPlace, PlannedSource, PlannedStage } from './topology-plan.ts';

interface Parts {
  readonly stages: readonly PlannedStage[];
  readonly asyncNodes: ReadonlyMap<NodeId, PlannedAsyncNode>;
  /** The stages behind the port `error` of sinks. */
  readonly sinkErrors: ReadonlyMap<NodeId, number>;
  /** The sink that dead letters of a sink go to, or null. */
  deadLetterOf(sink: NodeId): NodeId | null;
  /** Whether epochs wait for a sink. */
  requires(sink: NodeId): boolean;
}

/** Lists what records that enter a stage can reach, in order of flow. */
export function reachOf(stage: number, parts: Parts): PlannedSource['reaches'] {
  const stages = new Set<number>();
  const asyncNodes = new Set<NodeId>();
  const sinks = new Set<NodeId>();
  const visit = (number: number): void => {
    if (stages.has(number)) return;
    stages.add(number);
    for (const exit of (parts.stages[number] as PlannedStage).exits) {
      if (exit.kind === 'stage') visit(exit.stage);
      else if (exit.kind === 'async') visitAsync(exit.node);
      else visitSink(exit.sink);
    }
  };
  const visitSink = (sink: NodeId): void => {
    sinks.add(sink);
    const errors = parts.sinkErrors.get(sink);
    if (errors !== undefined) visit(errors);
  };
  const visitAsync = (node: NodeId): void => {
    if (asyncNodes.has(node)) return;
    asyncNodes.add(node);
    for (const port of Object.values((parts.asyncNodes.get(node) as PlannedAsyncNode).ports))
      if ('stage' in port) visit(port.stage);
  };
  visit(stage);
  return { stages: [...stages], asyncNodes: [...asyncNodes], sinks: [...sinks] };
}

/** Numbers the places of a source's tasks: 0 is the head; then asynchronous nodes; then sinks, each after those whose refused records it takes. */
export function planPlaces(source: PlannedSource, parts: Parts): PlannedPlace[] {
  const { asyncNodes, sinks } = source.reaches;
  const below = new Map([...asyncNodes, ...sinks].map((node) => [node, new Set(belowOf(node, parts))]));
  const sinksAbove = (sink: NodeId): number => sinks.filter((other) => below.get(other)?.has(sink)).length;
  // A sink has all above it that any of those has, and that one too.
  const nodes = [...asyncNodes, ...[...sinks].sort((a, b) => sinksAbove(a) - sinksAbove(b))];
  const place = (node: NodeId): PlannedPlace => {
    const planned = parts.asyncNodes.get(node);
    const required = parts.requires(node);
    const holds =
      planned === undefined ? required : planned.node.definition.traits(planned.node.options).holds === 'epoch';
    const above = nodes.flatMap((other, index) => (other !== node && below.get(other)?.has(node) ? [index + 1] : []));
    return { node, kind: planned === undefined ? 'sink' : 'async', above: [0, ...above], holds };
  };
  return [{ node: null, kind: 'head', above: [], holds: false }, ...nodes.map(place)];
}

/** Lists the nodes that what a node sends can reach: its results, or what a sink refuses. */
function belowOf(node: NodeId, parts: Parts): NodeId[] {
  const planned = parts.asyncNodes.get(node);
  if (planned === undefined) {
    const errors = parts.sinkErrors.get(node);
    if (errors !== undefined) return reached(errors, parts);
    const letters = parts.deadLetterOf(node);
    return letters === null ? [] : [letters];
  }
  return Object.values(planned.ports).flatMap((port) => ('stage' in port ? reached(port.stage, parts) : []));
}

function reached(stage: number, parts: Parts): NodeId[] {
  const { asyncNodes, sinks } = reachOf(stage, parts);
  return [...asyncNodes, ...sinks];
}

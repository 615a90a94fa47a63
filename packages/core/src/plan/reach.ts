import type { NodeId } from '../record/record-batch.ts';
import type { PlannedAsyncNode, PlannedPlace, PlannedSource, PlannedStage } from './topology-plan.ts';

interface Parts {
  readonly stages: readonly PlannedStage[];
  readonly asyncNodes: ReadonlyMap<NodeId, PlannedAsyncNode>;
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
      else sinks.add(exit.sink);
    }
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

/** Numbers the places of a source's tasks: 0 is the head; then asynchronous nodes; then sinks. */
export function planPlaces(source: PlannedSource, parts: Parts): PlannedPlace[] {
  const { asyncNodes, sinks } = source.reaches;
  const letterSinks = new Set(sinks.map((sink) => parts.deadLetterOf(sink)));
  const nodes = [
    ...asyncNodes,
    ...sinks.filter((sink) => !letterSinks.has(sink)),
    ...sinks.filter((sink) => letterSinks.has(sink)),
  ];
  const above = new Map<NodeId, Set<number>>(nodes.map((node) => [node, new Set([0])]));
  asyncNodes.forEach((node, index) => {
    const reached = reachedFrom(node, parts);
    for (const below of reached) if (below !== node) above.get(below)?.add(1 + index);
  });
  for (const sink of sinks) {
    const letters = parts.deadLetterOf(sink);
    if (letters !== null && letters !== sink) above.get(letters)?.add(nodes.indexOf(sink) + 1);
  }
  const place = (node: NodeId): PlannedPlace => {
    const planned = parts.asyncNodes.get(node);
    const required = parts.requires(node);
    const holds =
      planned === undefined ? required : planned.node.definition.traits(planned.node.options).holds === 'epoch';
    return { node, kind: planned === undefined ? 'sink' : 'async', above: [...(above.get(node) ?? [])], holds };
  };
  return [{ node: null, kind: 'head', above: [], holds: false }, ...nodes.map(place)];
}

function reachedFrom(node: NodeId, parts: Parts): NodeId[] {
  const ports = Object.values((parts.asyncNodes.get(node) as PlannedAsyncNode).ports);
  return ports.flatMap((port) => {
    if (!('stage' in port)) return [];
    const reach = reachOf(port.stage, parts);
    return [...reach.asyncNodes, ...reach.sinks];
  });
}

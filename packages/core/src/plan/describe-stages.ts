import type { Encoding } from '../component/encoding.ts';
import type { NodeId, Port } from '../record/record-batch.ts';
import type { FailureRoute, StageNode } from '../stage/stage.ts';
import { formatType } from '../types/format-type.ts';
import { describeOp } from './describe-op.ts';
import type { PlannedExit, PlannedStage, TopologyPlan, WritePlan } from './topology-plan.ts';

/** A node of a stage as it is shown: its steps in lines, where its ports lead, and what happens to records that fail. */
export interface DescribedNode {
  readonly id: NodeId;
  readonly steps: readonly string[];
  readonly ports: Readonly<Record<Port, string>>;
  readonly onError: string;
}

/** A stage as it runs: what its head decodes, its nodes in order of flow, and where its exits lead. */
export interface DescribedStageCode {
  readonly number: number;
  readonly reads: string;
  readonly nodes: readonly DescribedNode[];
  readonly exits: readonly string[];
}

/** Describes the stages of a plan in the language of stages: what each node does with a record, in words and expressions. */
export function describeStages(plan: TopologyPlan): readonly DescribedStageCode[] {
  return plan.stages.map((planned) => ({
    number: planned.number,
    reads: reads(planned),
    nodes: Object.entries(planned.stage.nodes).map(([id, node]) => described(id, node, planned)),
    exits: planned.exits.map(exit),
  }));
}

/** Prints described stages for people. */
export function formatStages(stages: readonly DescribedStageCode[]): string {
  const lines: string[] = [];
  for (const { number, reads: read, nodes, exits } of stages) {
    lines.push(...(lines.length === 0 ? [] : ['']), `stage ${String(number)}: ${read}`);
    for (const { id, steps, ports, onError } of nodes) {
      lines.push(`  ${id}`, ...steps.map((step) => `    ${step}`));
      lines.push(...Object.entries(ports).map(([port, to]) => `    ${port} -> ${to}`), `    a failure: ${onError}`);
    }
    lines.push(...exits.map((to, index) => `  exit ${String(index)}: ${to}`));
  }
  return lines.join('\n');
}

function described(
  id: NodeId,
  { ops, ports, onError, onErrorOf = {} }: StageNode,
  planned: PlannedStage,
): DescribedNode {
  const to = (targets: readonly (NodeId | number)[]): string => {
    if (targets.length === 0) return 'nobody; counted';
    return targets.map((target) => (typeof target === 'number' ? `exit ${String(target)}` : target)).join(', ');
  };
  const errors = (ports['error'] ?? []).length > 0;
  const decodes = id === planned.stage.head && planned.reads !== null;
  const routes = (['decode', 'process', 'deliver'] as const)
    .filter((when) => when !== 'decode' || decodes)
    .map((when) => ({ when, what: routeText(onErrorOf[when] ?? onError) }));
  const [first] = routes;
  const same = routes.every(({ what }) => what === first?.what);
  const failure = same ? first?.what : routes.map(({ when, what }) => `${when} ${what}`).join('; ');
  return {
    id,
    steps: ops.flatMap(describeOp),
    ports: Object.fromEntries(
      Object.entries(ports)
        .filter(([port]) => port !== 'error' || errors)
        .map(([port, targets]) => [port, to(targets)]),
    ),
    onError: errors ? 'leaves by the port error' : (failure ?? ''),
  };
}

function routeText(route: FailureRoute): string {
  if (route === 'fail') return 'stops the run';
  return route === 'skip' ? 'is counted and left out' : `is a dead letter, by exit ${String(route.exit)}`;
}

function reads({ reads: how }: PlannedStage): string {
  if (how === null) return 'takes decoded records';
  const key = how.key === null ? '' : `keys by ${encoding(how.key)}, `;
  return `decodes ${key}values by ${encoding(how.value)}${how.tombstones ? ', or null' : ''}`;
}

function encoding({ codec, schema }: Encoding): string {
  return `${codec} of ${formatType(schema)}`;
}

function exit(to: PlannedExit): string {
  if (to.kind === 'stage') return `stage ${String(to.stage)}`;
  if (to.kind === 'async') return `the asynchronous node ${to.node}`;
  const key = to.key === null ? '' : `keys by ${written(to.key)}, `;
  const what = to.kind === 'deadLetter' ? 'dead letters to sink' : 'sink';
  return `${what} ${to.sink}, ${key}values by ${written(to.value)}`;
}

function written({ encoding: how }: WritePlan): string {
  return encoding(how);
}

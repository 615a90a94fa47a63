import type { PlannedSource, TopologyPlan } from '../plan/topology-plan.ts';
import type { NodeId } from '../record/record-batch.ts';
import { Pace } from './pace.ts';

/** Makes the paces of the nodes of a plan that ask for less. */
export function pacesOf(plan: TopologyPlan): ReadonlyMap<NodeId, Pace> {
  const paces = new Map<NodeId, Pace>();
  for (const node of plan.graph.nodes.values()) {
    const demand = node.kind === 'operator' ? node.definition.traits(node.options).demand : undefined;
    if (demand !== undefined) paces.set(node.id, new Pace(demand.perSecond));
  }
  return paces;
}

/** The paces that a task keeps: those of the nodes that its records can reach. */
export class TaskPaces {
  readonly #paces = new Map<NodeId, Pace>();

  constructor(plan: TopologyPlan, source: PlannedSource, paces: ReadonlyMap<NodeId, Pace>) {
    for (const number of source.reaches.stages)
      for (const node of Object.keys(plan.stages[number]?.stage.nodes ?? {})) {
        const pace = paces.get(node);
        if (pace !== undefined) this.#paces.set(node, pace);
      }
  }

  /** The most records to take in one go. */
  get portion(): number {
    return Math.min(Infinity, ...[...this.#paces.values()].map((pace) => pace.portion));
  }

  /** Notes that records came into a node. */
  passed(node: NodeId, records: number, now: number): void {
    this.#paces.get(node)?.passed(records, now);
  }

  /** The node that lets nothing more be taken at present, or null. */
  holding(now: number): NodeId | null {
    for (const [node, pace] of this.#paces) if (pace.waitMs(now) > 0) return node;
    return null;
  }

  /** How long to wait before taking more, in milliseconds. */
  waitMs(now: number): number {
    let longest = 0;
    for (const pace of this.#paces.values()) longest = Math.max(longest, pace.waitMs(now));
    return longest;
  }
}

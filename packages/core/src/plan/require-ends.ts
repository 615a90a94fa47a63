import { HeadraceError } from '../errors/headrace-error.ts';
import type { TopologyPlan } from './topology-plan.ts';

/**
 * Checks that every source comes to an end, for a run that is to end there. A partition of a group has its end as of the start. Throws
 * `SOURCE_NEVER_ENDS`.
 */
export function requireEnds(plan: TopologyPlan): void {
  for (const { node } of plan.sources) {
    const { scope, bounded } = node.definition.traits(node.options);
    if (scope === 'group' || bounded) continue;
    throw new HeadraceError('SOURCE_NEVER_ENDS', `The source "${node.id}" (${node.type}) never comes to an end.`, {
      place: { node: node.id },
    });
  }
}

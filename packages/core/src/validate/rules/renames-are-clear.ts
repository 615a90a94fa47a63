import type { Path } from '../../component/finding.ts';
import type { CheckedNode } from '../../definition/checked-definition.ts';
import { notBuiltYet } from '../../definition/later.ts';
import type { Rule, RuleContext } from '../rule.ts';

/** States that each "renamedFrom" names something that is gone, and that no two take over the same. */
export const renamesAreClear: Rule = (context) => {
  const { definition } = context;
  const { name, renamedFrom } = definition;
  if (renamedFrom === name) wrong(context, ['renamedFrom'], `"${name}" is the name that the topology has now.`);
  else if (renamedFrom !== null) moveNothing(context, ['renamedFrom']);
  const ids = new Map(definition.nodes.map((node) => [node.id.toLowerCase(), node]));
  const taken = new Map<string, string>();
  for (const node of definition.nodes) {
    const before = node.common.renamedFrom;
    if (before === undefined) continue;
    const at = [...node.at, 'renamedFrom'];
    const problem = problemOf(before, node, ids, taken);
    taken.set(before.toLowerCase(), node.id);
    if (problem !== null) wrong(context, at, problem);
    else if (node.section === 'sinks') moveNothing(context, at);
  }
};

// Two nodes may change their ids for each other's, but for sources: which positions were moved already could not be told.
function problemOf(
  before: string,
  node: CheckedNode,
  ids: ReadonlyMap<string, CheckedNode>,
  taken: ReadonlyMap<string, string>,
): string | null {
  const name = before.toLowerCase();
  if (before === node.id) return `"${before}" is the id that the node has now.`;
  const other = ids.get(name);
  if (other !== undefined && other !== node && other.common.renamedFrom === undefined)
    return `"${before}" is still the id of a node in ${other.section}.`;
  if (other !== undefined && node.section === 'sources' && other.section === 'sources')
    return `"${before}" is the id of another source now: positions cannot change places.`;
  const first = taken.get(name);
  return first === undefined ? null : `what was "${before}" is already "${first}".`;
}

function wrong({ report }: RuleContext, at: Path, message: string): void {
  report({ code: 'WRONG_RENAME', severity: 'error', at, message });
}

// No operator of today has anything to move, and a source takes its positions at its start.
function moveNothing({ report }: RuleContext, at: Path): void {
  report({ ...notBuiltYet(at, 'Taking over what was kept under the old name'), severity: 'info' });
}

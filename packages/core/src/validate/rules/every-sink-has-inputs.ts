import { suggest } from '@headrace/cel';
import type { CheckedDefinition, CheckedNode } from '../../definition/checked-definition.ts';
import { takesDeadLetters } from '../../graph/resolve-settings.ts';
import type { Rule } from '../rule.ts';

/** States that each sink reads something, or takes the dead letters. */
export const everySinkHasInputs: Rule = ({ definition, report }) => {
  for (const node of definition.nodes) {
    if (node.section !== 'sinks' || node.definition === null || node.options === null) continue;
    if (node.inputs !== null || takesDeadLetters(node, definition) || isMeant(node, definition)) continue;
    const message = 'the key "input" is missing.';
    report({ code: 'MISSING_KEY', severity: 'error', at: node.at, on: 'key', message });
  }
};

// The name of the sink of dead letters may be spelt wrong: that is said where it is named.
function isMeant({ id }: CheckedNode, { run, brokenRun, nodes }: CheckedDefinition): boolean {
  if (brokenRun.has('deadLetter')) return true;
  if (run.deadLetter === undefined || !('sink' in run.deadLetter)) return false;
  const sinks = nodes.filter(({ section }) => section === 'sinks').map((node) => node.id);
  return !sinks.includes(run.deadLetter.sink) && suggest(run.deadLetter.sink, sinks) === id;
}

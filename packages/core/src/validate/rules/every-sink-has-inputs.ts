import { takesDeadLetters } from '../../graph/resolve-settings.ts';
import type { Rule } from '../rule.ts';

/** States that each sink reads something, or takes the dead letters. */
export const everySinkHasInputs: Rule = ({ definition, report }) => {
  for (const node of definition.nodes) {
    if (node.section !== 'sinks' || node.definition === null || node.options === null) continue;
    if (node.inputs !== null || takesDeadLetters(node, definition)) continue;
    const message = 'the key "input" is missing.';
    report({ code: 'MISSING_KEY', severity: 'error', at: node.at, on: 'key', message });
  }
};

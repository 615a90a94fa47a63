import type { Rule } from '../rule.ts';
import { unreadOf } from '../unread-of.ts';

/** States that some node reads each operator: work without a result is a mistake. */
export const everyOperatorIsRead: Rule = ({ definition, wiring, report }) => {
  const unread = unreadOf({ definition, wiring });
  for (const { id, section, at } of definition.nodes) {
    if (section !== 'operators' || !unread.has(id)) continue;
    const suggestion = 'Let an operator or a sink read it, or take it out.';
    report({
      code: 'OPERATOR_NOT_READ',
      severity: 'error',
      at,
      on: 'key',
      message: `nobody reads "${id}".`,
      suggestion,
    });
  }
};

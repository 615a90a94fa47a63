import { isRead } from '../is-read.ts';
import type { Rule } from '../rule.ts';

/** States that some node reads each operator: work without a result is a mistake. */
export const everyOperatorIsRead: Rule = ({ definition, wiring, report }) => {
  for (const { id, section, at } of definition.nodes) {
    if (section !== 'operators' || isRead(wiring, id)) continue;
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

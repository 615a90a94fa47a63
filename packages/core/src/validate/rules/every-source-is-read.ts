import type { Rule } from '../rule.ts';
import { unreadOf } from '../unread-of.ts';

/** States that some node reads each source; an idle source may be meant, so it is a warning. */
export const everySourceIsRead: Rule = ({ definition, wiring, report }) => {
  const unread = unreadOf({ definition, wiring });
  for (const { id, section, at } of definition.nodes) {
    if (section !== 'sources' || !unread.has(id)) continue;
    const message = `nobody reads "${id}": its records would be collected and thrown away.`;
    report({ code: 'SOURCE_NOT_READ', severity: 'warning', at, on: 'key', message });
  }
};

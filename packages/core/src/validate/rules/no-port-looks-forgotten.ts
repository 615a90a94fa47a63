import type { Rule } from '../rule.ts';
import { unreadOf } from '../unread-of.ts';

/** States that each port whose records somebody probably wants is read; what leaves by another is only counted. */
export const noPortLooksForgotten: Rule = ({ definition, wiring, report }) => {
  const unread = unreadOf({ definition, wiring });
  for (const [id, { node, ports }] of wiring.nodes) {
    const open = (ports ?? []).filter(({ port }) => unread.has(`${id}.${port}`));
    if (open.length === 0) continue;
    const names = open.map(({ port }) => (port === 'out' ? `"${id}"` : `"${id}.${port}"`)).join(', ');
    const message = `nobody reads ${names}: those records would be counted and thrown away.`;
    report({ code: 'PORT_NOT_READ', severity: 'warning', at: node.at, on: 'key', message });
  }
};

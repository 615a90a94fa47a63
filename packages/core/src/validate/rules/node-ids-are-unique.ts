import type { Rule } from '../rule.ts';

/** States that no two nodes of the three sections have the same id, the case of letters aside. */
export const nodeIdsAreUnique: Rule = ({ definition, report }) => {
  const seen = new Map<string, { id: string; section: string }>();
  for (const { id, section, at } of definition.nodes) {
    const first = seen.get(id.toLowerCase());
    if (first === undefined) {
      seen.set(id.toLowerCase(), { id, section });
      continue;
    }
    const message = `"${id}" is already the id of a node in ${first.section}${first.id === id ? '' : ` ("${first.id}")`}: ids are unique in all sections, ignoring case.`;
    report({ code: 'DUPLICATE_ID', severity: 'error', at, on: 'key', message });
  }
};

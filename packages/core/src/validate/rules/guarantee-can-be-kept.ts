import type { Rule } from '../rule.ts';

/** States that every source can be read again where the topology promises that nothing is lost. */
export const guaranteeCanBeKept: Rule = ({ definition, nodes, report }) => {
  if (definition.run.guarantee === 'best-effort' || definition.brokenRun.has('guarantee')) return;
  for (const { id, at } of definition.nodes) {
    const node = nodes.get(id);
    if (node?.kind !== 'source' || node.definition.traits(node.options).replay !== 'none') continue;
    const message = `what "${id}" has read once cannot be read again, so that records would be lost if the process died: "at-least-once" cannot be kept.`;
    const suggestion = 'Write "guarantee": "best-effort" in "run".';
    report({ code: 'GUARANTEE_NOT_KEPT', severity: 'error', at: [...at, 'type'], message, suggestion });
  }
};

import { takesDeadLetters } from '../graph/resolve-settings.ts';
import type { GraphDraft } from '../graph/build-graph.ts';

type Part = Pick<GraphDraft, 'definition' | 'wiring'>;

/**
 * Lists what somebody should read and no input means, nor would if it were spelt right: sources and operators as `id`, ports of those
 * that are read as `id.port`. Nothing, where an input cannot be read at all, or where as many inputs name what is not there: then it
 * is one mistake, which is told at the input.
 */
export function unreadOf({ definition, wiring }: Part): ReadonlySet<string> {
  const nodes = definition.nodes.filter(({ id, section }) => section !== 'sinks' && !wiring.meant.has(id));
  const ports = [...wiring.nodes].flatMap(([id, { node, ports: specs }]) =>
    node.section !== 'operators' || !wiring.meant.has(id)
      ? []
      : (specs ?? []).filter(({ quiet }) => !quiet).map(({ port }) => `${id}.${port}`),
  );
  const unread = [...nodes.map(({ id }) => id), ...ports.filter((name) => !wiring.meantPorts.has(name))];
  return new Set(hasBrokenInput(definition) || unread.length <= wiring.unclear ? [] : unread);
}

function hasBrokenInput(definition: Part['definition']): boolean {
  const { nodes, brokenNodes } = definition;
  if (brokenNodes.ids.length > 0 || brokenNodes.sections.some((section) => section !== 'sources')) return true;
  return nodes.some(
    (node) =>
      node.hasBrokenInput ||
      (node.section !== 'sources' && (node.inputs ?? []).length === 0 && !takesDeadLetters(node, definition)),
  );
}

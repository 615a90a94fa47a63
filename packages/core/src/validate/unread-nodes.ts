import { takesDeadLetters } from '../graph/resolve-settings.ts';
import type { GraphDraft } from '../graph/build-graph.ts';
import type { NodeId } from '../record/record-batch.ts';

/**
 * Lists the sources and operators that no input means, nor would if it were spelt right. Where no more of them are left than there
 * are inputs that cannot be told, those may be meant: then it is one mistake, which was reported at the input.
 */
export function unreadNodes({ definition, wiring }: Pick<GraphDraft, 'definition' | 'wiring'>): ReadonlySet<NodeId> {
  const { nodes } = definition;
  const unread = nodes.filter(({ id, section }) => section !== 'sinks' && !wiring.meant.has(id));
  const illegible = nodes.filter(
    (node) => node.section !== 'sources' && (node.inputs ?? []).length === 0 && !takesDeadLetters(node, definition),
  );
  return new Set(unread.length <= wiring.unclear + illegible.length ? [] : unread.map(({ id }) => id));
}

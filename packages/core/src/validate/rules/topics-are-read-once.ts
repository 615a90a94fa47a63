import type { Path } from '../../component/finding.ts';
import { shorten } from '../../definition/format-path.ts';
import { isUnknown } from '../../definition/fill-in.ts';
import type { Rule } from '../rule.ts';

/** States that no two sources read the same topic: a group has one position a partition. */
export const topicsAreReadOnce: Rule = ({ definition, nodes, report }) => {
  const readers = new Map<string, string>();
  for (const { id, section, at, common } of definition.nodes) {
    const node = nodes.get(id);
    if (section !== 'sources' || node?.kind !== 'source') continue;
    const topics = node.definition.subscription?.(node.options).topics ?? [];
    for (const topic of Array.isArray(topics) ? (topics as readonly string[]) : []) {
      const place = placeOf(topic, node.options, at);
      if (isUnknown(place, definition.unknown)) continue;
      const identity = JSON.stringify([common.cluster ?? definition.run.cluster, topic]);
      const other = readers.get(identity);
      readers.set(identity, other ?? id);
      if (other === undefined) continue;
      const message = `"${other}" reads the topic "${shorten(topic, 80)}" already, and a group has one position a partition.`;
      const suggestion = `Let what reads "${id}" read "${other}".`;
      report({ code: 'TOPIC_READ_TWICE', severity: 'error', at: place, message, suggestion });
    }
  }
};

function placeOf(topic: string, { topics }: Readonly<Record<string, unknown>>, at: Path): Path {
  return Array.isArray(topics) ? [...at, 'topics', topics.indexOf(topic)] : [...at, 'topic'];
}

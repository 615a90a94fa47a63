import type { Path } from '../../component/finding.ts';
import { shorten } from '../../definition/format-path.ts';
import { isUnknown } from '../../definition/fill-in.ts';
import type { Rule } from '../rule.ts';

/** States that no two sources read the same topic: a group has one position a partition. */
export const topicsAreReadOnce: Rule = ({ definition, nodes, report }) => {
  const readers = new Map<string, string>();
  const patterns = patternsOf(nodes);
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
      const reader = other ?? patterns.find(({ id: reading, pattern }) => reading !== id && pattern.test(topic))?.id;
      if (reader === undefined) continue;
      const message = `"${reader}" reads the topic "${shorten(topic, 80)}" already, and a group has one position a partition.`;
      const suggestion = `Let what reads "${id}" read "${reader}".`;
      report({ code: 'TOPIC_READ_TWICE', severity: 'error', at: place, message, suggestion });
    }
  }
};

function patternsOf(nodes: Parameters<Rule>[0]['nodes']): { id: string; pattern: RegExp }[] {
  return [...nodes.values()].flatMap((node) => {
    const topics = node.kind === 'source' ? node.definition.subscription?.(node.options).topics : undefined;
    return topics instanceof RegExp ? [{ id: node.id, pattern: topics }] : [];
  });
}

function placeOf(topic: string, { topics }: Readonly<Record<string, unknown>>, at: Path): Path {
  return Array.isArray(topics) ? [...at, 'topics', topics.indexOf(topic)] : [...at, 'topic'];
}

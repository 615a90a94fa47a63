import type { TopicCreation } from '../../component/topic-use.ts';
import { isUnknown } from '../../definition/fill-in.ts';
import { shorten } from '../../definition/format-path.ts';
import type { Rule } from '../rule.ts';

/** States that sinks which say how a topic is made say the same: it is made once. */
export const topicsAreMadeAlike: Rule = ({ definition, nodes, report }) => {
  const made = new Map<string, { id: string; create: TopicCreation }>();
  for (const { id, at, common } of definition.nodes) {
    const node = nodes.get(id);
    const place = [...at, 'create'];
    if (node?.kind !== 'sink' || isUnknown(place, definition.unknown)) continue;
    for (const { topic, create } of node.definition.topics?.(node.options) ?? []) {
      if (create === null) continue;
      const identity = JSON.stringify([common.cluster ?? definition.run.cluster, topic]);
      const other = made.get(identity);
      if (other === undefined) made.set(identity, { id, create });
      else if (textOf(other.create) !== textOf(create)) {
        const message = `"${other.id}" wants the topic "${shorten(topic, 80)}" made otherwise, and it is made once.`;
        const suggestion = 'Write "create" in one of them, or the same in both.';
        report({ code: 'OPTIONS_CONFLICT', severity: 'error', at: place, on: 'key', message, suggestion });
        break;
      }
    }
  }
};

function textOf({ partitions, replication, config }: TopicCreation): string {
  return JSON.stringify([partitions, replication, Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

import { consumerProtocolSubscription, readData } from '@headrace/protocol';
import type { Group } from './group.ts';

/** Returns the topics that members of a group read; null where one says something that cannot be read. */
export function subscriptionsOf(group: Group): ReadonlySet<string> | null {
  const topics = new Set<string>();
  for (const { protocols } of group.members.values())
    for (const { metadata } of protocols) {
      try {
        for (const topic of readData(consumerProtocolSubscription, metadata).value.topics) topics.add(topic);
      } catch {
        return null;
      }
    }
  return topics;
}

import { createHash } from 'node:crypto';

/** Returns a short text that changes with the topics and their numbers of partitions. */
export function topicsDigest(partitions: ReadonlyMap<string, number>): string {
  const text = [...partitions].map(([topic, count]) => `${topic}:${count}`).sort();
  return createHash('sha256').update(text.join(' ')).digest('base64url').slice(0, 12);
}

import type { TopicPartition } from '@headrace/core';

/** A member as the assignment sees it. */
export interface Candidate {
  /** Tells whether it has subscribed to a topic. */
  wants(partition: TopicPartition): boolean;
}

/**
 * Divides partitions among members. A partition stays where it is unless its owner has at least two more than another member that
 * wants it; a free one goes to the member with the fewest, of equal ones to the first. Partitions that nobody wants are left out.
 */
export function assign<C extends Candidate>(
  partitions: readonly TopicPartition[],
  members: readonly C[],
  current: ReadonlyMap<TopicPartition, C>,
): Map<TopicPartition, C> {
  const target = new Map<TopicPartition, C>();
  const counts = new Map<C, number>(members.map((member) => [member, 0]));
  const give = (partition: TopicPartition, member: C): void => {
    const before = target.get(partition);
    if (before !== undefined) counts.set(before, count(before) - 1);
    target.set(partition, member);
    counts.set(member, count(member) + 1);
  };
  const count = (member: C): number => counts.get(member) ?? 0;
  const least = (partition: TopicPartition): C | null => {
    let best: C | null = null;
    for (const member of members)
      if (member.wants(partition) && (best === null || count(member) < count(best))) best = member;
    return best;
  };
  // A partition of the member with the most that another should have; from the fullest first, so that nobody gives and gets.
  const fullest = (): TopicPartition | null => {
    let from: TopicPartition | null = null;
    let most = 0;
    for (const partition of partitions) {
      const owner = target.get(partition);
      const other = least(partition);
      if (owner === undefined || other === null || count(other) + 1 >= count(owner) || count(owner) < most) continue;
      most = count(owner);
      from = partition;
    }
    return from;
  };

  for (const partition of partitions) {
    const owner = current.get(partition);
    if (owner !== undefined && counts.has(owner) && owner.wants(partition)) give(partition, owner);
  }
  for (const partition of partitions) {
    const member = target.has(partition) ? null : least(partition);
    if (member !== null) give(partition, member);
  }
  for (let next = fullest(); next !== null; next = fullest()) give(next, least(next) as C);
  return target;
}

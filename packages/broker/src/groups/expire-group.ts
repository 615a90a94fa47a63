import type { Group } from './group.ts';
import { subscriptionsOf } from './subscriptions.ts';

/** How long groups are kept; milliseconds. */
export interface ExpirySettings {
  /** How long a position is kept that nobody uses. */
  readonly offsetsRetentionMs: number;
  /** How long a group is kept that has neither members nor positions. */
  readonly emptyGroupRetentionMs: number;
}

/**
 * Forgets the positions of a group that are too old, and tells whether nothing is left of it. The rules are those of Kafka's
 * coordinator (KIP-211): those of a group that its members have left age from then on, those of a group without members ever, and of
 * topics that no member reads, from their commit.
 */
export function expireGroup(group: Group, now: number, settings: ExpirySettings): boolean {
  const { offsetsRetentionMs, emptyGroupRetentionMs } = settings;
  const isOver = (since: number): boolean => now - since >= offsetsRetentionMs;
  const { offsets, state, protocolType, emptySince } = group;
  if (state === 'Stable' && protocolType === 'consumer')
    offsets.expire((topic, committedAt) => isOver(committedAt) && subscriptionsOf(group)?.has(topic) === false);
  if (state !== 'Empty') return false;
  offsets.expire((_, committedAt) => isOver(protocolType === null ? committedAt : emptySince));
  return offsets.isEmpty && group.pending.size === 0 && now - emptySince >= emptyGroupRetentionMs;
}

import type { Committed, GroupListener, Membership, TopicPartition, TopologyHashes } from '@headrace/core';
import type { Cluster } from '../cluster/cluster.ts';
import type { GroupCoordinator } from './group-coordinator.ts';
import type { KafkaLogger } from '../log-options.ts';

/** What a member wants to read. */
export interface Subscription {
  /** Names of topics, or an expression over names: topics that come into being later join by themselves. */
  readonly topics: readonly string[] | RegExp;
  /**
   * Sets of topics whose partitions of one number go to one member together: a task. A topic stands in one set at most; each
   * partition of any other topic is a task of its own.
   */
  readonly coPartitioned?: readonly (readonly string[])[];
}

/** Who commits. A commit, and each offset of a transaction, carries all of it, so that a group can fence who is no member any more. */
export interface GroupIdentity {
  readonly groupId: string;
  /** The generation of the classic protocol; KIP-848 calls it the epoch of the member. */
  readonly generation: number;
  readonly memberId: string;
  /** The name of a static member (`group.instance.id`); null for others. */
  readonly instanceId: string | null;
}

/** What a member works with; times in milliseconds. */
export interface GroupMemberOptions {
  /** Brokers, topics and time. */
  readonly cluster: Cluster;
  readonly group: string;
  /** Who coordinates the group, where others ask it as well; found anew unless given. */
  readonly coordinator?: GroupCoordinator;
  /** Makes the member static: it keeps its place while it restarts within the session, and does not leave when it stops. */
  readonly instanceId?: string;
  /**
   * Which topology it runs: a member of another `shape` waits outside the group until it has none of this one; another `content` is only
   * reported.
   */
  readonly topology?: TopologyHashes;
  /** How long a member may be silent before its partitions go to others. */
  readonly sessionTimeoutMs: number;
  /** How often a member says that it lives, and so how soon it hears of a rebalance. */
  readonly heartbeatMs: number;
  /** How long the members may take to join anew; partitions are given back within four fifths of it. */
  readonly rebalanceTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** How often the topics are looked at for new partitions and names. */
  readonly metadataMs: number;
  /**
   * Names a task that has made no progress for too long, or null. Asked before each beat: the member of such a task beats no more, leaves
   * and fails with TASK_STALLED, so that others take over.
   */
  readonly stalled?: () => string | null;
  /** Tells the epoch of the last record before a position, which goes into commits; -1 where it is not known. */
  readonly epochBefore?: (partition: TopicPartition, offset: number) => number;
  readonly logger?: KafkaLogger;
  /** Numbers in [0, 1) that spread retries; those of Math unless given. */
  readonly random?: () => number;
}

/**
 * A member of a group, whatever protocol the group speaks. The listener is told:
 *
 * - `assigned`: only what is new; partitions that stay are never mentioned and never stop. The first call comes with the first assignment, empty or not.
 * - `revoking`: what has to be given back. Its commits are taken until the promise settles; nobody gets the partitions before.
 *   `signal` fires at four fifths of the rebalance timeout, and at once where the partitions are lost meanwhile.
 * - `lost`: what others may own already. Nothing of it can be committed. Follows a `revoking` that had not settled.
 * - `failed`: the end; nothing is called after it.
 */
export interface GroupMember extends Membership {
  /**
   * Joins; resolves with the first assignment, before the listener is told of it. Passing faults are waited out. Rejects with UNKNOWN_TOPIC,
   * GROUP_NOT_OURS (members of another client are in the group), KAFKA_NOT_ALLOWED, LOG_CLOSED (`leave` came first), and others that waiting cannot mend.
   * A member of another shape than the group's waits here.
   */
  join(subscription: Subscription, listener: GroupListener): Promise<void>;
  /**
   * Commits under the present generation; over moves of the coordinator and rebalances it is tried for as long as the partitions are
   * owned. Rejects with NOT_OWNER at once, without asking the broker, and with COMMIT_REFUSED where the partitions are lost.
   */
  commit(at: readonly Committed[]): Promise<void>;
  /** Tells whether a partition may be read and committed now; true as well while it is given back. */
  owns(partition: TopicPartition): boolean;
  /** Who the group knows; null while it has no generation. What it says is old once the member joins anew: ask each time. */
  readonly identity: GroupIdentity | null;
  /** Ends the membership without a word to the listener; a static member keeps its place until its session is over. Never rejects. */
  leave(): Promise<void>;
}

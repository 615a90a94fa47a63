import {
  systemClock,
  type Committed,
  type GroupListener,
  type HeadraceError,
  type TopicPartition,
} from '@headrace/core';
import { Cluster } from '../../packages/kafka/src/cluster/cluster.ts';
import { createGroupMember } from '../../packages/kafka/src/group/create-group-member.ts';
import type { GroupMember, GroupMemberOptions, Subscription } from '../../packages/kafka/src/group/group-member.ts';
import { SocketConnections } from '../../packages/kafka/src/network/socket-connections.ts';

/** A member of a group with connections of its own, that keeps book of what it is told. */
export class GroupWorker implements GroupListener {
  readonly member: GroupMember;
  readonly cluster: Cluster;
  readonly owned = new Set<TopicPartition>();
  /** Every call, in order: `assigned t/0 t/1`. */
  readonly calls: string[] = [];
  readonly log: string[] = [];
  failure: HeadraceError | null = null;
  /** What is done before partitions are given back. */
  drain: (partitions: readonly TopicPartition[], signal: AbortSignal) => Promise<void> = async () => {};
  readonly #connections: SocketConnections;

  constructor(bootstrap: string, options: Partial<GroupMemberOptions> & { readonly group: string }) {
    this.#connections = new SocketConnections({
      brokers: [bootstrap],
      clientId: 'group-test',
      tls: null,
      sasl: null,
      clock: systemClock,
      connectTimeoutMs: 20_000,
      maxFrameBytes: 1 << 26,
    });
    this.cluster = new Cluster({ connections: this.#connections, clock: systemClock, requestTimeoutMs: 20_000 });
    this.member = createGroupMember({
      cluster: this.cluster,
      sessionTimeoutMs: 20_000,
      heartbeatMs: 100,
      rebalanceTimeoutMs: 30_000,
      requestTimeoutMs: 20_000,
      metadataMs: 300_000,
      logger: (level, message) => void this.log.push(`${level} ${message}`),
      ...options,
    });
  }

  /** Joins, and returns the worker. */
  async join(topics: readonly string[] | RegExp, rest: Omit<Subscription, 'topics'> = {}): Promise<this> {
    await this.member.join({ topics, ...rest }, this);
    return this;
  }

  assigned(partitions: readonly TopicPartition[]): void {
    this.#note('assigned', partitions);
    for (const partition of partitions) this.owned.add(partition);
  }

  async revoking(partitions: readonly TopicPartition[], signal: AbortSignal): Promise<void> {
    this.#note('revoking', partitions);
    await this.drain(partitions, signal);
    for (const partition of partitions) this.owned.delete(partition);
  }

  lost(partitions: readonly TopicPartition[]): void {
    this.#note('lost', partitions);
    for (const partition of partitions) this.owned.delete(partition);
  }

  failed(error: HeadraceError): void {
    this.failure = error;
  }

  commit(...at: readonly Committed[]): Promise<void> {
    return this.member.commit(at);
  }

  /** Ends all connections without a word, as a crash would. */
  async vanish(): Promise<void> {
    await this.#connections.close();
  }

  async stop(): Promise<void> {
    await this.member.leave();
    await this.#connections.close();
  }

  #note(call: string, partitions: readonly TopicPartition[]): void {
    this.calls.push([call, ...partitions.toSorted()].join(' '));
  }
}

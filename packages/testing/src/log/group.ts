import { HeadraceError } from '@headrace/core';
import type { Clock, Committed, GroupListener, Membership, TopicPartition } from '@headrace/core';
import { assign } from './assign.ts';
import { comparePartitions, parsePartition } from './topic-partition.ts';

/** What a group needs to know of the world. */
export interface GroupContext {
  readonly name: string;
  readonly clock: Clock;
  /** How long a member may take to give partitions back. */
  readonly revokeTimeoutMs: number;
  /** Lists the partitions of all topics. */
  partitions(): readonly TopicPartition[];
  /** Takes the fault that a test planned for this commit. */
  commitFault(): HeadraceError | null;
}

/** A group of consumers: who owns which partition, and what is committed. Only one owns a partition at a time. */
export class Group {
  readonly #context: GroupContext;
  readonly #owners = new Map<TopicPartition, GroupMember>();
  readonly #commits = new Map<TopicPartition, { offset: number; metadata: string }>();
  #members: GroupMember[] = [];
  #generation = 0;
  #requested = false;
  #running = false;

  constructor(context: GroupContext) {
    this.#context = context;
  }

  /** Returns the members in the order of joining. */
  get members(): readonly GroupMember[] {
    return this.#members;
  }

  /** Returns how many times partitions were divided anew. */
  get generation(): number {
    return this.#generation;
  }

  /** Adds a member; it is told its partitions soon after. */
  join(topics: readonly string[] | RegExp, listener: GroupListener): GroupMember {
    const member = new GroupMember(this, topics, listener);
    this.#members = [...this.#members, member];
    this.rebalance();
    return member;
  }

  /** Takes a member out without asking it anything. */
  remove(member: GroupMember): readonly TopicPartition[] {
    if (!this.#members.includes(member)) return [];
    this.#members = this.#members.filter((other) => other !== member);
    member.end();
    this.rebalance();
    return this.#release(member);
  }

  /** Takes all partitions from a member at once; it stays, and takes part in the division that follows. */
  lose(member: GroupMember): void {
    const lost = this.#release(member);
    this.rebalance();
    if (lost.length > 0) member.listener.lost(lost);
  }

  /** Lists what a member owns. */
  ownedBy(member: GroupMember): readonly TopicPartition[] {
    return [...this.#owners]
      .filter(([, owner]) => owner === member)
      .map(([partition]) => partition)
      .sort(comparePartitions);
  }

  /** Records positions; refuses all of them where the member does not own one of the partitions. */
  commit(member: GroupMember, at: readonly Committed[]): void {
    const fault = this.#context.commitFault();
    if (fault !== null) throw fault;
    const foreign = at.find(({ partition }) => this.#owners.get(partition) !== member);
    if (foreign !== undefined)
      throw new HeadraceError(
        'NOT_OWNER',
        `Partition "${foreign.partition}" of group "${this.#context.name}" does not belong to this member.`,
        { place: { split: foreign.partition, offset: foreign.offset } },
      );
    for (const { partition, offset, metadata } of at) this.#commits.set(partition, { offset, metadata });
  }

  /** Returns what is committed for these partitions. */
  committed(partitions: readonly TopicPartition[]): Map<TopicPartition, { offset: number; metadata: string }> {
    const result = new Map<TopicPartition, { offset: number; metadata: string }>();
    for (const partition of partitions) {
      const commit = this.#commits.get(partition);
      if (commit !== undefined) result.set(partition, { ...commit });
    }
    return result;
  }

  /** Returns all that is committed, in order of partitions. */
  commits(): Map<TopicPartition, { offset: number; metadata: string }> {
    return this.committed([...this.#commits.keys()].sort(comparePartitions));
  }

  /** Asks for the partitions to be divided anew, soon; one that runs is followed by another. */
  rebalance(): void {
    if (this.#requested) return;
    this.#requested = true;
    if (!this.#running) this.#context.clock.soon(() => void this.#run());
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      while (this.#requested) {
        this.#requested = false;
        await this.#divide();
      }
    } finally {
      this.#running = false;
    }
  }

  async #divide(): Promise<void> {
    const partitions = [...this.#context.partitions()].sort(comparePartitions);
    const target = assign(partitions, this.#members, this.#owners);
    await Promise.all(
      this.#members.map((member) =>
        this.#revoke(
          member,
          this.ownedBy(member).filter((partition) => target.get(partition) !== member),
        ),
      ),
    );
    this.#generation += 1;
    for (const member of this.#members) {
      const gained = partitions.filter((partition) => target.get(partition) === member && !this.#owners.has(partition));
      for (const partition of gained) this.#owners.set(partition, member);
      member.assigned(gained);
    }
  }

  async #revoke(member: GroupMember, partitions: readonly TopicPartition[]): Promise<void> {
    if (partitions.length === 0) return;
    const deadline = new AbortController();
    let cancel = (): void => undefined;
    const late = new Promise<'late'>((resolve) => {
      cancel = this.#context.clock.after(this.#context.revokeTimeoutMs, () => {
        deadline.abort(new HeadraceError('REVOKE_DEADLINE', 'The partitions were not given back in time.'));
        resolve('late');
      });
    });
    const given = member.listener.revoking(partitions, deadline.signal).then(
      () => 'given' as const,
      () => 'late' as const,
    );
    const outcome = await Promise.race([given, late, member.ended]);
    cancel();
    if (outcome === 'late') this.lose(member);
    for (const partition of partitions) if (this.#owners.get(partition) === member) this.#owners.delete(partition);
  }

  #release(member: GroupMember): readonly TopicPartition[] {
    const owned = this.ownedBy(member);
    for (const partition of owned) this.#owners.delete(partition);
    return owned;
  }
}

/** A member of a group, as its Log handed it out. */
export class GroupMember implements Membership {
  readonly listener: GroupListener;
  /** Resolves when the member is no longer in its group. */
  readonly ended: Promise<'ended'>;
  readonly #group: Group;
  readonly #topics: readonly string[] | RegExp;
  #resolveEnded: (value: 'ended') => void = () => undefined;
  #told = false;

  constructor(group: Group, topics: readonly string[] | RegExp, listener: GroupListener) {
    this.#group = group;
    this.#topics = topics;
    this.listener = listener;
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
  }

  /** Returns the partitions that it owns now. */
  get partitions(): readonly TopicPartition[] {
    return this.#group.ownedBy(this);
  }

  wants(partition: TopicPartition): boolean {
    const { topic } = parsePartition(partition);
    return this.#topics instanceof RegExp ? topic.search(this.#topics) >= 0 : this.#topics.includes(topic);
  }

  /** Tells the listener what it gained; the first time also that it is nothing. */
  assigned(partitions: readonly TopicPartition[]): void {
    if (partitions.length === 0 && this.#told) return;
    this.#told = true;
    this.listener.assigned(partitions);
  }

  /** Marks the membership as over. */
  end(): void {
    this.#resolveEnded('ended');
  }

  async commit(at: readonly Committed[]): Promise<void> {
    this.#group.commit(this, at);
  }

  async leave(): Promise<void> {
    this.#group.remove(this);
  }
}

import { Refusal } from '../refusal.ts';
import type { Journal } from '../storage/journal.ts';
import { GroupOffsets } from './group-offsets.ts';
import type { Member } from './member.ts';

/** The states of a classic group, by the names that Kafka tells. */
export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead';

/** A classic group: its members, its generation and its offsets. The coordinator moves it from state to state. */
export class Group {
  readonly id: string;
  readonly members = new Map<string, Member>();
  /** The ids of static members by their instance ids. */
  readonly instances = new Map<string, string>();
  /** Ids that were given out and have not joined yet, with what ends their time. */
  readonly pending = new Map<string, () => void>();
  /** Members of the generation that have not synced yet. */
  readonly unsynced = new Set<string>();
  readonly offsets: GroupOffsets;
  state: GroupState = 'Empty';
  generation = 0;
  /** When it was left by its last member, or made; epoch milliseconds. */
  emptySince: number;
  protocolType: string | null = null;
  protocolName: string | null = null;
  leader: string | null = null;
  /** True while a group that had no members waits for more than the first. */
  awaitsNewcomers = false;
  /** True where somebody has joined since the delay of a new group began. */
  hasNewcomers = false;
  /** Ends the wait for joins or syncs. */
  cancelWait: () => void = () => {};

  constructor(id: string, now: number, journal?: Journal) {
    this.id = id;
    this.emptySince = now;
    this.offsets = new GroupOffsets(id, journal);
  }

  /** The longest time that a member takes to join anew. */
  get rebalanceTimeoutMs(): number {
    return Math.max(0, ...[...this.members.values()].map((member) => member.rebalanceTimeoutMs));
  }

  /** Tells whether every member, and everybody to whom an id was given, waits for the next generation. */
  get haveAllJoined(): boolean {
    if (this.pending.size > 0) return false;
    for (const { awaitingJoin } of this.members.values()) if (awaitingJoin === null) return false;
    return true;
  }

  /** Tells whether a member with these protocols fits to those that are there. */
  supports(protocolType: string, protocols: readonly { readonly name: string }[]): boolean {
    if (this.members.size === 0) return protocolType !== '' && protocols.length > 0;
    const common = this.#commonProtocols();
    return protocolType === this.protocolType && protocols.some(({ name }) => common.has(name));
  }

  /** Returns the protocol that most members like best of those that all support. */
  selectProtocol(): string | null {
    const common = this.#commonProtocols();
    const votes = new Map<string, number>();
    for (const { protocols } of this.members.values()) {
      const best = protocols.find(({ name }) => common.has(name))?.name;
      if (best !== undefined) votes.set(best, (votes.get(best) ?? 0) + 1);
    }
    let chosen: string | null = null;
    for (const [name, count] of votes) if (chosen === null || count > (votes.get(chosen) ?? 0)) chosen = name;
    return chosen;
  }

  /** Returns a member; refuses one that is not known, and a static one whose place another has taken. */
  member(id: string, instanceId: string | null): Member {
    if (instanceId !== null) {
      const current = this.instances.get(instanceId);
      if (current === undefined) throw new Refusal('UNKNOWN_MEMBER_ID');
      if (current !== id) throw new Refusal('FENCED_INSTANCE_ID');
    }
    const member = this.members.get(id);
    if (member === undefined) throw new Refusal('UNKNOWN_MEMBER_ID');
    return member;
  }

  add(member: Member, protocolType: string): void {
    if (this.members.size === 0) this.protocolType = protocolType;
    this.members.set(member.id, member);
    if (member.instanceId !== null) this.instances.set(member.instanceId, member.id);
    this.leader ??= member.id;
    this.pending.get(member.id)?.();
    this.pending.delete(member.id);
  }

  /** Takes a member out; another leads if it did. */
  remove(member: Member): void {
    member.cancelSession();
    this.members.delete(member.id);
    this.unsynced.delete(member.id);
    if (member.instanceId !== null && this.instances.get(member.instanceId) === member.id)
      this.instances.delete(member.instanceId);
    if (this.leader === member.id) this.leader = this.members.keys().next().value ?? null;
  }

  /** Gives a static member a new id, under which it goes on. */
  rename(member: Member, id: string): void {
    const members = [...this.members.values()];
    this.members.clear();
    if (this.leader === member.id) this.leader = id;
    if (this.unsynced.delete(member.id)) this.unsynced.add(id);
    member.id = id;
    for (const each of members) this.members.set(each.id, each);
    if (member.instanceId !== null) this.instances.set(member.instanceId, id);
  }

  /** Tells whether one that waits for the next generation leads it, choosing one if need be. */
  electJoinedLeader(): boolean {
    if (this.leader !== null && (this.members.get(this.leader)?.awaitingJoin ?? null) !== null) return true;
    for (const { id, awaitingJoin } of this.members.values()) {
      if (awaitingJoin === null) continue;
      this.leader = id;
      return true;
    }
    return false;
  }

  #commonProtocols(): ReadonlySet<string> {
    const counts = new Map<string, number>();
    for (const { protocols } of this.members.values())
      for (const name of new Set(protocols.map((each) => each.name))) counts.set(name, (counts.get(name) ?? 0) + 1);
    return new Set([...counts].flatMap(([name, count]) => (count === this.members.size ? [name] : [])));
  }
}

import { randomUUID } from 'node:crypto';
import { errorCode } from '@headrace/protocol';
import type { BrokerClock } from '../clock/broker-clock.ts';
import { Refusal } from '../refusal.ts';
import type { Journal } from '../storage/journal.ts';
import { expireGroup, type ExpirySettings } from './expire-group.ts';
import { Group } from './group.ts';
import { hasSameProtocols, type JoinAnswer, type Member, type MemberProtocol, type SyncAnswer } from './member.ts';
import { answerSync, generationFor, membersOf, Rebalance, refusedJoin, syncAnswer } from './rebalance.ts';

/** A request to join. */
export interface Join {
  readonly groupId: string;
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly protocolType: string;
  readonly protocols: readonly MemberProtocol[];
  /** True where the client takes its id before it joins (version 4). */
  readonly takesIdFirst: boolean;
  /** True where the client can be told to leave the assignment as it is (version 9). */
  readonly canSkipAssignment: boolean;
}

/** Who speaks in a group. */
export interface Speaker {
  readonly groupId: string;
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly generationId: number;
}

/** How groups behave; times in milliseconds. */
export interface GroupSettings extends ExpirySettings {
  readonly groupInitialRebalanceDelayMs: number;
  readonly groupMinSessionTimeoutMs: number;
  readonly groupMaxSessionTimeoutMs: number;
}

/**
 * The coordinator of classic groups, with every state and timer of Kafka's: members that take an id first, static members that come
 * back and fence whoever had their place, sessions, rebalances that are waited for, and syncs that do not come.
 */
export class GroupCoordinator {
  readonly #clock: BrokerClock;
  readonly #settings: GroupSettings;
  readonly #groups = new Map<string, Group>();
  readonly #rebalance: Rebalance;
  readonly #journal: Journal;

  constructor(clock: BrokerClock, settings: GroupSettings, journal: Journal) {
    this.#journal = journal;
    this.#clock = clock;
    this.#settings = settings;
    this.#rebalance = new Rebalance(clock, settings.groupInitialRebalanceDelayMs);
  }

  /** Returns a group; what is too old goes when it is asked for, and needs no timer. */
  get(groupId: string): Group | undefined {
    const group = this.#groups.get(groupId);
    if (group === undefined || !expireGroup(group, this.#clock.now(), this.#settings)) return group;
    this.#groups.delete(groupId);
    group.state = 'Dead';
    return undefined;
  }

  all(): readonly Group[] {
    return [...this.#groups.keys()].flatMap((id) => this.get(id) ?? []);
  }

  /** Returns a group, made if there is none. */
  getOrMake(groupId: string): Group {
    let group = this.get(groupId);
    if (group === undefined) this.#groups.set(groupId, (group = new Group(groupId, this.#clock.now(), this.#journal)));
    return group;
  }

  /** Lets a member join; `answer` is called when its generation begins, or at once with an error. */
  join(join: Join, answer: (answer: JoinAnswer) => void): void {
    try {
      this.#join(join, answer);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answer(refusedJoin(error.code, join.memberId));
    }
  }

  /** Takes the assignments of the leader; `answer` is called with the member's when there is one. */
  sync(
    speaker: Speaker,
    protocol: { readonly type: string | null; readonly name: string | null },
    assignments: ReadonlyMap<string, Buffer>,
    answer: (answer: SyncAnswer) => void,
  ): void {
    const { group, member } = this.#speaking(speaker);
    if (
      (protocol.type !== null && protocol.type !== group.protocolType) ||
      (protocol.name !== null && protocol.name !== group.protocolName)
    )
      throw new Refusal('INCONSISTENT_GROUP_PROTOCOL');
    if (group.state === 'Empty') throw new Refusal('UNKNOWN_MEMBER_ID');
    if (group.state === 'PreparingRebalance') throw new Refusal('REBALANCE_IN_PROGRESS');
    this.#renewSession(group, member);
    if (group.state === 'Stable') {
      group.unsynced.delete(member.id);
      this.#rebalance.endSyncs(group);
      return answer(syncAnswer(group, member, 'NONE'));
    }
    member.awaitingSync = answer;
    group.unsynced.delete(member.id);
    if (group.leader === member.id) this.#rebalance.assign(group, assignments);
  }

  /** Keeps a member's session; refuses one that is to join anew. */
  heartbeat(speaker: Speaker): void {
    const { group, member } = this.#speaking(speaker);
    if (group.state === 'Empty') throw new Refusal('UNKNOWN_MEMBER_ID');
    this.#renewSession(group, member);
    if (group.state === 'PreparingRebalance') throw new Refusal('REBALANCE_IN_PROGRESS');
  }

  /** Takes a member out of its group; refuses one that is not in it. */
  leave(groupId: string, memberId: string, instanceId: string | null): void {
    const group = this.get(groupId);
    if (group === undefined) throw new Refusal('UNKNOWN_MEMBER_ID');
    const cancel = group.pending.get(memberId);
    if (cancel !== undefined) {
      cancel();
      group.pending.delete(memberId);
      return this.#rebalance.completeIfAllJoined(group);
    }
    const id = memberId === '' && instanceId !== null ? (group.instances.get(instanceId) ?? '') : memberId;
    this.#remove(group, group.member(id, instanceId));
  }

  /** Refuses a commit of who is not in the group as it says; renews the session of a member. `isTransactional` goes on in a rebalance. */
  checkCommit(speaker: Speaker, isTransactional: boolean): Group {
    const { groupId, memberId, instanceId, generationId } = speaker;
    const group = this.get(groupId);
    if (group === undefined) {
      if (generationId >= 0) throw new Refusal('ILLEGAL_GENERATION');
      return this.getOrMake(groupId);
    }
    if (generationId < 0 && group.state === 'Empty') return group;
    if (generationId >= 0 || memberId !== '' || instanceId !== null) {
      const member = group.member(memberId, instanceId);
      if (generationId !== group.generation) throw new Refusal('ILLEGAL_GENERATION');
      this.#renewSession(group, member);
    } else if (!isTransactional) {
      throw new Refusal('UNKNOWN_MEMBER_ID');
    }
    if (!isTransactional && group.state === 'CompletingRebalance') throw new Refusal('REBALANCE_IN_PROGRESS');
    return group;
  }

  /**
   * Ends what waits in a group, whose coordinator ends: members ask again, and their sessions begin anew. They are told where the
   * coordinator `moves`; where it has crashed nobody is.
   */
  interrupt(groupId: string, moves: boolean): void {
    const group = this.get(groupId);
    for (const member of group?.members.values() ?? []) {
      if (moves) {
        member.awaitingJoin?.(refusedJoin(errorCode('NOT_COORDINATOR'), member.id));
        answerSync(group as Group, member, 'NOT_COORDINATOR');
      }
      member.awaitingJoin = null;
      member.awaitingSync = null;
      this.#renewSession(group as Group, member);
    }
  }

  /** Deletes a group that has no members. */
  delete(groupId: string): void {
    const group = this.get(groupId);
    if (group === undefined) throw new Refusal('GROUP_ID_NOT_FOUND');
    if (group.state !== 'Empty') throw new Refusal('NON_EMPTY_GROUP');
    group.offsets.clear();
    this.#groups.delete(groupId);
    group.state = 'Dead';
  }

  #join(join: Join, answer: (answer: JoinAnswer) => void): void {
    const { groupMinSessionTimeoutMs: least, groupMaxSessionTimeoutMs: most } = this.#settings;
    if (join.groupId === '') throw new Refusal('INVALID_GROUP_ID');
    if (join.sessionTimeoutMs < least || join.sessionTimeoutMs > most) throw new Refusal('INVALID_SESSION_TIMEOUT');
    const isUnknown = join.memberId === '';
    if (!isUnknown && this.get(join.groupId) === undefined) throw new Refusal('UNKNOWN_MEMBER_ID');
    const group = this.getOrMake(join.groupId);
    if (!group.supports(join.protocolType, join.protocols)) throw new Refusal('INCONSISTENT_GROUP_PROTOCOL');
    if (!isUnknown && !group.pending.has(join.memberId)) return this.#rejoin(group, join, answer);
    if (!isUnknown) return this.#add(group, join, join.memberId, answer);
    const id = `${join.instanceId ?? join.clientId}-${randomUUID()}`;
    if (join.instanceId !== null) return this.#joinStatic(group, join, id, answer);
    if (!join.takesIdFirst) return this.#add(group, join, id, answer);
    const forget = (): void => {
      group.pending.delete(id);
      this.#rebalance.completeIfAllJoined(group);
    };
    group.pending.set(id, this.#clock.after(join.sessionTimeoutMs, forget));
    answer(refusedJoin(errorCode('MEMBER_ID_REQUIRED'), id));
  }

  #add(group: Group, join: Join, id: string, answer: (answer: JoinAnswer) => void): void {
    const member: Member = {
      id,
      instanceId: join.instanceId,
      clientId: join.clientId,
      clientHost: join.clientHost,
      sessionTimeoutMs: join.sessionTimeoutMs,
      rebalanceTimeoutMs: join.rebalanceTimeoutMs,
      protocols: join.protocols,
      assignment: Buffer.alloc(0),
      awaitingJoin: answer,
      awaitingSync: null,
      cancelSession: () => {},
    };
    if (group.awaitsNewcomers) group.hasNewcomers = true;
    group.add(member, join.protocolType);
    this.#renewSession(group, member);
    this.#rebalance.prepareOrComplete(group);
  }

  /** A static member that comes without its id takes its old place under a new one; who had it is fenced. */
  #joinStatic(group: Group, join: Join, id: string, answer: (answer: JoinAnswer) => void): void {
    const oldId = group.instances.get(join.instanceId ?? '');
    const member = oldId === undefined ? undefined : group.members.get(oldId);
    if (member === undefined) return this.#add(group, join, id, answer);
    const fenced = errorCode('FENCED_INSTANCE_ID');
    member.awaitingJoin?.(refusedJoin(fenced, member.id));
    member.awaitingJoin = null;
    answerSync(group, member, 'FENCED_INSTANCE_ID');
    const leaderBefore = group.leader;
    group.rename(member, id);
    update(member, join);
    this.#renewSession(group, member);
    const isSettled = group.state === 'Stable' && group.selectProtocol() === group.protocolName;
    if (!isSettled) {
      member.awaitingJoin = answer;
      return this.#rebalance.prepareOrComplete(group);
    }
    const isLeader = group.leader === id;
    if (join.canSkipAssignment)
      return answer({
        ...generationFor(group, member),
        skipAssignment: isLeader,
        members: isLeader ? membersOf(group) : [],
      });
    // An older client that learns that it leads would assign anew: it is told of the leader that was.
    answer({ ...generationFor(group, member), leader: leaderBefore ?? '', members: [] });
  }

  #rejoin(group: Group, join: Join, answer: (answer: JoinAnswer) => void): void {
    const member = group.member(join.memberId, join.instanceId);
    const isSame = hasSameProtocols(member, join.protocols);
    const isCurrent =
      (group.state === 'CompletingRebalance' && isSame) ||
      (group.state === 'Stable' && isSame && group.leader !== member.id);
    if (isCurrent) {
      this.#renewSession(group, member);
      return answer(generationFor(group, member));
    }
    if (group.state === 'Empty' || group.state === 'Dead') throw new Refusal('UNKNOWN_MEMBER_ID');
    update(member, join);
    // The same member asks again: the question before is not waited for any more.
    member.awaitingJoin?.(refusedJoin(errorCode('REBALANCE_IN_PROGRESS'), member.id));
    member.awaitingJoin = answer;
    this.#renewSession(group, member);
    this.#rebalance.prepareOrComplete(group);
  }

  #speaking({ groupId, memberId, instanceId, generationId }: Speaker): { group: Group; member: Member } {
    const group = this.get(groupId);
    if (group === undefined) throw new Refusal('UNKNOWN_MEMBER_ID');
    const member = group.member(memberId, instanceId);
    if (generationId !== group.generation) throw new Refusal('ILLEGAL_GENERATION');
    return { group, member };
  }

  #renewSession(group: Group, member: Member): void {
    member.cancelSession();
    member.cancelSession = this.#clock.after(member.sessionTimeoutMs, () => {
      // Who waits for an answer of the coordinator is not late.
      if (member.awaitingJoin !== null || member.awaitingSync !== null) this.#renewSession(group, member);
      else this.#remove(group, member);
    });
  }

  #remove(group: Group, member: Member): void {
    const unknown = errorCode('UNKNOWN_MEMBER_ID');
    member.awaitingJoin?.(refusedJoin(unknown, member.id));
    answerSync(group, member, 'UNKNOWN_MEMBER_ID');
    group.remove(member);
    if (group.state === 'Stable' || group.state === 'CompletingRebalance') this.#rebalance.prepare(group);
    else this.#rebalance.completeIfAllJoined(group);
  }
}

function update(member: Member, join: Join): void {
  member.protocols = join.protocols;
  member.sessionTimeoutMs = join.sessionTimeoutMs;
  member.rebalanceTimeoutMs = join.rebalanceTimeoutMs;
}

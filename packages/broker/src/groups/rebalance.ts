import { errorCode, type KafkaErrorName } from '@headrace/protocol';
import type { BrokerClock } from '../clock/broker-clock.ts';
import type { Group } from './group.ts';
import { metadataOf, type JoinAnswer, type Member, type SyncAnswer } from './member.ts';

const noBytes = Buffer.alloc(0);

/** Moves a group from generation to generation, by the rules of Kafka's coordinator of classic groups. */
export class Rebalance {
  readonly #clock: BrokerClock;
  readonly #initialDelayMs: number;

  constructor(clock: BrokerClock, initialDelayMs: number) {
    this.#clock = clock;
    this.#initialDelayMs = initialDelayMs;
  }

  /** Begins a new generation where there is none under way, or completes the one that is once all have joined. */
  prepareOrComplete(group: Group): void {
    if (group.state === 'PreparingRebalance') this.completeIfAllJoined(group);
    else this.prepare(group);
  }

  /** Begins a new generation: members learn of it by their heartbeats and join anew. */
  prepare(group: Group): void {
    if (group.state === 'CompletingRebalance')
      for (const member of group.members.values()) {
        member.assignment = noBytes;
        answerSync(group, member, 'REBALANCE_IN_PROGRESS');
      }
    group.unsynced.clear();
    group.cancelWait();
    const isNew = group.state === 'Empty';
    group.state = 'PreparingRebalance';
    group.awaitsNewcomers = isNew;
    if (isNew) {
      const delay = this.#initialDelayMs;
      this.#waitForNewcomers(group, delay, Math.max(group.rebalanceTimeoutMs - delay, 0));
      return;
    }
    if (group.haveAllJoined) return this.complete(group);
    group.cancelWait = this.#clock.after(group.rebalanceTimeoutMs, () => this.complete(group));
  }

  /** Ends the wait for joins once there is nobody left to wait for. The delay of a new group is waited out. */
  completeIfAllJoined(group: Group): void {
    if (group.state === 'PreparingRebalance' && !group.awaitsNewcomers && group.haveAllJoined) this.complete(group);
  }

  /** A new group waits in turns, as long as somebody joins in each, at most for the time of a rebalance. */
  #waitForNewcomers(group: Group, delayMs: number, leftMs: number): void {
    group.cancelWait = this.#clock.after(delayMs, () => {
      if (!group.hasNewcomers || leftMs === 0) return this.complete(group);
      group.hasNewcomers = false;
      const next = Math.min(this.#initialDelayMs, leftMs);
      this.#waitForNewcomers(group, next, Math.max(leftMs - next, 0));
    });
  }

  /** Makes the generation of those who have joined; who has not is out, static members apart. */
  complete(group: Group): void {
    group.cancelWait();
    group.awaitsNewcomers = false;
    group.hasNewcomers = false;
    for (const member of group.members.values())
      if (member.awaitingJoin === null && member.instanceId === null) group.remove(member);
    if (!group.electJoinedLeader() && group.members.size > 0) {
      // Only static members that are away: their sessions end them, or they come back.
      group.cancelWait = this.#clock.after(group.rebalanceTimeoutMs, () => this.complete(group));
      return;
    }
    group.generation += 1;
    if (group.members.size === 0) {
      group.state = 'Empty';
      group.emptySince = this.#clock.now();
      group.protocolName = null;
      group.leader = null;
      return;
    }
    group.protocolName = group.selectProtocol();
    group.state = 'CompletingRebalance';
    for (const member of group.members.values()) {
      member.assignment = noBytes;
      group.unsynced.add(member.id);
    }
    group.cancelWait = this.#clock.after(group.rebalanceTimeoutMs, () => this.#expireSyncs(group));
    for (const member of group.members.values()) answerJoin(group, member);
  }

  /** Gives out the assignments of the leader: the generation is at work. */
  assign(group: Group, assignments: ReadonlyMap<string, Buffer>): void {
    for (const member of group.members.values()) member.assignment = assignments.get(member.id) ?? noBytes;
    group.state = 'Stable';
    for (const member of group.members.values()) {
      if (member.awaitingSync === null) continue;
      group.unsynced.delete(member.id);
      answerSync(group, member, 'NONE');
    }
    this.endSyncs(group);
  }

  /** Ends the wait for syncs when all have come. */
  endSyncs(group: Group): void {
    if (group.state === 'Stable' && group.unsynced.size === 0) group.cancelWait();
  }

  #expireSyncs(group: Group): void {
    if (group.state !== 'CompletingRebalance' && group.state !== 'Stable') return;
    if (group.unsynced.size === 0) return;
    for (const id of group.unsynced) {
      const member = group.members.get(id);
      if (member !== undefined) group.remove(member);
    }
    this.prepare(group);
  }
}

/** Makes the answer to a join that is refused. */
export function refusedJoin(code: number, memberId: string): JoinAnswer {
  return {
    errorCode: code,
    memberId,
    generationId: -1,
    protocolType: null,
    protocolName: null,
    leader: '',
    skipAssignment: false,
    members: [],
  };
}

/** Makes the answer that tells a member of the generation that it is in. */
export function generationFor(group: Group, member: Member): JoinAnswer {
  return {
    errorCode: 0,
    memberId: member.id,
    generationId: group.generation,
    protocolType: group.protocolType,
    protocolName: group.protocolName,
    leader: group.leader ?? '',
    skipAssignment: false,
    members: group.leader === member.id ? membersOf(group) : [],
  };
}

/** Lists the members of a group with what they say under its protocol. */
export function membersOf(group: Group): JoinAnswer['members'] {
  return [...group.members.values()].map((each) => ({
    memberId: each.id,
    groupInstanceId: each.instanceId,
    metadata: metadataOf(each, group.protocolName),
  }));
}

function answerJoin(group: Group, member: Member): void {
  const answer = member.awaitingJoin;
  member.awaitingJoin = null;
  answer?.(generationFor(group, member));
}

/** Answers a sync that waits, with what the member is assigned or with an error. */
export function answerSync(group: Group, member: Member, error: KafkaErrorName): void {
  const answer = member.awaitingSync;
  member.awaitingSync = null;
  answer?.(syncAnswer(group, member, error));
}

/** Makes the answer to a sync. */
export function syncAnswer(group: Group, member: Member | null, error: KafkaErrorName): SyncAnswer {
  const isGood = error === 'NONE';
  return {
    errorCode: errorCode(error),
    protocolType: isGood ? group.protocolType : null,
    protocolName: isGood ? group.protocolName : null,
    assignment: isGood && member !== null ? member.assignment : noBytes,
  };
}

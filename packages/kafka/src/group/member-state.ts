import type { HeadraceError, TopicPartition } from '@headrace/core';
import { kafkaError } from '@headrace/protocol';
import { Beats } from './beats.ts';
import { groupOutcome, type GroupOutcome, type GroupRequest } from './group-outcomes.ts';
import type { MemberAssignment } from './member-assignment.ts';
import { codeError, notGivenBack, notOurs, replaced } from './member-errors.ts';
import type { JoinAnswer, LookResult, MemberEffect, SyncAnswer } from './member-effect.ts';
import type { MemberSettings } from './member-settings.ts';
import { OwnedPartitions } from './owned-partitions.ts';
import { RetryPauses } from './retry-pauses.ts';

/** How often a member beats while partitions move somewhere in the group. */
const movingBeatMs = 50;
const outsideMs = 2000;

type Phase = 'created' | 'looking' | 'outside' | 'waiting' | 'joining' | 'syncing' | 'stable' | 'ended';

/**
 * A member of a group by the classic protocol, without sockets or clocks: it is told what happened and when, and says what is to be done (`take`).
 * The rules on top of Kafka's:
 *
 * - What is owned is claimed in each JoinGroup and goes on being worked on; the leader gives nothing away that is claimed.
 * - What an assignment leaves out is given back first (`revoke`); only then does the member join anew.
 * - It beats while it joins, too: only a good beat, counted from when it was sent, prolongs the session. When that is over by the member's own
 *   clock, or the coordinator does not know member or generation any more, everything is lost.
 */
export class MemberState {
  readonly #settings: MemberSettings;
  readonly #owned: OwnedPartitions;
  readonly #pauses: RetryPauses;
  #effects: MemberEffect[] = [];
  #phase: Phase = 'created';
  #node: number | null = null;
  #finding = false;
  #memberId = '';
  #generation = -1;
  /** The generation of the last assignment that was heard. */
  #assignedGeneration = -1;
  #wantsJoin = true;
  #attempt = 0;
  #joinNode = -1;
  /** What the last join said that is owned. */
  #claimed: readonly TopicPartition[] = [];
  readonly #beats = new Beats();
  /** When the last request was sent to which the coordinator answered that it knows the member. */
  #aliveAt = -Infinity;
  #syncSentAt = -Infinity;
  #moving = false;
  #isLeader = false;
  #wasAssigned = false;

  constructor(settings: MemberSettings) {
    this.#settings = settings;
    this.#owned = new OwnedPartitions(settings.rebalanceTimeoutMs);
    this.#pauses = new RetryPauses(settings.random);
  }

  /** Takes out what is to be done, in order. */
  take(): MemberEffect[] {
    return this.#effects.splice(0);
  }

  get phase(): Phase {
    return this.#phase;
  }

  get isLeader(): boolean {
    return this.#isLeader && this.#phase === 'stable';
  }

  get memberId(): string {
    return this.#memberId;
  }

  /** The generation, -1 while there is none. */
  get generation(): number {
    return this.#generation;
  }

  get node(): number | null {
    return this.#node;
  }

  /** What stands in the way; null while nothing does. */
  get lastError(): HeadraceError | null {
    return this.#pauses.lastError;
  }

  /** Returns the number of the assignment under which a partition is owned; null where it is not. */
  ownership(partition: TopicPartition): number | null {
    return this.#owned.numberOf(partition);
  }

  /** Lists what is owned, what is being given back included. */
  get owned(): readonly TopicPartition[] {
    return this.#owned.list();
  }

  /** Returns when `tick` is due. */
  get nextTickAt(): number {
    if (this.#phase === 'ended' || this.#phase === 'created' || this.#phase === 'looking') return Infinity;
    if (this.#phase === 'outside') return this.#pauses.until;
    const times = [this.#sessionEndsAt, this.#owned.nextDeadline];
    if (this.#node === null ? !this.#finding : this.#mayJoin) times.push(this.#pauses.until);
    if (this.#node !== null && this.#mayBeat) times.push(this.#beats.nextAt);
    return Math.min(...times);
  }

  /** Begins to join. */
  start(now: number): void {
    this.#phase = 'waiting';
    if (this.#settings.looksFirst) this.#look();
    this.#advance(now);
  }

  /** Takes what a look from outside has shown. */
  looked(result: LookResult, now: number, wasFirst: boolean): void {
    if (this.#phase !== 'looking') return;
    if (result === 'free' || (result === 'unclear' && wasFirst)) this.#phase = 'waiting';
    else {
      if (typeof result === 'object') this.#effects.push({ kind: 'refused', shape: result.shape });
      this.#phase = 'outside';
      this.#pauses.wait(now, outsideMs);
    }
    this.#advance(now);
  }

  found(node: number, now: number): void {
    this.#finding = false;
    this.#node = node;
    this.#beats.nextAt = now;
    // The old coordinator may keep a join for long, and what it says counts no more.
    if ((this.#phase === 'joining' || this.#phase === 'syncing') && this.#joinNode !== node) this.#rejoin();
    this.#advance(now);
  }

  findFailed(error: HeadraceError, now: number): void {
    this.#finding = false;
    if (!error.retryable) return this.#fail(error);
    this.#pauses.failed(now, error);
    this.#advance(now);
  }

  joined(attempt: number, answer: JoinAnswer, now: number): void {
    if (attempt !== this.#attempt || this.#phase !== 'joining') return;
    const outcome = groupOutcome('join', answer.errorCode);
    if (outcome === 'identify') {
      this.#memberId = answer.memberId;
      this.#rejoin();
    } else if (outcome === 'done') this.#enterGeneration(answer, now);
    else this.#heed(outcome, 'join', answer.errorCode, now);
    this.#advance(now);
  }

  /** Takes the assignments that the leader has made; they go out with its SyncGroup. */
  planned(attempt: number, assignments: ReadonlyMap<string, Buffer>, now: number): void {
    if (attempt !== this.#attempt || this.#phase !== 'syncing') return;
    this.#syncSentAt = now;
    const [memberId, generation] = [this.#memberId, this.#generation];
    this.#effects.push({ kind: 'sync', attempt, node: this.#joinNode, memberId, generation, assignments });
    this.#advance(now);
  }

  synced(attempt: number, { errorCode, assignment }: SyncAnswer, now: number): void {
    if (attempt !== this.#attempt || this.#phase !== 'syncing') return;
    const outcome = groupOutcome('sync', errorCode);
    if (outcome === 'done' && assignment !== null) this.#enterAssignment(assignment, now);
    else this.#heed(outcome, 'sync', errorCode, now);
    this.#advance(now);
  }

  beaten(attempt: number, errorCode: number, now: number): void {
    const beat = this.#phase === 'ended' ? null : this.#beats.end(attempt);
    if (beat === null) return;
    this.#beats.nextAt = Math.max(now, beat.sentAt + this.#beatMs);
    const outcome = groupOutcome('beat', errorCode);
    const isPresent = beat.memberId === this.#memberId && beat.generation === this.#generation;
    if (isPresent && (outcome === 'done' || outcome === 'rejoin')) {
      this.#aliveAt = Math.max(this.#aliveAt, beat.sentAt);
      if (this.#phase === 'stable') this.#pauses.succeeded();
    }
    if (outcome === 'find') this.#forget(beat.node, now, codeError('beat', errorCode, this.#settings.group));
    else if (outcome === 'wait') this.#beats.nextAt = now + movingBeatMs;
    else if (isPresent && outcome !== 'done') this.heard(outcome, 'beat', errorCode, now);
    this.#advance(now);
  }

  /** Takes the failure of a request that got no answer, or none that could be read. */
  requestFailed(request: 'join' | 'sync' | 'beat', attempt: number, error: HeadraceError, now: number): void {
    if (this.#phase === 'ended') return;
    if (request === 'beat') {
      const beat = this.#beats.end(attempt);
      if (beat === null) return;
      this.#beats.nextAt = now;
      if (!error.retryable) return this.#fail(error);
      this.#forget(beat.node, now, error);
    } else {
      if (attempt !== this.#attempt || (this.#phase !== 'joining' && this.#phase !== 'syncing')) return;
      if (!error.retryable) return this.#fail(error);
      this.#rejoin();
      this.#forget(this.#joinNode, now, error);
    }
    this.#advance(now);
  }

  /**
   * Takes what an answer, sent under the present generation, means for the membership. Between two generations, and while one is asked
   * for, an old number says nothing: the answer to the join will.
   */
  heard(outcome: GroupOutcome, request: GroupRequest, errorCode: number, now: number): void {
    if (this.#phase === 'ended') return;
    if (outcome === 'outdated' && this.#phase !== 'stable') return;
    if (outcome === 'rejoin') this.#wantsJoin ||= this.#phase === 'stable';
    else this.#heed(outcome, request, errorCode, now);
    this.#advance(now);
  }

  /** Takes that a broker, asked for something beside the membership, says that it does not coordinate the group. */
  notCoordinator(node: number, errorCode: number, now: number): void {
    if (this.#phase === 'ended' || this.#node !== node) return;
    this.#forget(node, now, codeError('commit', errorCode, this.#settings.group));
    this.#advance(now);
  }

  /** What was given back is given back. */
  revoked(round: number, now: number): void {
    if (!this.#owned.givenBack(round)) return;
    this.#wantsJoin = true;
    this.#advance(now);
  }

  /** Joins anew, since topics have changed. */
  resubscribe(now: number): void {
    if (this.#phase === 'ended' || this.#phase === 'created') return;
    this.#wantsJoin = true;
    this.#advance(now);
  }

  /** Leaves without a word; a static member keeps its place. */
  leave(why: string): void {
    if (this.#phase === 'ended') return;
    this.#cancel();
    if (!this.#settings.isStatic && this.#memberId !== '')
      this.#effects.push({ kind: 'leave', memberId: this.#memberId, why });
    if (this.#owned.isGivingBack) this.#effects.push({ kind: 'hurry' });
    this.#owned.clear();
    this.#phase = 'ended';
  }

  /** Ends for a reason of the member's own: it leaves, a static one too, so that others take over. */
  end(error: HeadraceError): void {
    if (this.#phase === 'ended') return;
    if (this.#memberId !== '') this.#effects.push({ kind: 'leave', memberId: this.#memberId, why: error.message });
    this.#fail(error);
  }

  /** Looks at the clock: what is due is done. */
  tick(now: number): void {
    if (this.#phase === 'ended') return;
    if (now >= this.#sessionEndsAt) {
      this.#lose('its session is over');
      this.#wantsJoin ||= this.#phase === 'stable';
    }
    const late = this.#owned.check(now);
    if (late === 'hurry') this.#effects.push({ kind: 'hurry' });
    if (late === 'over') return this.end(notGivenBack(this.#settings.group, this.#settings.rebalanceTimeoutMs));
    if (this.#phase === 'outside' && now >= this.#pauses.until) this.#look();
    this.#advance(now);
  }

  get #sessionEndsAt(): number {
    return this.#owned.isEmpty ? Infinity : this.#aliveAt + this.#settings.sessionTimeoutMs;
  }

  get #beatMs(): number {
    return this.#moving || this.#owned.isGivingBack ? movingBeatMs : this.#settings.heartbeatMs;
  }

  get #mayBeat(): boolean {
    return this.#generation >= 0 && this.#memberId !== '' && !this.#beats.isUnderWay;
  }

  get #mayJoin(): boolean {
    return this.#wantsJoin && !this.#owned.isGivingBack && (this.#phase === 'waiting' || this.#phase === 'stable');
  }

  #look(): void {
    this.#phase = 'looking';
    this.#effects.push({ kind: 'look' });
  }

  #advance(now: number): void {
    if (['ended', 'looking', 'outside'].includes(this.#phase)) return;
    const node = this.#node;
    if (node === null) {
      if (this.#finding || now < this.#pauses.until) return;
      this.#finding = true;
      this.#effects.push({ kind: 'find' });
      return;
    }
    const [memberId, generation] = [this.#memberId, this.#generation];
    if (this.#mayJoin && now >= this.#pauses.until) {
      this.#phase = 'joining';
      this.#wantsJoin = false;
      this.#joinNode = node;
      const attempt = ++this.#attempt;
      const owned = (this.#claimed = this.#owned.list());
      this.#effects.push({ kind: 'join', attempt, node, memberId, owned, generation: this.#assignedGeneration });
    }
    if (!this.#mayBeat || now < this.#beats.nextAt) return;
    const attempt = this.#beats.begin({ node, sentAt: now, memberId, generation });
    this.#effects.push({ kind: 'beat', attempt, node, memberId, generation });
  }

  #enterGeneration(answer: JoinAnswer, now: number): void {
    this.#memberId = answer.memberId;
    this.#generation = answer.generationId;
    this.#isLeader = answer.leader === answer.memberId;
    this.#phase = 'syncing';
    this.#beats.nextAt = now + this.#settings.heartbeatMs;
    const { members, skipAssignment = false } = answer;
    if (this.#isLeader) this.#effects.push({ kind: 'plan', attempt: this.#attempt, members, skip: skipAssignment });
    else this.planned(this.#attempt, new Map(), now);
  }

  #enterAssignment({ partitions, moving, refusedBy }: MemberAssignment, now: number): void {
    this.#pauses.succeeded();
    this.#aliveAt = Math.max(this.#aliveAt, this.#syncSentAt);
    if (refusedBy !== null) return this.#stayOutside(refusedBy, now);
    this.#phase = 'stable';
    this.#moving = moving;
    this.#assignedGeneration = this.#generation;
    // What was claimed, is to move, and was lost meanwhile has nobody who gives it back: it is free when this member joins without it.
    const isGone = (partition: TopicPartition): boolean =>
      this.#owned.numberOf(partition) === null && !partitions.includes(partition);
    this.#wantsJoin ||= this.#claimed.some(isGone);
    const { added, removed } = this.#owned.assign(partitions);
    if (added.length > 0 || !this.#wasAssigned) this.#effects.push({ kind: 'assigned', partitions: added });
    this.#wasAssigned = true;
    if (removed.length > 0)
      this.#effects.push({ kind: 'revoke', round: this.#owned.giveBack(removed, now), partitions: removed });
    this.#beats.nextAt = now + this.#beatMs;
  }

  #stayOutside(shape: string, now: number): void {
    this.#lose('the group runs another shape of the topology');
    this.#effects.push({ kind: 'refused', shape });
    this.#effects.push({ kind: 'leave', memberId: this.#memberId, why: 'another shape' });
    this.#memberId = '';
    this.#generation = -1;
    this.#phase = 'outside';
    this.#wantsJoin = true;
    this.#pauses.wait(now, outsideMs);
  }

  /** Does what an outcome asks for, whatever was asked. */
  #heed(outcome: GroupOutcome, request: GroupRequest, errorCode: number, now: number): void {
    const { group } = this.#settings;
    const { name } = kafkaError(errorCode);
    switch (outcome) {
      case 'outdated':
      case 'unknown':
        this.#lose(`the coordinator says ${name}`);
        this.#generation = -1;
        if (outcome === 'unknown') this.#memberId = '';
        this.#rejoin();
        // A coordinator that does not know whom it has just named is not asked in a circle.
        if (request === 'join') this.#pauses.failed(now, codeError(request, errorCode, group));
        return;
      case 'find':
        this.#rejoin();
        return this.#forget(this.#joinNode, now, codeError(request, errorCode, group));
      case 'replaced':
        return this.#fail(replaced(group));
      case 'stranger':
        return this.#fail(notOurs(group, name));
      case 'fail':
        return this.#fail(codeError(request, errorCode, group));
      default:
        this.#rejoin();
        // A generation that is over before it began says nothing against the coordinator.
        if (outcome === 'wait') this.#pauses.failed(now, codeError(request, errorCode, group));
    }
  }

  #rejoin(): void {
    this.#cancel();
    this.#phase = 'waiting';
    this.#wantsJoin = true;
  }

  #cancel(): void {
    if (this.#phase !== 'joining' && this.#phase !== 'syncing') return;
    this.#attempt += 1;
    this.#effects.push({ kind: 'cancel' });
  }

  #forget(node: number, now: number, error: HeadraceError): void {
    if (this.#node === node) this.#node = null;
    this.#pauses.failed(now, error);
  }

  #lose(why: string): void {
    const partitions = this.#owned.list();
    if (this.#owned.isGivingBack) this.#effects.push({ kind: 'hurry' });
    this.#owned.clear();
    this.#assignedGeneration = -1;
    this.#moving = false;
    if (partitions.length > 0) this.#effects.push({ kind: 'lost', partitions, why });
  }

  #fail(error: HeadraceError): void {
    this.#cancel();
    this.#lose(error.message);
    this.#phase = 'ended';
    this.#effects.push({ kind: 'failed', error });
  }
}

import { HeadraceError, type Committed, type GroupListener, type TopicPartition } from '@headrace/core';
import { errorCode } from '@headrace/protocol';
import { within } from '../within.ts';
import { GroupCommits } from './group-commits.ts';
import { GroupCoordinator } from './group-coordinator.ts';
import type { GroupIdentity, GroupMember, GroupMemberOptions, Subscription } from './group-member.ts';
import { GroupRequests } from './group-requests.ts';
import { ListenerCalls } from './listener-calls.ts';
import { lookAtGroup, viewGroup } from './look-at-group.ts';
import { readMemberAssignment } from './member-assignment.ts';
import type { MemberEffect } from './member-effect.ts';
import { writeMemberMetadata } from './member-metadata.ts';
import { MemberState } from './member-state.ts';
import { planGeneration, topicsOf } from './plan-generation.ts';
import { TopicWatch } from './topic-watch.ts';
import { topicsDigest } from './topics-digest.ts';

type Of<K extends MemberEffect['kind']> = MemberEffect & { readonly kind: K };

/** How long leaving may take. */
const leaveMs = 3000;
/** How long something may stand in the way before it is said. */
const patienceMs = 5000;

/** What there is between `join` and the end. */
interface Session {
  readonly watch: TopicWatch;
  readonly subscription: Subscription;
  readonly calls: ListenerCalls;
}

/** A member by the classic protocol: the state machine (`MemberState`) with connections, a clock, and somebody who listens. */
export class ClassicMember implements GroupMember {
  readonly #options: GroupMemberOptions;
  readonly #coordinator: GroupCoordinator;
  readonly #state: MemberState;
  readonly #requests: GroupRequests;
  readonly #commits: GroupCommits;
  #session: Session | null = null;
  #settleJoin: { resolve(): void; reject(error: HeadraceError): void } | null = null;
  #joining = new AbortController();
  #leaving: Promise<unknown> = Promise.resolve();
  #cancelTick: () => void = () => {};
  #cancelWatch: () => void = () => {};
  #waiters: (() => void)[] = [];
  #isDoing = false;
  #node = -1;
  #looks = 0;
  /** What a leader reads for the whole group, and what it had looked like when the tasks were assigned. */
  #assigned: { topics: readonly string[]; digest: string } = { topics: [], digest: '' };
  #contents = 1;
  #shape: string | null = null;
  #troubleSince: number | null = null;

  constructor(options: GroupMemberOptions) {
    const { cluster, group, instanceId = null, topology, random = Math.random } = options;
    const { sessionTimeoutMs, heartbeatMs, rebalanceTimeoutMs, requestTimeoutMs } = options;
    this.#options = options;
    this.#coordinator = options.coordinator ?? new GroupCoordinator(cluster, group);
    const isStatic = instanceId !== null;
    const times = { sessionTimeoutMs, heartbeatMs, rebalanceTimeoutMs };
    this.#state = new MemberState({ group, ...times, isStatic, looksFirst: topology !== undefined, random });
    const coordinator = this.#coordinator;
    this.#requests = new GroupRequests({
      coordinator,
      instanceId,
      sessionTimeoutMs,
      rebalanceTimeoutMs,
      requestTimeoutMs,
    });
    this.#commits = new GroupCommits({
      coordinator,
      instanceId,
      epochBefore: options.epochBefore ?? (() => -1),
      state: this.#state,
      hear: (input) => this.#hear(input),
      changed: (ms) => this.#changed(ms),
    });
  }

  async join(subscription: Subscription, listener: GroupListener): Promise<void> {
    const { cluster, logger } = this.#options;
    if (this.#session !== null) throw new Error('a member joins once');
    const watch = new TopicWatch(cluster, subscription.topics, logger);
    const calls = new ListenerCalls({
      clock: cluster.clock,
      listener,
      revoked: (round, error) => this.#revoked(round, error),
      broken: (error) => this.#hear(() => this.#state.end(error)),
    });
    this.#session = { watch, subscription, calls };
    await watch.start();
    if (this.#state.phase === 'ended') throw this.#leftError();
    await new Promise<void>((resolve, reject) => {
      this.#settleJoin = { resolve, reject };
      this.#hear((now) => this.#state.start(now));
    });
    this.#watchLater();
  }

  async commit(at: readonly Committed[]): Promise<void> {
    await this.#commits.commit(at);
  }

  owns(partition: TopicPartition): boolean {
    return this.#state.ownership(partition) !== null;
  }

  get identity(): GroupIdentity | null {
    const { generation, memberId, phase } = this.#state;
    if (generation < 0 || phase === 'ended') return null;
    const { group: groupId, instanceId = null } = this.#options;
    return { groupId, generation, memberId, instanceId };
  }

  async leave(): Promise<void> {
    const { cluster, requestTimeoutMs } = this.#options;
    if (this.#state.phase !== 'ended') {
      // What is under way is still ours to commit.
      await within(cluster.clock, Math.min(leaveMs, requestTimeoutMs), this.#commits.settled());
      this.#hear(() => this.#state.leave('the member was stopped'));
      this.#settleJoin?.reject(this.#leftError());
      this.#settleJoin = null;
    }
    await this.#leaving;
  }

  /** Gives the state an input, does what it wants then, and sets the alarm. */
  #hear(input: (now: number) => void): void {
    const { clock } = this.#options.cluster;
    const now = clock.monotonic();
    this.#state.tick(now);
    input(now);
    // Who is told something may answer at once; what comes of that follows what is being done.
    if (this.#isDoing) return;
    this.#isDoing = true;
    for (let effects = this.#state.take(); effects.length > 0; effects = this.#state.take())
      for (const effect of effects) this.#do(effect);
    this.#isDoing = false;
    this.#cancelTick();
    const at = this.#state.nextTickAt;
    this.#cancelTick = at === Infinity ? () => {} : clock.after(Math.max(0, at - now), () => this.#hear(() => {}));
    if (this.#state.phase === 'ended') this.#cancelWatch();
    this.#tellTrouble(now);
    for (const wake of this.#waiters.splice(0)) wake();
  }

  #do(effect: MemberEffect): void {
    switch (effect.kind) {
      case 'find':
        return void this.#find();
      case 'look':
        return void this.#look();
      case 'join':
        return void this.#join(effect);
      case 'cancel':
        this.#joining.abort(new HeadraceError('KAFKA_UNAVAILABLE', 'The group is joined anew.', { retryable: true }));
        return;
      case 'plan':
        return void this.#plan(effect);
      case 'sync':
        return void this.#sync(effect);
      case 'beat':
        return void this.#beat(effect);
      case 'leave':
        return this.#leave(effect);
      case 'refused':
        return this.#tellRefused(effect.shape);
      default:
        return this.#tell(effect);
    }
  }

  #tell(effect: Of<'assigned'> | Of<'revoke'> | Of<'hurry'> | Of<'lost'> | Of<'failed'>): void {
    const { calls } = this.#session as Session;
    const { logger, group } = this.#options;
    switch (effect.kind) {
      case 'assigned':
        calls.assigned(effect.partitions);
        if (this.#settleJoin === null) return;
        this.#settleJoin.resolve();
        this.#settleJoin = null;
        return calls.open();
      case 'revoke':
        return calls.revoking(effect.round, effect.partitions);
      case 'hurry':
        return calls.hurry();
      case 'lost':
        logger?.('warn', `Partitions of group "${group}" are lost: ${effect.why}.`, { partitions: effect.partitions });
        return calls.lost(effect.partitions);
      case 'failed':
        if (effect.error.code === 'GROUP_NOT_OURS') return void this.#failNamingClients(effect.error);
        return this.#failed(effect.error);
    }
  }

  #failed(error: HeadraceError): void {
    if (this.#settleJoin === null) return this.#session?.calls.failed(error);
    this.#settleJoin.reject(error);
    this.#settleJoin = null;
  }

  async #failNamingClients(error: HeadraceError): Promise<void> {
    const view = await viewGroup(this.#coordinator).catch(() => null);
    if (view === null || view.clients.length === 0) return this.#failed(error);
    const who = `its clients are "${view.clients.join('", "')}", its protocol is "${view.protocol}"`;
    this.#failed(new HeadraceError(error.code, `${error.message} Now ${who}.`, { cause: error }));
  }

  #revoked(round: number, error: unknown): void {
    const { logger, group } = this.#options;
    if (error !== null)
      logger?.('warn', `Giving back partitions of group "${group}" failed; what was not committed is repeated.`, {
        error,
      });
    this.#hear((now) => this.#state.revoked(round, now));
  }

  async #find(): Promise<void> {
    // Whoever it was does not answer, or says that it is another one.
    this.#coordinator.forget(this.#node);
    try {
      const node = await this.#coordinator.node();
      this.#node = node;
      this.#hear((now) => this.#state.found(node, now));
    } catch (error) {
      this.#hear((now) => this.#state.findFailed(asError(error), now));
    }
  }

  async #look(): Promise<void> {
    const { topology } = this.#options;
    const result = topology === undefined ? 'free' : await lookAtGroup(this.#coordinator, topology.shape);
    const isFirst = this.#looks++ === 0;
    this.#hear((now) => this.#state.looked(result, now, isFirst));
  }

  async #join(effect: Of<'join'>): Promise<void> {
    const { watch } = this.#session as Session;
    const { topology = null } = this.#options;
    const { attempt, owned, generation } = effect;
    this.#joining = new AbortController();
    const { signal } = this.#joining;
    try {
      // Members of one expression should see the same topics.
      if (generation >= 0) await watch.lookForNames();
      const metadata = writeMemberMetadata({ topics: watch.names, owned, generation, topology });
      const reason = generation < 0 ? 'the member is new' : 'the member follows a change';
      const answer = await this.#requests.join(effect, metadata, reason, signal);
      this.#hear((now) => this.#state.joined(attempt, answer, now));
    } catch (error) {
      this.#requestFailed('join', attempt, error);
    }
  }

  async #plan({ attempt, members, skip }: Of<'plan'>): Promise<void> {
    const { watch, subscription } = this.#session as Session;
    const { logger, group } = this.#options;
    try {
      const topics = topicsOf(members);
      const partitions = skip ? new Map<string, number>() : await watch.counts(topics);
      const { assignments, contents } = planGeneration(members, {
        partitions,
        coPartitioned: subscription.coPartitioned ?? [],
      });
      this.#assigned = { topics, digest: topicsDigest(partitions) };
      if (contents > 1 && contents !== this.#contents)
        logger?.('info', `Members of group "${group}" run ${contents} contents of the topology.`, { contents });
      this.#contents = contents;
      this.#hear((now) => this.#state.planned(attempt, skip ? new Map() : assignments, now));
    } catch (error) {
      this.#requestFailed('sync', attempt, error);
    }
  }

  async #sync(effect: Of<'sync'>): Promise<void> {
    const { attempt } = effect;
    try {
      const answer = await this.#requests.sync(effect, this.#joining.signal);
      const isDone = answer.errorCode === errorCode('NONE');
      const assignment = isDone ? readMemberAssignment(answer.assignment) : null;
      // A static leader that came back has not assigned anything itself.
      if (assignment !== null) this.#assigned = { ...this.#assigned, digest: assignment.topics };
      this.#hear((now) => this.#state.synced(attempt, { errorCode: answer.errorCode, assignment }, now));
    } catch (error) {
      this.#requestFailed('sync', attempt, error);
    }
  }

  async #beat(effect: Of<'beat'>): Promise<void> {
    const { stalled, group } = this.#options;
    const { attempt } = effect;
    const task = stalled?.() ?? null;
    if (task !== null) {
      const message = `Task "${task}" has made no progress for too long; this process leaves group "${group}".`;
      return this.#hear(() => this.#state.end(new HeadraceError('TASK_STALLED', message)));
    }
    try {
      const answer = await this.#requests.beat(effect);
      this.#hear((now) => this.#state.beaten(attempt, answer.errorCode, now));
    } catch (error) {
      this.#requestFailed('beat', attempt, error);
    }
  }

  #leave(effect: Of<'leave'>): void {
    const { logger, group, cluster } = this.#options;
    const request = this.#requests.leave(effect);
    this.#leaving = within(cluster.clock, leaveMs, request).then(
      (isDone) => {
        if (!isDone) logger?.('warn', `Leaving group "${group}" takes too long; its session will time out.`, {});
      },
      (error: unknown) => {
        logger?.('warn', `Leaving group "${group}" failed; its session will time out.`, { error });
      },
    );
  }

  #requestFailed(request: 'join' | 'sync' | 'beat', attempt: number, thrown: unknown): void {
    const error = asError(thrown);
    this.#hear((now) => this.#state.requestFailed(request, attempt, error, now));
  }

  /** Looks at the topics from time to time; only a leader cares for the partitions of others. */
  #watchLater(): void {
    const { cluster, metadataMs } = this.#options;
    this.#cancelWatch = cluster.clock.after(metadataMs, () => {
      void this.#watch().finally(() => {
        if (this.#state.phase !== 'ended') this.#watchLater();
      });
    });
  }

  async #watch(): Promise<void> {
    const { watch } = this.#session as Session;
    const { logger, group } = this.#options;
    try {
      const hasChanged = await watch.look();
      const { topics, digest } = this.#assigned;
      const isOld = this.#state.isLeader && topicsDigest(await watch.counts(topics)) !== digest;
      if (!hasChanged && !isOld) return;
      logger?.('info', `The topics of group "${group}" have changed; it is joined anew.`, { topics: watch.names });
      this.#hear((now) => this.#state.resubscribe(now));
    } catch (error) {
      logger?.('debug', `The topics of group "${group}" could not be looked at.`, { error });
    }
  }

  #changed(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.cluster.clock.after(withinMs, resolve);
      this.#waiters.push(() => {
        cancel();
        resolve();
      });
    });
  }

  #tellRefused(shape: string): void {
    const { logger, group } = this.#options;
    if (this.#shape === shape) return;
    this.#shape = shape;
    logger?.('warn', `Group "${group}" runs another shape of the topology; this process waits until it does not.`, {
      shape,
    });
  }

  #tellTrouble(now: number): void {
    const { logger, group } = this.#options;
    const error = this.#state.lastError;
    if (error === null || this.#state.phase === 'ended') return void (this.#troubleSince = null);
    this.#troubleSince ??= now;
    if (now < this.#troubleSince + patienceMs) return;
    this.#troubleSince = now;
    logger?.('warn', `The membership in group "${group}" waits: ${error.message}`, { code: error.code });
  }

  #leftError(): HeadraceError {
    return new HeadraceError('LOG_CLOSED', `Group "${this.#options.group}" was left before it was joined.`);
  }
}

function asError(thrown: unknown): HeadraceError {
  if (thrown instanceof HeadraceError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new HeadraceError('KAFKA_FAILED', message, { cause: thrown });
}

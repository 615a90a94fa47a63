import { HeadraceError, type TopicPartition } from '@headrace/core';
import { errorCode, type KafkaErrorName } from '@headrace/protocol';
import { describe, expect, it } from 'vitest';
import { groupOutcome } from './group-outcomes.ts';
import { readMemberAssignment } from './member-assignment.ts';
import type { JoinAnswer, MemberEffect, SyncAnswer } from './member-effect.ts';
import { writeMemberMetadata } from './member-metadata.ts';
import { MemberState } from './member-state.ts';
import { planGeneration } from './plan-generation.ts';

const sessionMs = 1000;
const rebalanceMs = 3000;
const counts = new Map([['t', 5], ['u', 3]]); // prettier-ignore
const all = [...counts].flatMap(([topic, count]) => Array.from({ length: count }, (_, n): TopicPartition => `${topic}/${n}`)); // prettier-ignore
const code = (name: KafkaErrorName): number => errorCode(name);

/** Numbers in [0, 1) that a seed repeats. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Virtual time: what is due runs in order. */
class Schedule {
  now = 0;
  #queue: { at: number; order: number; run: () => void }[] = [];
  #order = 0;

  after(ms: number, run: () => void): void {
    const entry = { at: this.now + ms, order: this.#order++, run };
    let at = this.#queue.length;
    while (at > 0 && (this.#queue[at - 1] as typeof entry).at > entry.at) at -= 1;
    this.#queue.splice(at, 0, entry);
  }

  runUntil(end: number, afterEach: () => void): void {
    for (let next = this.#queue[0]; next !== undefined && next.at <= end; next = this.#queue[0]) {
      this.#queue.shift();
      this.now = next.at;
      next.run();
      afterEach();
    }
    this.now = end;
  }
}

interface KnownMember {
  readonly id: string;
  readonly instance: string | null;
  metadata: Buffer;
  silentAt: number;
  join: ((answer: JoinAnswer) => void) | null;
  sync: ((answer: { errorCode: number; bytes: Buffer }) => void) | null;
}

/** The coordinator of one group by the rules of Kafka's classic protocol, on one of three brokers. */
class ModelCoordinator {
  node = 0;
  readonly committed = new Map<TopicPartition, number>();
  members = new Map<string, KnownMember>();
  state: 'Empty' | 'Preparing' | 'Completing' | 'Stable' = 'Empty';
  generation = 0;
  readonly #schedule: Schedule;
  #pending = new Map<string, number>();
  #leader: string | null = null;
  #assignments = new Map<string, Buffer>();
  #deadline = Infinity;
  #ids = 0;
  #loadingUntil = -1;
  #stored: { generation: number; leader: string | null; members: KnownMember[]; assignments: Map<string, Buffer> } | null = null; // prettier-ignore

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  /** Another broker takes over, with what was last stored: the last generation that was whole. */
  move(answersFirst: boolean): void {
    if (answersFirst) for (const member of this.members.values()) this.#answerAll(member, 'NOT_COORDINATOR');
    this.node = (this.node + 1) % 3;
    this.#loadingUntil = this.#schedule.now + 100;
    const stored = this.#stored;
    this.members = new Map(stored?.members.map((member) => [member.id, { ...member, silentAt: this.#schedule.now + 100 + sessionMs }])); // prettier-ignore
    this.generation = stored?.generation ?? 0;
    this.#leader = stored?.leader ?? null;
    this.#assignments = new Map(stored?.assignments);
    this.state = this.members.size > 0 ? 'Stable' : 'Empty';
    this.#pending.clear();
    this.#deadline = Infinity;
  }

  /** The code with which a request is refused at the door, or null. */
  refusal(node: number): KafkaErrorName | null {
    if (node !== this.node) return 'NOT_COORDINATOR';
    return this.#schedule.now < this.#loadingUntil ? 'COORDINATOR_LOAD_IN_PROGRESS' : null;
  }

  #identityFault(id: string, instance: string | null, generation: number | null): KafkaErrorName | null {
    if (instance !== null && [...this.members.values()].some((one) => one.instance === instance && one.id !== id))
      return 'FENCED_INSTANCE_ID';
    if (!this.members.has(id)) return 'UNKNOWN_MEMBER_ID';
    return generation !== null && generation !== this.generation ? 'ILLEGAL_GENERATION' : null;
  }

  join(id: string, instance: string | null, metadata: Buffer, answer: (answer: JoinAnswer) => void): void {
    const refuse = (name: KafkaErrorName, memberId = id): void => answer({ errorCode: code(name), generationId: -1, memberId, leader: '', members: [] }); // prettier-ignore
    if (id === '' && instance === null) {
      const given = `m${this.#ids++}`;
      this.#pending.set(given, this.#schedule.now + sessionMs);
      return refuse('MEMBER_ID_REQUIRED', given);
    }
    if (id === '') return this.#joinStatic(instance as string, metadata, answer);
    const wasPending = this.#pending.delete(id);
    const fault = wasPending ? null : this.#identityFault(id, instance, null);
    if (fault !== null) return refuse(fault);
    const known = this.members.get(id);
    const isSame = known?.metadata.equals(metadata) === true;
    if (isSame && (this.state === 'Completing' || (this.state === 'Stable' && id !== this.#leader))) return answer(this.#joinAnswer(known as KnownMember)); // prettier-ignore
    const member = known ?? { id, instance, metadata, silentAt: 0, join: null, sync: null };
    this.members.set(id, member);
    member.metadata = metadata;
    member.join = answer;
    this.#prepare();
  }

  /** A process that comes back under its instance id takes the place of the one before, without a rebalance where the group is stable. */
  #joinStatic(instance: string, metadata: Buffer, answer: (answer: JoinAnswer) => void): void {
    const id = `s${this.#ids++}`;
    const before = [...this.members.values()].find((one) => one.instance === instance);
    const member: KnownMember = { id, instance, metadata, silentAt: this.#schedule.now + sessionMs, join: null, sync: null }; // prettier-ignore
    this.members.set(id, member);
    if (before !== undefined) {
      this.#answerAll(before, 'FENCED_INSTANCE_ID');
      this.members.delete(before.id);
      if (this.#leader === before.id) this.#leader = id;
      const assignment = this.#assignments.get(before.id);
      if (assignment !== undefined) this.#assignments.set(id, assignment);
      if (this.state === 'Stable') {
        this.#store();
        return answer({ ...this.#joinAnswer(member), skipAssignment: this.#leader === id });
      }
    }
    member.join = answer;
    this.#prepare();
  }

  sync(id: string, instance: string | null, generation: number, assignments: ReadonlyMap<string, Buffer>, answer: (answer: { errorCode: number; bytes: Buffer }) => void): void {
    const fault = this.#identityFault(id, instance, generation) ?? (this.state === 'Preparing' ? 'REBALANCE_IN_PROGRESS' : null);
    if (fault !== null) return answer({ errorCode: code(fault), bytes: Buffer.of() });
    const member = this.members.get(id) as KnownMember;
    this.#hear(member);
    member.sync = answer;
    if (this.state === 'Completing' && id === this.#leader) {
      this.#assignments = new Map(assignments);
      this.state = 'Stable';
      this.#deadline = Infinity;
      this.#store();
    }
    if (this.state !== 'Stable') return;
    for (const one of this.members.values()) {
      if (one.sync !== null) this.#hear(one);
      one.sync?.({ errorCode: 0, bytes: this.#assignments.get(one.id) ?? Buffer.of() });
      one.sync = null;
    }
  } // prettier-ignore

  beat(id: string, instance: string | null, generation: number): number {
    const fault = this.#identityFault(id, instance, generation);
    if (fault !== null) return code(fault);
    this.#hear(this.members.get(id) as KnownMember);
    return this.state === 'Preparing' ? code('REBALANCE_IN_PROGRESS') : 0;
  }

  commit(id: string, instance: string | null, generation: number, partition: TopicPartition, offset: number): number {
    const fault = this.#identityFault(id, instance, generation) ?? (this.state === 'Completing' ? 'REBALANCE_IN_PROGRESS' : null);
    if (fault !== null) return code(fault);
    this.#hear(this.members.get(id) as KnownMember);
    this.committed.set(partition, offset);
    return 0;
  } // prettier-ignore

  leave(id: string): void {
    const member = this.members.get(id);
    if (member === undefined) return void this.#pending.delete(id);
    this.#answerAll(member, 'UNKNOWN_MEMBER_ID');
    this.members.delete(id);
    this.#prepare();
  }

  /** Lets the clock do what it does. */
  tick(): void {
    const { now } = this.#schedule;
    if (now < this.#loadingUntil) return;
    for (const [id, until] of this.#pending) if (now >= until) this.#pending.delete(id);
    for (const member of this.members.values())
      if (member.join === null && member.sync === null && now >= member.silentAt) this.leave(member.id);
    if (this.state === 'Completing' && now >= this.#deadline)
      for (const member of this.members.values()) if (member.sync === null) this.leave(member.id);
    if (this.state === 'Preparing') this.#complete(now >= this.#deadline);
  }

  #prepare(): void {
    if (this.state === 'Preparing') return this.#complete(false);
    for (const member of this.members.values()) {
      member.sync?.({ errorCode: code('REBALANCE_IN_PROGRESS'), bytes: Buffer.of() });
      member.sync = null;
    }
    this.state = 'Preparing';
    this.#deadline = this.#schedule.now + rebalanceMs;
    this.#complete(false);
  }

  #complete(isLate: boolean): void {
    const waiting = [...this.members.values()].filter(({ join }) => join !== null);
    if (!isLate && (waiting.length < this.members.size || this.#pending.size > 0)) return;
    for (const { id, join } of this.members.values()) if (join === null) this.members.delete(id);
    this.generation += 1;
    this.#assignments.clear();
    this.state = waiting.length === 0 ? 'Empty' : 'Completing';
    this.#deadline = this.#schedule.now + rebalanceMs;
    if (this.#leader === null || !this.members.has(this.#leader)) this.#leader = waiting[0]?.id ?? null;
    if (waiting.length === 0) this.#store();
    const answers = waiting.map((member) => [member, this.#joinAnswer(member)] as const);
    for (const [member, answer] of answers) {
      this.#hear(member);
      member.join?.(answer);
      member.join = null;
    }
  }

  #joinAnswer(member: KnownMember): JoinAnswer {
    const leader = this.#leader ?? '';
    const members = [...this.members.values()].map(({ id, instance, metadata }) => ({ memberId: id, groupInstanceId: instance, metadata })); // prettier-ignore
    return { errorCode: 0, generationId: this.generation, memberId: member.id, leader, members: leader === member.id ? members : [] }; // prettier-ignore
  }

  #hear(member: KnownMember): void {
    member.silentAt = this.#schedule.now + sessionMs;
  }

  #store(): void {
    const members = [...this.members.values()].map((member) => ({ ...member, join: null, sync: null }));
    this.#stored = { generation: this.generation, leader: this.#leader, members, assignments: new Map(this.#assignments) }; // prettier-ignore
  }

  #answerAll(member: KnownMember, name: KafkaErrorName): void {
    member.join?.({ errorCode: code(name), generationId: -1, memberId: member.id, leader: '', members: [] });
    member.sync?.({ errorCode: code(name), bytes: Buffer.of() });
    member.join = null;
    member.sync = null;
  }
}

const cut = new HeadraceError('KAFKA_UNAVAILABLE', 'The connection ended.', { retryable: true });

interface Held {
  readonly number: number;
  processed: number;
  committing: boolean;
}

/** A process with a member: it works on what it is given and commits, answers `revoke` when that is committed, and may stop in every way. */
class Worker {
  readonly state: MemberState;
  readonly held = new Map<TopicPartition, Held>();
  isDead = false;
  failure: HeadraceError | null = null;
  readonly #world: World;
  readonly #instance: string | null;
  #pausedUntil = -1;
  #inbox: (() => void)[] = [];
  #wakesAt = -1;
  #draining: { round: number; partitions: readonly TopicPartition[]; readyAt: number } | null = null;

  constructor(world: World, instance: string | null) {
    this.#world = world;
    this.#instance = instance;
    this.state = new MemberState({
      group: 'g',
      sessionTimeoutMs: sessionMs,
      heartbeatMs: 100,
      rebalanceTimeoutMs: rebalanceMs,
      isStatic: instance !== null,
      looksFirst: false,
      random: world.random,
    });
    this.hear(() => this.state.start(world.schedule.now));
    this.#work();
  }

  /** Stops the process for a while; it knows nothing of it. */
  pause(ms: number): void {
    this.#pausedUntil = this.#world.schedule.now + ms;
    this.#world.schedule.after(ms, () => {
      // Timers come before what has arrived.
      this.hear(() => {});
      for (const input of this.#inbox.splice(0)) this.hear(input);
    });
  }

  stop(): void {
    this.hear(() => this.state.leave('stopped'));
    this.isDead = true;
  }

  /** Gives the member an input, and does what it wants then. */
  hear(input: () => void): void {
    const { schedule } = this.#world;
    if (this.isDead) return;
    if (schedule.now < this.#pausedUntil) return void this.#inbox.push(input);
    this.state.tick(schedule.now);
    input();
    for (const effect of this.state.take()) this.#do(effect);
    const at = Math.max(schedule.now, this.state.nextTickAt);
    if (at >= this.#wakesAt && this.#wakesAt > schedule.now) return;
    this.#wakesAt = at;
    if (at < Infinity) schedule.after(at - schedule.now, () => this.hear(() => {}));
  }

  #do(effect: MemberEffect): void {
    const world = this.#world;
    const { schedule, coordinator } = world;
    switch (effect.kind) {
      case 'find':
        return world.send(
          (answer) => answer(coordinator.node),
          (node: number) => this.hear(() => this.state.found(node, schedule.now)),
          () => this.hear(() => this.state.findFailed(cut, schedule.now)),
        );
      case 'join':
        return this.#join(effect);
      case 'plan': {
        const { assignments } = planGeneration(effect.members, { partitions: counts, coPartitioned: [] });
        const planned = effect.skip ? new Map<string, Buffer>() : assignments;
        return schedule.after(1, () => this.hear(() => this.state.planned(effect.attempt, planned, schedule.now)));
      }
      case 'sync':
        return this.#sync(effect);
      case 'beat':
        return this.#beat(effect);
      case 'leave':
        return world.send<void>((answer) => answer(coordinator.leave(effect.memberId)), () => {}, () => {});
      case 'assigned':
        for (const partition of effect.partitions) {
          expect(this.held.has(partition), 'what is held is not assigned again').toBe(false);
          this.held.set(partition, { number: this.state.ownership(partition) as number, processed: coordinator.committed.get(partition) ?? 0, committing: false }); // prettier-ignore
        }
        return;
      case 'revoke': {
        for (const partition of effect.partitions) expect(this.held.has(partition), 'what is revoked is held').toBe(true);
        expect(this.#draining, 'one revocation at a time').toBeNull();
        const readyAt = schedule.now + world.random() ** 3 * rebalanceMs * 1.2;
        this.#draining = { round: effect.round, partitions: effect.partitions, readyAt };
        return;
      }
      case 'hurry':
        if (this.#draining !== null) this.#draining.readyAt = schedule.now;
        return;
      case 'lost':
        for (const partition of effect.partitions) expect(this.held.delete(partition), 'what is lost is held').toBe(true);
        this.#draining = null;
        return;
      case 'failed':
        this.failure = effect.error;
        this.isDead = true;
    }
  } // prettier-ignore

  #join({ attempt, node, memberId, owned, generation }: MemberEffect & { kind: 'join' }): void {
    const { schedule, coordinator } = this.#world;
    const metadata = writeMemberMetadata({ topics: [...counts.keys()], owned, generation, topology: null });
    this.#world.send<JoinAnswer>(
      (answer) => {
        const refusal = coordinator.refusal(node);
        if (refusal !== null) answer({ errorCode: code(refusal), generationId: -1, memberId, leader: '', members: [] });
        else coordinator.join(memberId, this.#instance, metadata, answer);
      },
      (answer) => this.hear(() => this.state.joined(attempt, answer, schedule.now)),
      () => this.hear(() => this.state.requestFailed('join', attempt, cut, schedule.now)),
    );
  }

  #sync({ attempt, node, memberId, generation, assignments }: MemberEffect & { kind: 'sync' }): void {
    const { schedule, coordinator } = this.#world;
    this.#world.send<{ errorCode: number; bytes: Buffer }>(
      (answer) => {
        const refusal = coordinator.refusal(node);
        if (refusal !== null) answer({ errorCode: code(refusal), bytes: Buffer.of() });
        else coordinator.sync(memberId, this.#instance, generation, assignments, answer);
      },
      ({ errorCode: given, bytes }) => {
        const answer: SyncAnswer = { errorCode: given, assignment: given === 0 ? readMemberAssignment(bytes) : null };
        this.hear(() => this.state.synced(attempt, answer, schedule.now));
      },
      () => this.hear(() => this.state.requestFailed('sync', attempt, cut, schedule.now)),
    );
  }

  #beat({ attempt, node, memberId, generation }: MemberEffect & { kind: 'beat' }): void {
    const { schedule, coordinator } = this.#world;
    this.#world.send<number>(
      (answer) => {
        const refusal = coordinator.refusal(node);
        answer(refusal === null ? coordinator.beat(memberId, this.#instance, generation) : code(refusal));
      },
      (given) => this.hear(() => this.state.beaten(attempt, given, schedule.now)),
      () => this.hear(() => this.state.requestFailed('beat', attempt, cut, schedule.now)),
    );
  }

  /** Goes on with everything that is held, for ever. */
  #work(): void {
    const { schedule, random } = this.#world;
    if (this.isDead) return;
    schedule.after(20 + random() * 100, () => this.#work());
    this.hear(() => {
      const draining = this.#draining;
      const isOver = draining !== null && schedule.now >= draining.readyAt;
      for (const [partition, held] of this.held) {
        const isDraining = draining?.partitions.includes(partition) === true;
        if (!isDraining) held.processed += 1;
        if (isDraining ? !isOver : random() < 0.3) this.#commit(partition, held);
      }
      if (draining === null || !isOver) return;
      if (draining.partitions.some((partition) => this.held.get(partition)?.committing === true)) return;
      for (const partition of draining.partitions) this.held.delete(partition);
      this.#draining = null;
      this.state.revoked(draining.round, schedule.now);
    });
  }

  #commit(partition: TopicPartition, held: Held): void {
    const { schedule, coordinator } = this.#world;
    const { node, memberId, generation } = this.state;
    // Until the assignment is there the group takes nothing, and what stands here may be old.
    if (held.committing || node === null || generation < 0 || this.state.phase === 'syncing') return;
    if (this.state.ownership(partition) !== held.number) return;
    held.committing = true;
    const offset = held.processed;
    this.#world.send<number>(
      (answer) => {
        const refusal = coordinator.refusal(node);
        if (refusal !== null) return answer(code(refusal));
        const before = coordinator.committed.get(partition) ?? 0;
        const given = coordinator.commit(memberId, this.#instance, generation, partition, offset);
        if (given === 0) this.#world.accepted(this, partition, before, offset);
        answer(given);
      },
      (given) => {
        this.hear(() => {
          held.committing = false;
          const outcome = groupOutcome('commit', given);
          const isPresent = memberId === this.state.memberId && generation === this.state.generation;
          if (isPresent && ['outdated', 'unknown', 'replaced'].includes(outcome)) this.state.heard(outcome, 'commit', given, schedule.now); // prettier-ignore
        });
      },
      () => this.hear(() => (held.committing = false)),
    );
  }
}

class World {
  readonly schedule = new Schedule();
  readonly coordinator = new ModelCoordinator(this.schedule);
  readonly workers: Worker[] = [];
  readonly random: () => number;
  /** The share of requests that meet a fault. */
  trouble = 0;
  readonly happened = new Map<string, number>();
  accepted_ = 0;

  constructor(seed: number) {
    this.random = seeded(seed);
  }

  count(what: string): void {
    this.happened.set(what, (this.happened.get(what) ?? 0) + 1);
  }

  /** Carries a request and its answer, each with a delay; some get lost on the way there, some on the way back, some are late. */
  send<A>(handle: (answer: (value: A) => void) => void, answered: (value: A) => void, failed: () => void): void {
    const { schedule, random } = this;
    const delay = (): number => (random() < this.trouble ? random() * 400 : random() * 4);
    const draw = random();
    if (draw < this.trouble / 2) {
      this.count('lost request');
      return schedule.after(delay(), failed);
    }
    const losesAnswer = draw < this.trouble;
    let isOpen = true;
    const settle = (then: () => void): void => {
      if (isOpen) then();
      isOpen = false;
    };
    // A broker that is gone answers nothing.
    schedule.after(rebalanceMs * 1.5, () => settle(failed));
    schedule.after(delay(), () =>
      handle((value) => {
        if (losesAnswer) this.count('lost answer');
        schedule.after(delay(), () => settle(() => (losesAnswer ? failed() : answered(value))));
      }),
    );
  }

  start(instance: string | null = null): void {
    this.workers.push(new Worker(this, instance));
  }

  get living(): Worker[] {
    return this.workers.filter(({ isDead }) => !isDead);
  }

  /** Whoever the coordinator knows, and so may commit. */
  #owners(partition: TopicPartition): Worker[] {
    const { members } = this.coordinator;
    return this.workers.filter(
      ({ isDead, state }) => !isDead && state.ownership(partition) !== null && members.has(state.memberId),
    );
  }

  accepted(by: Worker, partition: TopicPartition, before: number, offset: number): void {
    this.accepted_ += 1;
    const others = this.#owners(partition).filter((worker) => worker !== by);
    if (others.length > 0) throw new Error(`a commit of ${partition} was accepted while another member owns it`);
    if (offset < before) throw new Error(`the position of ${partition} goes back`);
  }

  check(): void {
    this.coordinator.tick();
    // This runs after every step of every schedule.
    for (const partition of all) if (this.#owners(partition).length > 1) throw new Error(`${partition} has two owners`);
  }

  run(ms: number): void {
    this.schedule.runUntil(this.schedule.now + ms, () => this.check());
  }
}

/** Plays a schedule of chance; then heals, and looks whether the group comes to rest. */
function play(seed: number): World {
  const world = new World(seed);
  const { random, coordinator, schedule } = world;
  let instances = 0;
  const instance = (): string | null => (random() < 0.3 ? `i${instances++}` : null);
  world.start(instance());
  const instanceOf = new Map<Worker, string | null>();
  const steps = 12 + Math.floor(random() * 15);
  for (let step = 0; step < steps; step++) {
    world.trouble = random() < 0.3 ? 0 : random() * 0.25;
    const draw = random();
    const victim = world.living[Math.floor(random() * world.living.length)];
    if (draw < 0.3 && world.living.length < 5) {
      const name = instance();
      world.start(name);
      instanceOf.set(world.workers.at(-1) as Worker, name);
    } else if (victim === undefined) world.start();
    else if (draw < 0.4) victim.stop();
    else if (draw < 0.5) {
      world.count('crash');
      victim.isDead = true;
      const name = instanceOf.get(victim) ?? null;
      if (name !== null && random() < 0.7) schedule.after(random() * sessionMs, () => world.start(name));
    } else if (draw < 0.65) {
      world.count('pause');
      victim.pause(random() * sessionMs * 3);
    } else if (draw < 0.8) {
      world.count('move');
      coordinator.move(random() < 0.5);
    } else if (draw < 0.9) {
      // As an administrator does.
      world.count('removal');
      coordinator.leave(victim.state.memberId);
    }
    world.run(random() < 0.5 ? random() * 200 : random() * 3000);
  }
  world.trouble = 0;
  if (world.living.length === 0) world.start();
  world.run(12_000);
  return world;
}

describe('MemberState', () => {
  const rounds = Number(process.env['GROUP_ROUNDS'] ?? 100);
  const first = Number(process.env['GROUP_SEED'] ?? 1);

  it(`keeps the group whole through ${rounds} schedules of joins, crashes, pauses, removals, lost answers, moves and slow drains`, () => {
    const happened = new Map<string, number>();
    let commits = 0;
    for (let seed = first; seed < first + rounds; seed++) {
      try {
        const world = play(seed);
        for (const [what, times] of world.happened) happened.set(what, (happened.get(what) ?? 0) + times);
        commits += world.accepted_;
        const living = world.living;
        for (const worker of living) expect(worker.state.phase).toBe('stable');
        expect(living.flatMap(({ state }) => state.owned).sort()).toEqual(all.toSorted());
        const sizes = living.map(({ state }) => state.owned.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        for (const { held, state } of living) expect([...held.keys()].sort()).toEqual([...state.owned].sort());
        // Only who was replaced under its instance id has a reason to fail.
        for (const { failure } of world.workers) if (failure !== null) expect(failure.code).toBe('GROUP_MEMBER_REPLACED');
        const before = new Map(world.coordinator.committed);
        const { generation } = world.coordinator;
        world.run(2000);
        expect(world.coordinator.generation, 'nobody joins anew without need').toBe(generation);
        for (const partition of all) expect(world.coordinator.committed.get(partition)).toBeGreaterThan(before.get(partition) ?? 0);
      } catch (error) {
        throw new Error(`GROUP_SEED=${seed} GROUP_ROUNDS=1: ${(error as Error).message}`, { cause: error });
      }
    }
    for (const what of ['lost request', 'lost answer', 'crash', 'pause', 'move', 'removal'])
      expect(happened.get(what), what).toBeGreaterThan(rounds / 10);
    expect(commits).toBeGreaterThan(rounds);
  }); // prettier-ignore
});

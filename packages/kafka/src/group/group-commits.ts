import { HeadraceError, type Committed, type TopicPartition } from '@headrace/core';
import { errorCode, offsetCommitApi, type RequestInput, type ResponseOf } from '@headrace/protocol';
import { answerError } from '../cluster/answer-error.ts';
import { parseTopicPartition, topicPartition } from '../topic-partition.ts';
import type { GroupCoordinator } from './group-coordinator.ts';
import { groupOutcome } from './group-outcomes.ts';
import type { MemberState } from './member-state.ts';

/** What commits need of their member. */
export interface GroupCommitsOptions {
  readonly coordinator: GroupCoordinator;
  readonly state: MemberState;
  readonly instanceId: string | null;
  readonly epochBefore: (partition: TopicPartition, offset: number) => number;
  /** Gives the member an input. */
  readonly hear: (input: (now: number) => void) => void;
  /** Resolves when the member may have changed, or after some milliseconds. */
  readonly changed: (withinMs: number) => Promise<void>;
}

type StoredPosition = RequestInput<typeof offsetCommitApi>['topics'][number]['partitions'][number];

/** A position with the number of the assignment under which it was reached. */
interface Owned {
  readonly at: Committed;
  readonly ownership: number;
}

const pauseMs = 50;
/** How long a coordinator may say of a topic that it does not know it. */
const patienceMs = 30_000;

/** The commits of a member, one after another, so that an earlier one is never repeated behind a later one. */
export class GroupCommits {
  readonly #options: GroupCommitsOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: GroupCommitsOptions) {
    this.#options = options;
  }

  /** Commits; resolves when all positions are stored. */
  async commit(at: readonly Committed[]): Promise<void> {
    if (at.length === 0) return;
    const { state, coordinator } = this.#options;
    this.#options.hear(() => {});
    const owned = at.map((position): Owned => {
      const ownership = state.ownership(position.partition);
      // The broker takes positions from any live member: only we can know whose they are.
      if (ownership === null) throw notOwner(coordinator.group, position);
      return { at: position, ownership };
    });
    const result = this.#last.then(() => this.#run(owned));
    this.#last = result.catch(() => {});
    await result;
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await this.#last;
  }

  async #run(owned: readonly Owned[]): Promise<void> {
    const { state, coordinator, changed, hear } = this.#options;
    const { clock } = coordinator.cluster;
    const until = clock.monotonic() + patienceMs;
    for (let rest = owned; rest.length > 0;) {
      // A session that is over ends the commit before it is sent.
      hear(() => {});
      const lost = rest.find(({ at, ownership }) => state.ownership(at.partition) !== ownership);
      if (lost !== undefined) throw refused(coordinator.group, lost.at);
      rest = (await this.#attempt(rest, clock.monotonic() >= until)) ?? rest;
      if (rest.length > 0) await changed(pauseMs);
    }
  }

  /** Returns what is not stored yet; null where it was not asked, or nothing is known. */
  async #attempt(owned: readonly Owned[], isLate: boolean): Promise<readonly Owned[] | null> {
    const { state, coordinator } = this.#options;
    const { node, generation, memberId } = state;
    // Between the answers to join and sync the group takes no positions.
    if (node === null || generation < 0 || state.phase === 'syncing') return null;
    let answer: ResponseOf<typeof offsetCommitApi>;
    try {
      answer = await this.#send(owned, node, generation, memberId);
    } catch (error) {
      if (error instanceof HeadraceError && error.retryable) return null;
      throw error;
    }
    const codes = new Map(
      answer.topics.flatMap(({ name, partitions }) =>
        partitions.map((one) => [topicPartition(name, one.partitionIndex), one.errorCode] as const),
      ),
    );
    return owned.filter(({ at }) => {
      const code = codes.get(at.partition) ?? errorCode('UNKNOWN_SERVER_ERROR');
      const outcome = groupOutcome('commit', code);
      const isPresent = generation === state.generation && memberId === state.memberId;
      if (outcome === 'fail' || (outcome === 'wait' && isLate)) throw notStored(coordinator.group, at, code);
      // Who has moved is found now, not when the next beat is due.
      if (outcome === 'find') this.#options.hear((now) => state.notCoordinator(node, code, now));
      if (isPresent && (outcome === 'outdated' || outcome === 'unknown' || outcome === 'replaced'))
        this.#options.hear((now) => state.heard(outcome, 'commit', code, now));
      return outcome !== 'done';
    });
  }

  #send(
    owned: readonly Owned[],
    node: number,
    generation: number,
    memberId: string,
  ): Promise<ResponseOf<typeof offsetCommitApi>> {
    const { coordinator, instanceId } = this.#options;
    const body = (version: number) => ({
      groupId: coordinator.group,
      generationIdOrMemberEpoch: generation,
      memberId,
      ...(instanceId !== null && { groupInstanceId: instanceId }),
      topics: this.#topicsOf(owned, version),
    });
    return coordinator.ask(node, offsetCommitApi, body, { role: 'group', newest: 8 });
  }

  #topicsOf(owned: readonly Owned[], version: number) {
    const { epochBefore } = this.#options;
    const topics = new Map<string, { name: string; partitions: StoredPosition[] }>();
    for (const { at } of owned) {
      const { topic: name, partition } = parseTopicPartition(at.partition);
      let topic = topics.get(name);
      if (topic === undefined) topics.set(name, (topic = { name, partitions: [] }));
      topic.partitions.push({
        partitionIndex: partition,
        committedOffset: at.offset,
        ...(version >= 6 && { committedLeaderEpoch: epochBefore(at.partition, at.offset) }),
        committedMetadata: at.metadata,
      });
    }
    return [...topics.values()];
  }
}

function notOwner(group: string, { partition, offset }: Committed): HeadraceError {
  const message = `Partition "${partition}" of group "${group}" is not this member's.`;
  return new HeadraceError('NOT_OWNER', message, { place: { split: partition, offset } });
}

function refused(group: string, { partition, offset }: Committed): HeadraceError {
  const message = `Group "${group}" took partition "${partition}" away before its position was stored.`;
  return new HeadraceError('COMMIT_REFUSED', message, { place: { split: partition, offset } });
}

function notStored(group: string, { partition, offset }: Committed, code: number): HeadraceError {
  const place = { split: partition, offset };
  return answerError(code, `does not store the position of group "${group}" on "${partition}"`, { place });
}

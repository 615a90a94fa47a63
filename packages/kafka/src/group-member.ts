import { HeadraceError } from '@headrace/core';
import type { Clock, Committed, GroupListener, Membership, TopicPartition } from '@headrace/core';
import type { Consumer, IMemberAssignment } from 'kafkajs';
import { Assignment } from './assignment.ts';
import { commitError, kafkaError } from './errors.ts';
import type { KafkaLogger, KafkaTuning } from './log-options.ts';
import { parseTopicPartition, topicPartition } from './topic-partition.ts';
import { within } from './within.ts';

/** What a member works with. */
export interface GroupMemberContext {
  readonly group: string;
  readonly consumer: Consumer;
  readonly clock: Clock;
  readonly tuning: KafkaTuning;
  readonly logger: KafkaLogger | undefined;
}

/** How long a first join is tried again where the group cannot be had yet, as while its coordinator starts. */
const joinPatienceMs = 30_000;

/**
 * A member of a group over a kafkajs consumer. The protocol is eager: each join takes away all partitions and gives some. `revoking` is
 * never called, since kafkajs tells nobody before it joins; `lost` is called before each `assigned`. kafkajs beats by itself and fetches
 * nothing.
 */
export class GroupMember implements Membership {
  readonly #context: GroupMemberContext;
  readonly #listener: GroupListener;
  #state: 'joining' | 'joined' | 'left' = 'joining';
  #assignment: Assignment | null = null;
  #isAnnounced = false;
  #wasTold = false;
  #settleJoin: (error: unknown) => void = () => undefined;
  #commits = 0;
  #committing: Promise<unknown> = Promise.resolve();

  private constructor(context: GroupMemberContext, listener: GroupListener) {
    this.#context = context;
    this.#listener = listener;
  }

  /** Joins a group and resolves when that is done; the listener is told its partitions soon after. */
  static async join(
    topics: readonly string[] | RegExp,
    listener: GroupListener,
    context: GroupMemberContext,
  ): Promise<GroupMember> {
    const member = new GroupMember(context, listener);
    await member.#start(topics);
    return member;
  }

  async commit(at: readonly Committed[]): Promise<void> {
    if (at.length === 0) return;
    const result = this.#committing.then(() => this.#commit(at));
    this.#committing = result.catch(() => {});
    await result;
  }

  async leave(): Promise<void> {
    if (this.#state === 'left') return;
    this.#state = 'left';
    await this.#disconnect();
    this.#end();
  }

  async #start(topics: readonly string[] | RegExp): Promise<void> {
    const { consumer, clock, group } = this.#context;
    // `run` resolves although the first join failed; only events tell.
    const joined = new Promise<void>((resolve, reject) => {
      this.#settleJoin = (error) => (error === null ? resolve() : reject(error as Error));
    });
    joined.catch(() => {});
    this.#listen(clock.monotonic() + joinPatienceMs);
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: topics instanceof RegExp ? [topics] : [...topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: async () => {},
      });
      await joined;
    } catch (error) {
      await this.leave();
      throw kafkaError(error, `could not join group "${group}"`);
    }
    this.#state = 'joined';
    clock.soon(() => this.#announce());
  }

  #listen(joinUntil: number): void {
    const { consumer, clock, group } = this.#context;
    const { events } = consumer;
    consumer.on(events.GROUP_JOIN, ({ payload }) => this.#joined(payload.memberAssignment));
    consumer.on(events.COMMIT_OFFSETS, () => {
      this.#commits += 1;
    });
    consumer.on(events.CRASH, ({ payload: { error, restart } }) => {
      this.#lose();
      if (this.#state === 'joining' && (!restart || clock.monotonic() > joinUntil)) this.#settleJoin(error);
      else if (this.#state === 'joined' && !restart)
        this.#listener.failed(kafkaError(error, `ended the membership in group "${group}"`));
    });
  }

  #joined(partitions: IMemberAssignment): void {
    this.#lose();
    if (this.#state === 'left') {
      // A restart that was under way while the member left: kafkajs would go on for ever.
      void this.#disconnect();
      return;
    }
    const names = Object.entries(partitions).flatMap(([topic, numbers]) =>
      numbers.toSorted((a, b) => a - b).map((number) => topicPartition(topic, number)),
    );
    this.#assignment = new Assignment(names, this.#context.consumer);
    if (this.#state === 'joined') this.#announce();
    this.#settleJoin(null);
  }

  #announce(): void {
    if (this.#assignment === null || this.#isAnnounced || this.#state === 'left') return;
    const { partitions } = this.#assignment;
    this.#isAnnounced = true;
    if (partitions.length === 0 && this.#wasTold) return;
    this.#wasTold = true;
    this.#listener.assigned(partitions);
  }

  #lose(): void {
    const partitions = this.#end();
    const mustTell = this.#isAnnounced && partitions.length > 0 && this.#state !== 'left';
    this.#isAnnounced = false;
    if (mustTell) this.#listener.lost(partitions);
  }

  #end(): readonly TopicPartition[] {
    const partitions = this.#assignment?.partitions ?? [];
    this.#assignment?.end();
    this.#assignment = null;
    return partitions;
  }

  async #commit(at: readonly Committed[]): Promise<void> {
    const { consumer, group } = this.#context;
    const assignment = this.#assignment;
    const foreign = at.find(({ partition }) => assignment?.owns(partition) !== true);
    // The broker takes positions from any live member: only we can know whose they are.
    if (foreign !== undefined)
      throw new HeadraceError(
        'NOT_OWNER',
        `Partition "${foreign.partition}" of group "${group}" is not this member's.`,
        {
          place: { split: foreign.partition, offset: foreign.offset },
        },
      );
    const before = this.#commits;
    try {
      await consumer.commitOffsets(
        at.map(({ partition, offset, metadata }) => ({
          ...parseTopicPartition(partition),
          offset: String(offset),
          metadata,
        })),
      );
    } catch (error) {
      throw commitError(error, group);
    }
    // kafkajs resolves without having committed where its consumer has stopped meanwhile.
    if (this.#commits === before || this.#assignment !== assignment)
      throw new HeadraceError('COMMIT_REFUSED', `Group "${group}" was joined anew during the commit.`);
  }

  async #disconnect(): Promise<void> {
    const { consumer, clock, tuning, logger, group } = this.#context;
    try {
      const work = this.#committing.then(() => consumer.disconnect());
      if (!(await within(clock, tuning.disconnectTimeoutMs, work)))
        logger?.('warn', `Leaving group "${group}" takes too long; its session will time out.`, {});
    } catch (error) {
      logger?.('warn', `Leaving group "${group}" failed; its session will time out.`, { error });
    }
  }
}

import { HeadraceError, type ReaderOptions, type TopicPartition } from '@headrace/core';
import { ProtocolError, type Compressions, type fetchApi, type ResponseOf } from '@headrace/protocol';
import { answerError } from '../cluster/answer-error.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { OffsetLookup } from '../cluster/offset-lookup.ts';
import type { KafkaLogger } from '../log-options.ts';
import { outOfRange, type LostPosition } from '../out-of-range.ts';
import { topicPartition } from '../topic-partition.ts';
import { decodeFetch } from './decode-fetch.ts';
import { fetchOutcome } from './fetch-outcome.ts';
import { HeldBack } from './held-back.ts';
import { PartitionFeed } from './partition-feed.ts';
import type { PositionEpochs } from './position-epochs.ts';

/** How far a partition is, as its last answer said; offsets. */
export interface PartitionProgress {
  /** The end of what is replicated. */
  readonly highWatermark: number;
  /** The first offset of an open transaction, or the end. */
  readonly lastStableOffset: number;
}

/** What is read, from where, and how far ahead. */
export interface ReadingParts extends ReaderOptions {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  /** The identity of the topic when reading begins; one that is made anew has another. */
  readonly topicId: string | null;
  /** How much may wait to be read, asked each time. */
  readonly limitBytes: () => number;
}

/** What a reading needs of its fetcher. */
export interface ReadingHost {
  readonly cluster: Cluster;
  readonly compressions: Compressions;
  readonly epochs: PositionEpochs;
  readonly maxExpandedBytes: number;
  readonly logger: KafkaLogger | undefined;
  /** Asks the cluster again who leads what. */
  refresh(): void;
  /** The reading wants more, or takes no more. */
  changed(reading: Reading): void;
}

type Answer = ResponseOf<typeof fetchApi>['responses'][number]['partitions'][number];

const pauseMs = 100;
/** A checksum may be wrong because of the way; a batch that is broken where it lies stays so. */
const mostCorrupt = 3;

/** A partition that is being read: what is asked of its leader, and what the answers mean. */
export class Reading {
  readonly name: TopicPartition;
  readonly feed: PartitionFeed;
  readonly readCommitted: boolean;
  /** Whether an answer is awaited. */
  isInFlight = false;
  /** The time before which nothing is asked. */
  notBefore = -Infinity;
  readonly #parts: ReadingParts;
  readonly #host: ReadingHost;
  readonly #offsets: OffsetLookup;
  readonly #heldBack = new HeldBack();
  #progress: PartitionProgress | null = null;
  #isPaused = false;
  #isLooking = false;
  #hasRead = false;
  /** The epoch of what was read before the position; -1 where it is not known. */
  #lastEpoch: number;
  /** The leader's epoch under which the position was looked at, where fetches do not do it themselves. */
  #checkedUnder = -1;
  #corrupt = 0;

  constructor(parts: ReadingParts, host: ReadingHost) {
    this.#parts = parts;
    this.#host = host;
    this.name = topicPartition(parts.topic, parts.partition);
    this.readCommitted = parts.uncommitted !== true;
    this.#lastEpoch = host.epochs.before(this.name, parts.from);
    this.#offsets = new OffsetLookup(host.cluster, this.readCommitted);
    this.feed = new PartitionFeed(parts.from, parts.limitBytes, {
      pause: () => this.#setPaused(true),
      resume: () => this.#setPaused(false),
    });
  }

  get topic(): string {
    return this.#parts.topic;
  }

  get partition(): number {
    return this.#parts.partition;
  }

  get topicId(): string | null {
    return this.#parts.topicId;
  }

  /** Returns what the last answer said; null until the first. */
  get progress(): PartitionProgress | null {
    return this.#progress;
  }

  /** Returns for how long an open transaction has kept the reading where it is, in milliseconds; 0 where none does. */
  get heldBackMs(): number {
    return this.#heldBack.ms(this.#now());
  }

  /** Tells whether more may be asked for, pauses aside. */
  get wantsMore(): boolean {
    return !this.#isPaused && !this.#isLooking && !this.isInFlight && !this.feed.isOver;
  }

  /** Tells whether a request that is under way may still ask for it. */
  get mayBeAsked(): boolean {
    return !this.#isLooking && !this.feed.isOver && this.notBefore <= this.#now();
  }

  /** Tells whether there was more than the last answer brought. */
  get isBehind(): boolean {
    const progress = this.#progress;
    if (progress === null) return true;
    return this.feed.expected < (this.readCommitted ? progress.lastStableOffset : progress.highWatermark);
  }

  /** Ends the reading, and returns true, where the topic is not what it was. */
  endIfGone(): boolean {
    const { topic, topicId } = this.#parts;
    const { cluster } = this.#host;
    const known = cluster.known(topic);
    if (known !== undefined && topicId !== null && known.id !== topicId) this.#failRecreated();
    else if (known === undefined && cluster.isGone(topic)) {
      const text = `Kafka has no topic "${topic}" any more.`;
      this.feed.fail(new HeadraceError('UNKNOWN_TOPIC', text, { place: { split: this.name } }));
    }
    return this.feed.isOver;
  }

  /** Says what to ask of the leader by a version of Fetch. */
  question(maxPartitionBytes: number, version: number) {
    const { partition, limitBytes } = this.#parts;
    const room = Math.min(limitBytes() / 2, limitBytes() - this.feed.bytes);
    return {
      partition,
      ...(version >= 9 && { currentLeaderEpoch: this.#leaderEpoch }),
      fetchOffset: this.feed.expected,
      ...(version >= 12 && { lastFetchedEpoch: this.#lastEpoch }),
      // What is on its way counts too: no more is asked for than there is room for.
      partitionMaxBytes: Math.min(maxPartitionBytes, Math.max(leastFetchBytes, Math.floor(room))),
    };
  }

  /** Says what to ask of the leader (OffsetForLeaderEpoch) before a fetch that does not look at the epoch itself; null where nothing is. */
  get epochQuestion() {
    const { partition } = this.#parts;
    const currentLeaderEpoch = this.#leaderEpoch;
    if (this.#lastEpoch < 0 || this.#checkedUnder === currentLeaderEpoch) return null;
    return { partition, currentLeaderEpoch, leaderEpoch: this.#lastEpoch };
  }

  /** Takes where the epoch ends that was asked for under one of the leader; negative where the leader does not know it. */
  takeEpochEnd(code: number, endOffset: number, leaderEpoch: number): void {
    if (fetchOutcome(code) === 'records') {
      this.#checkedUnder = leaderEpoch;
      if (endOffset < this.feed.expected) void this.#leaveRange(endOffset < 0 ? null : endOffset);
    } else if (fetchOutcome(code) === 'again') this.#askAgain();
    else this.#failRefused(code);
  }

  /** Takes the answer for the partition. */
  take(answer: Answer): void {
    const { leaderId, leaderEpoch } = answer.currentLeader ?? { leaderId: -1, leaderEpoch: -1 };
    if (leaderId >= 0) this.#host.cluster.learnLeader(this.topic, this.partition, leaderId, leaderEpoch);
    switch (fetchOutcome(answer.errorCode)) {
      case 'records':
        return this.#takeRecords(answer);
      case 'again':
        return this.#askAgain();
      case 'outOfRange':
        return void this.#leaveRange(null);
      case 'fail':
        return this.#failRefused(answer.errorCode);
    }
  }

  /** Takes that a question had no answer. */
  failed(thrown: unknown): void {
    if (thrown instanceof HeadraceError && thrown.retryable) return this.pause();
    this.feed.fail(
      thrown instanceof HeadraceError
        ? thrown
        : new HeadraceError('KAFKA_FAILED', `A fetch failed: ${String(thrown)}`, { cause: thrown }),
    );
  }

  /** Asks nothing for a moment. */
  pause(): void {
    this.notBefore = this.#now() + pauseMs * (0.8 + Math.random() * 0.4);
  }

  #askAgain(): void {
    this.pause();
    this.#host.refresh();
  }

  get #leaderEpoch(): number {
    const { topic, partition } = this.#parts;
    return this.#host.cluster.known(topic)?.partitions[partition]?.leaderEpoch ?? -1;
  }

  #takeRecords(answer: Answer): void {
    const { highWatermark, lastStableOffset, divergingEpoch, records, abortedTransactions } = answer;
    this.#progress = { highWatermark, lastStableOffset };
    if (this.readCommitted) this.#reportHeldBack(lastStableOffset, highWatermark);
    const from = this.feed.expected;
    const diverges = divergingEpoch?.endOffset ?? -1;
    if (diverges >= 0 && diverges < from) return void this.#leaveRange(diverges);
    if (records === null || records.length === 0) return;
    const { compressions, maxExpandedBytes } = this.#host;
    try {
      const { columns, next, leaderEpoch, epochs } = decodeFetch(
        { bytes: ownBytes(records), from, aborted: this.readCommitted ? (abortedTransactions ?? []) : null },
        { compressions, maxExpandedBytes },
      );
      if (next === from) throw new Error('no whole batch is in the answer');
      this.#corrupt = 0;
      this.#lastEpoch = leaderEpoch;
      for (const start of epochs) this.#host.epochs.learn(this.name, start);
      this.#hasRead = true;
      this.feed.add(columns, next);
    } catch (error) {
      this.#failUnreadable(error);
    }
  }

  #reportHeldBack(lastStableOffset: number, highWatermark: number): void {
    const ms = this.#heldBack.observe(lastStableOffset, highWatermark, this.#now());
    if (ms === null) return;
    const seconds = Math.round(ms / 1000);
    this.#host.logger?.(
      'warn',
      `A transaction that nobody ends has kept "${this.name}" from being read beyond offset ${lastStableOffset} for ${seconds} s.`,
      { partition: this.name, lastStableOffset, highWatermark, seconds },
    );
  }

  #failUnreadable(error: unknown): void {
    this.#corrupt += 1;
    if (error instanceof ProtocolError && error.code === 'CRC_MISMATCH' && this.#corrupt < mostCorrupt)
      return this.pause();
    const offset = this.feed.expected;
    const text = error instanceof Error ? error.message : String(error);
    this.feed.fail(
      new HeadraceError(
        'KAFKA_BATCH_UNREADABLE',
        `The records of "${this.name}" from offset ${offset} on cannot be read: ${text}`,
        { place: { split: this.name, offset }, cause: error },
      ),
    );
  }

  /** The position does not exist: fails, or goes on where the policy says. `end` is where the log was cut off, null where it was not. */
  async #leaveRange(end: number | null): Promise<void> {
    const { topic, partition, onOutOfRange = 'fail' } = this.#parts;
    this.#isLooking = true;
    try {
      const { low, high } = await this.#offsets.range(topic, partition);
      const to = onOutOfRange === 'latest' ? high : Math.max(low, end ?? low);
      if (onOutOfRange === 'fail') this.feed.fail(this.#lost({ low, high, cutAt: end }));
      else this.#jump(to, { low, high, cutAt: end });
    } catch (error) {
      this.failed(error);
    } finally {
      this.#isLooking = false;
      this.#host.changed(this);
    }
  }

  #lost(range: Pick<LostPosition, 'low' | 'high' | 'cutAt'>): HeadraceError {
    return outOfRange({ split: this.name, offset: this.feed.expected, ...range });
  }

  #jump(to: number, range: Pick<LostPosition, 'low' | 'high' | 'cutAt'>): void {
    const from = this.feed.expected;
    // Offsets only grow while one reads: to go back, the reading must begin anew.
    if (to < from && this.#hasRead) {
      const { code, message, place } = this.#lost(range);
      return this.feed.fail(new HeadraceError(code, message, { place, retryable: true }));
    }
    this.#host.logger?.(
      'warn',
      `Offset ${from} of "${this.name}" does not exist any more: reading goes on at ${to}, as "onOutOfRange" says.`,
      { partition: this.name, from, to, ...range },
    );
    this.#parts.moved?.(from, to);
    // What was read before the new position is not what stands before it in the log.
    this.#lastEpoch = -1;
    this.feed.jump(to);
  }

  #failRefused(code: number): void {
    const details = { place: { split: this.name }, right: `Read on topic "${this.topic}"` };
    this.feed.fail(answerError(code, `does not let "${this.name}" be read`, details));
  }

  #failRecreated(): void {
    this.#host.epochs.forget(this.name);
    this.feed.fail(
      new HeadraceError(
        'TOPIC_RECREATED',
        `The topic of "${this.name}" was deleted and made anew: its offsets mean other records now. Reset the group's position to go on.`,
        { place: { split: this.name } },
      ),
    );
  }

  #setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#host.changed(this);
  }

  #now(): number {
    return this.#host.cluster.clock.monotonic();
  }
}

const leastFetchBytes = 16 * 1024;

/** Copies bytes out of a buffer that others share: whoever keeps some records would keep all of it. */
function ownBytes(view: Uint8Array): Buffer {
  const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  if (bytes.length * 2 >= view.buffer.byteLength) return bytes;
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}

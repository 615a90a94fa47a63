import { HeadraceError, type TopicPartition } from '@headrace/core';
import { fetchApi, ProtocolError, type Compressions, type ResponseOf } from '@headrace/protocol';
import { outOfRange } from '../assignment.ts';
import { answerError } from '../cluster/answer-error.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { OffsetLookup } from '../cluster/offset-lookup.ts';
import { PartitionFeed } from '../partition-feed.ts';
import { topicPartition } from '../topic-partition.ts';
import { decodeFetch } from './decode-fetch.ts';
import { fetchOutcome } from './fetch-outcome.ts';

/** What a fetcher needs; times in milliseconds, sizes in bytes. */
export interface FetcherOptions {
  readonly cluster: Cluster;
  readonly compressions: Compressions;
  /** Whether records of transactions that are open or aborted stay unseen. */
  readonly readCommitted: boolean;
  /** How long a broker may wait for something to come. */
  readonly maxWaitMs: number;
  /** How much is asked of one partition, and of all that one request asks for. A larger batch comes all the same. */
  readonly maxPartitionBytes: number;
  readonly maxRequestBytes: number;
  /** How much a partition buffers before it is asked for no more. */
  readonly maxBufferedBytes: number;
  /** The most that the records of one batch may expand to. */
  readonly maxExpandedBytes: number;
  /** How long an answer may take beyond the wait. */
  readonly requestTimeoutMs: number;
}

/** How far a partition is, as its last answer said; offsets. */
export interface PartitionProgress {
  /** The end of what is replicated. */
  readonly highWatermark: number;
  /** The first offset of an open transaction, or the end. */
  readonly lastStableOffset: number;
}

/** A partition that is being read. */
export interface FetchedPartition {
  readonly feed: PartitionFeed;
  /** Null until the first answer. */
  readonly progress: PartitionProgress | null;
}

interface Reading extends FetchedPartition {
  readonly name: TopicPartition;
  readonly topic: string;
  readonly partition: number;
  /** The identity of the topic when reading began; one that is made anew has another. */
  readonly topicId: string | null;
  progress: PartitionProgress | null;
  isPaused: boolean;
  isInFlight: boolean;
  notBefore: number;
  lastEpoch: number;
  corrupt: number;
}

type Answer = ResponseOf<typeof fetchApi>['responses'][number]['partitions'][number];

const mostRequestsInFlight = 2;
const pauseMs = 100;
/** A checksum may be wrong because of the way; a batch that is broken where it lies stays so. */
const mostCorrupt = 3;

/** Reads partitions from their leaders into feeds, as far ahead as these take; all partitions of one broker by one request. */
export class Fetcher {
  readonly #options: FetcherOptions;
  readonly #offsets: OffsetLookup;
  readonly #readings = new Map<TopicPartition, Reading>();
  readonly #inFlight = new Map<number, number>();
  readonly #stopping = new AbortController();
  #pumpIsDue = false;
  #refreshing = false;
  #alarm: (() => void) | null = null;

  constructor(options: FetcherOptions) {
    this.#options = options;
    this.#offsets = new OffsetLookup(options.cluster);
  }

  /** Begins to read a partition from an offset on. */
  async open(topic: string, partition: number, from: number): Promise<FetchedPartition> {
    const name = topicPartition(topic, partition);
    const { id, partitions } = await this.#options.cluster.topic(topic);
    if (partitions[partition] === undefined)
      throw new HeadraceError('UNKNOWN_TOPIC', `Kafka's topic "${topic}" has no partition ${partition}.`);
    if (this.#readings.has(name)) throw new Error(`"${name}" is being read already`);
    const control = {
      pause: () => void (reading.isPaused = true),
      resume: () => {
        reading.isPaused = false;
        this.#pumpSoon();
      },
    };
    const reading: Reading = {
      name,
      topic,
      partition,
      topicId: id,
      feed: new PartitionFeed(from, this.#options.maxBufferedBytes, control),
      progress: null,
      isPaused: false,
      isInFlight: false,
      notBefore: -Infinity,
      lastEpoch: -1,
      corrupt: 0,
    };
    this.#readings.set(name, reading);
    this.#pumpSoon();
    return reading;
  }

  /** Ends reading; what was fetched and not read is dropped, and what is on its way goes nowhere. */
  close({ feed }: FetchedPartition): void {
    for (const [name, reading] of this.#readings) if (reading.feed === feed) this.#readings.delete(name);
    feed.end();
  }

  /** Ends all reading. */
  stop(): void {
    this.#stopping.abort(new HeadraceError('LOG_CLOSED', 'The connection to Kafka is closed.'));
    this.#alarm?.();
    for (const reading of this.#readings.values()) reading.feed.end();
    this.#readings.clear();
  }

  #pumpSoon(): void {
    if (this.#pumpIsDue || this.#stopping.signal.aborted) return;
    this.#pumpIsDue = true;
    this.#options.cluster.clock.soon(() => {
      this.#pumpIsDue = false;
      if (!this.#stopping.signal.aborted) this.#pump();
    });
  }

  #pump(): void {
    const { cluster } = this.#options;
    const now = cluster.clock.monotonic();
    const requests = new Map<number, Reading[]>();
    let waits = false;
    for (const reading of this.#readings.values()) {
      if (reading.isPaused || reading.isInFlight) continue;
      if (reading.notBefore > now) waits = true;
      else if (!this.#collect(reading, requests)) waits = true;
    }
    for (const [broker, readings] of requests) void this.#fetch(broker, readings);
    if (waits) this.#wakeLater();
  }

  /** Returns false where nobody leads the partition; the cluster is being asked. */
  #collect(reading: Reading, requests: Map<number, Reading[]>): boolean {
    const { cluster } = this.#options;
    const known = cluster.known(reading.topic);
    if (known !== undefined && reading.topicId !== null && known.id !== reading.topicId) {
      this.#failGone(reading);
      return true;
    }
    const broker = cluster.leaderOf(reading.topic, reading.partition);
    if (broker === null) {
      this.#refresh();
      return false;
    }
    // The answer to the request in flight brings the next turn.
    if ((this.#inFlight.get(broker) ?? 0) >= mostRequestsInFlight) return true;
    const readings = requests.get(broker);
    if (readings === undefined) requests.set(broker, [reading]);
    else readings.push(reading);
    return true;
  }

  async #fetch(broker: number, readings: readonly Reading[]): Promise<void> {
    const { cluster, maxWaitMs, maxRequestBytes, readCommitted, requestTimeoutMs } = this.#options;
    this.#inFlight.set(broker, (this.#inFlight.get(broker) ?? 0) + 1);
    for (const reading of readings) reading.isInFlight = true;
    try {
      const answer = await cluster.ask(
        broker,
        'fetch',
        fetchApi,
        {
          maxWaitMs,
          minBytes: 1,
          maxBytes: maxRequestBytes,
          isolationLevel: readCommitted ? 1 : 0,
          sessionId: 0,
          topics: this.#topicsOf(readings),
          forgottenTopicsData: [],
          rackId: '',
        },
        { newest: 12, timeoutMs: maxWaitMs + requestTimeoutMs, signal: this.#stopping.signal },
      );
      if (answer.errorCode !== 0) throw answerError(answer.errorCode, 'did not answer a fetch');
      this.#answered(readings, answer);
    } catch (error) {
      this.#failed(readings, error);
    } finally {
      this.#inFlight.set(broker, (this.#inFlight.get(broker) ?? 1) - 1);
      for (const reading of readings) reading.isInFlight = false;
      this.#pumpSoon();
    }
  }

  #topicsOf(readings: readonly Reading[]) {
    const topics = new Map<string, Reading[]>();
    for (const reading of readings) topics.set(reading.topic, [...(topics.get(reading.topic) ?? []), reading]);
    return [...topics].map(([topic, some]) => ({
      topic,
      partitions: some.map(({ partition, feed, lastEpoch }) => ({
        partition,
        currentLeaderEpoch: this.#options.cluster.known(topic)?.partitions[partition]?.leaderEpoch ?? -1,
        fetchOffset: feed.expected,
        lastFetchedEpoch: lastEpoch,
        partitionMaxBytes: this.#options.maxPartitionBytes,
      })),
    }));
  }

  #answered(readings: readonly Reading[], answer: ResponseOf<typeof fetchApi>): void {
    const answers = new Map(
      answer.responses.flatMap(({ topic, partitions }) =>
        partitions.map((partition) => [topicPartition(topic, partition.partitionIndex), partition] as const),
      ),
    );
    for (const reading of readings) {
      const partition = answers.get(reading.name);
      // A request may have been for more than one answer holds.
      if (partition !== undefined && this.#readings.get(reading.name) === reading) this.#take(reading, partition);
    }
  }

  #take(reading: Reading, partition: Answer): void {
    const { cluster } = this.#options;
    const { leaderId, leaderEpoch } = partition.currentLeader ?? { leaderId: -1, leaderEpoch: -1 };
    if (leaderId >= 0) cluster.learnLeader(reading.topic, reading.partition, leaderId, leaderEpoch);
    switch (fetchOutcome(partition.errorCode)) {
      case 'records':
        return this.#takeRecords(reading, partition);
      case 'again':
        this.#pause(reading);
        return this.#refresh();
      case 'outOfRange':
        return void this.#failOutOfRange(reading);
      case 'gone':
        return this.#failGone(reading);
      case 'fail': {
        const place = { split: reading.name };
        reading.feed.fail(answerError(partition.errorCode, `does not let "${reading.name}" be read`, { place }));
      }
    }
  }

  #takeRecords(reading: Reading, partition: Answer): void {
    const { highWatermark, lastStableOffset, divergingEpoch, records, abortedTransactions } = partition;
    reading.progress = { highWatermark, lastStableOffset };
    if (
      divergingEpoch !== undefined &&
      divergingEpoch.endOffset >= 0 &&
      divergingEpoch.endOffset < reading.feed.expected
    )
      return void this.#failOutOfRange(reading);
    if (records === null || records.length === 0) return;
    const { readCommitted, compressions, maxExpandedBytes } = this.#options;
    const from = reading.feed.expected;
    try {
      const { columns, next, leaderEpoch } = decodeFetch(
        { bytes: ownBytes(records), from, aborted: readCommitted ? (abortedTransactions ?? []) : null },
        { compressions, maxExpandedBytes },
      );
      if (next === from) throw new Error('no whole batch is in the answer');
      reading.corrupt = 0;
      reading.lastEpoch = leaderEpoch;
      reading.feed.add(columns, next);
    } catch (error) {
      this.#failUnreadable(reading, error);
    }
  }

  #failUnreadable(reading: Reading, error: unknown): void {
    reading.corrupt += 1;
    if (error instanceof ProtocolError && error.code === 'CRC_MISMATCH' && reading.corrupt < mostCorrupt)
      return this.#pause(reading);
    const text = error instanceof Error ? error.message : String(error);
    reading.feed.fail(
      new HeadraceError(
        'KAFKA_BATCH_UNREADABLE',
        `The records of "${reading.name}" from offset ${reading.feed.expected} on cannot be read: ${text}`,
        { place: { split: reading.name, offset: reading.feed.expected }, cause: error },
      ),
    );
  }

  async #failOutOfRange(reading: Reading): Promise<void> {
    const { name, topic, partition, feed } = reading;
    reading.isPaused = true;
    try {
      const { low, high } = await this.#offsets.range(topic, partition);
      feed.fail(outOfRange(name, feed.expected, low, high));
    } catch (error) {
      feed.fail(error as HeadraceError);
    }
  }

  #failGone({ name, feed }: Reading): void {
    feed.fail(
      new HeadraceError(
        'TOPIC_RECREATED',
        `The topic of "${name}" was deleted and made anew: its offsets mean other records now. Reset the group's position to go on.`,
        { place: { split: name } },
      ),
    );
  }

  #failed(readings: readonly Reading[], thrown: unknown): void {
    if (this.#stopping.signal.aborted) return;
    const passes = thrown instanceof HeadraceError && thrown.retryable;
    for (const reading of readings) {
      if (passes) this.#pause(reading);
      else
        reading.feed.fail(
          thrown instanceof HeadraceError
            ? thrown
            : new HeadraceError('KAFKA_FAILED', `A fetch failed: ${String(thrown)}`, { cause: thrown }),
        );
    }
    if (passes) this.#refresh();
  }

  #pause(reading: Reading): void {
    reading.notBefore = this.#options.cluster.clock.monotonic() + pauseMs * (0.8 + Math.random() * 0.4);
  }

  #refresh(): void {
    if (this.#refreshing) return;
    this.#refreshing = true;
    const done = (): void => {
      this.#refreshing = false;
      this.#wakeLater();
    };
    // That nobody answers shows at the next fetch; there is nobody to tell here.
    this.#options.cluster.refresh().then(done, done);
  }

  #wakeLater(): void {
    if (this.#alarm !== null || this.#stopping.signal.aborted) return;
    this.#alarm = this.#options.cluster.clock.after(pauseMs, () => {
      this.#alarm = null;
      this.#pumpSoon();
    });
  }
}

/** Copies bytes out of a buffer that others share: whoever keeps some records would keep all of it. */
function ownBytes(view: Uint8Array): Buffer {
  const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  if (bytes.length * 2 >= view.buffer.byteLength) return bytes;
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}

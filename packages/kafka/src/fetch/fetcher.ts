import { HeadraceError, type ReaderOptions } from '@headrace/core';
import { fetchApi, type Compressions, type ResponseOf } from '@headrace/protocol';
import { answerError } from '../cluster/answer-error.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { KafkaLogger } from '../log-options.ts';
import { topicPartition } from '../topic-partition.ts';
import { askEndOfEpochs } from './end-of-epochs.ts';
import { fetchOutcome } from './fetch-outcome.ts';
import { PositionEpochs } from './position-epochs.ts';
import { Reading } from './reading.ts';

/** What a fetcher needs; times in milliseconds, sizes in bytes. */
export interface FetcherOptions {
  readonly cluster: Cluster;
  readonly compressions: Compressions;
  /** How long a broker may wait for something to come, at the most. */
  readonly maxWaitMs: number;
  /** How much is asked of one partition, and of all that one request asks for. A larger batch comes all the same. */
  readonly maxPartitionBytes: number;
  readonly maxRequestBytes: number;
  /** How much a partition buffers before it is asked for no more, unless its reader says less. */
  readonly maxBufferedBytes: number;
  /** The most that the records of one batch may expand to. */
  readonly maxExpandedBytes: number;
  /** How long an answer may take beyond the wait. */
  readonly requestTimeoutMs: number;
  readonly logger?: KafkaLogger;
  /** Where the epochs of what is read are kept, for whoever commits; kept for the readings alone unless given. */
  readonly epochs?: PositionEpochs;
}

/** A broker as the fetcher sees it. */
interface Source {
  inFlight: number;
  /** When a partition of it last began, paused, went on, or was found behind its end. */
  changedAt: number;
}

/** The requests that go together: to one broker, about what may be seen. */
interface Bundle {
  readonly broker: number;
  readonly readCommitted: boolean;
  readonly readings: Map<string, Reading>;
}

const mostRequestsInFlight = 2;
/** The newest versions of Fetch that are spoken: with ids of topics, and with their names. */
const newest = 13;
const newestByName = 12;
const retryMs = 100;
/** A request that waits keeps the broker from answering the next: where something has just changed it waits no longer than this. */
const leastWaitMs = 5;

/**
 * Reads partitions from their leaders into feeds, as far ahead as these take; all partitions of one broker by one request. Where
 * nothing changes a broker waits for records as long as it may, so that an idle partition costs next to nothing; after a change it waits
 * as long as the change is ago, so that no partition waits long behind others that are idle.
 */
export class Fetcher {
  readonly #options: FetcherOptions;
  readonly #readings = new Set<Reading>();
  readonly #epochs: PositionEpochs;
  readonly #sources = new Map<number, Source>();
  readonly #stopping = new AbortController();
  #pumpIsDue = false;
  #refreshing = false;
  #alarm: (() => void) | null = null;

  constructor(options: FetcherOptions) {
    this.#options = options;
    this.#epochs = options.epochs ?? new PositionEpochs();
  }

  /** Begins to read a partition from an offset on. Several may read one partition. */
  async open(
    topic: string,
    partition: number,
    from: number,
    { bufferBytes, ...options }: ReaderOptions = {},
  ): Promise<Reading> {
    const { cluster, compressions, maxBufferedBytes, maxExpandedBytes, logger } = this.#options;
    const { id } = await cluster.topicWith(topic, partition);
    const limitBytes = (): number => Math.min(maxBufferedBytes, bufferBytes?.() ?? Infinity);
    const reading = new Reading(
      { ...options, topic, partition, from, topicId: id, limitBytes },
      {
        cluster,
        compressions,
        epochs: this.#epochs,
        maxExpandedBytes,
        logger,
        refresh: () => this.#refresh(),
        changed: (changed) => this.#changed(changed),
      },
    );
    this.#readings.add(reading);
    this.#changed(reading);
    return reading;
  }

  /** Ends reading; what was fetched and not read is dropped, and what is on its way goes nowhere. */
  close(reading: Reading): void {
    this.#readings.delete(reading);
    reading.feed.end();
  }

  /** Ends all reading. */
  stop(): void {
    this.#stopping.abort(new HeadraceError('LOG_CLOSED', 'The connection to Kafka is closed.'));
    this.#alarm?.();
    for (const reading of this.#readings) reading.feed.end();
    this.#readings.clear();
  }

  #changed(reading: Reading): void {
    const broker = this.#options.cluster.leaderOf(reading.topic, reading.partition);
    if (broker !== null) this.#source(broker).changedAt = this.#now();
    this.#pumpSoon();
  }

  #source(broker: number): Source {
    let source = this.#sources.get(broker);
    if (source === undefined) {
      source = { inFlight: 0, changedAt: -Infinity };
      this.#sources.set(broker, source);
    }
    return source;
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
    const now = this.#now();
    const bundles = new Map<string, Bundle>();
    let waits = false;
    for (const reading of this.#readings) {
      if (reading.endIfGone() || !reading.wantsMore) continue;
      if (reading.notBefore > now || !this.#collect(reading, now, bundles)) waits = true;
    }
    for (const bundle of bundles.values()) void this.#fetch(bundle, now);
    if (waits) this.#wakeLater();
  }

  /** Returns false where nobody leads the partition; the cluster is being asked. */
  #collect(reading: Reading, now: number, bundles: Map<string, Bundle>): boolean {
    const broker = this.#options.cluster.leaderOf(reading.topic, reading.partition);
    if (broker === null) {
      this.#refresh();
      return false;
    }
    const { inFlight } = this.#source(broker);
    // A second one would only wait behind the first where that waits; the answer to that brings the next turn.
    if (inFlight >= mostRequestsInFlight || (inFlight > 0 && this.#waitMs(broker, now) > leastWaitMs)) return true;
    const { readCommitted, name } = reading;
    // Two that read the same partition go in two requests: an answer names its partition only.
    for (let nth = 0; ; nth++) {
      const key = `${broker}/${readCommitted}/${nth}`;
      const bundle = bundles.get(key);
      if (bundle?.readings.has(name) === true) continue;
      if (bundle === undefined) bundles.set(key, { broker, readCommitted, readings: new Map([[name, reading]]) });
      else bundle.readings.set(name, reading);
      return true;
    }
  }

  #waitMs(broker: number, now: number): number {
    return Math.min(this.#options.maxWaitMs, Math.max(leastWaitMs, now - this.#source(broker).changedAt));
  }

  async #fetch({ broker, readCommitted, readings: byName }: Bundle, now: number): Promise<void> {
    const { cluster, maxRequestBytes, requestTimeoutMs } = this.#options;
    const source = this.#source(broker);
    const readings = [...byName.values()];
    const maxWaitMs = Math.floor(this.#waitMs(broker, now));
    const { signal } = this.#stopping;
    source.inFlight += 1;
    for (const reading of readings) reading.isInFlight = true;
    try {
      const version = await this.#version(broker, readings);
      if (version < 12) await askEndOfEpochs(cluster, broker, readings, { timeoutMs: requestTimeoutMs, signal });
      const topics = this.#topicsOf(
        version < 12 ? readings.filter((reading) => reading.mayBeAsked) : readings,
        version,
      );
      if (topics.length === 0) return;
      const body = {
        maxWaitMs,
        minBytes: 1,
        maxBytes: maxRequestBytes,
        isolationLevel: readCommitted ? 1 : 0,
        topics,
        ...(version >= 11 && { rackId: '' }),
      };
      const timeoutMs = maxWaitMs + requestTimeoutMs;
      const answer = await cluster.ask(broker, 'fetch', fetchApi, body, { newest: version, timeoutMs, signal });
      if (fetchOutcome(answer.errorCode) !== 'records') throw fetchFailed(answer.errorCode);
      this.#answered(byName, answer);
      if (readings.some((reading) => reading.isBehind)) source.changedAt = this.#now();
    } catch (error) {
      this.#failed(readings, error);
    } finally {
      source.inFlight -= 1;
      for (const reading of readings) reading.isInFlight = false;
      this.#pumpSoon();
    }
  }

  /** A topic is named by its id where broker and cluster know ids: one that was made anew is then another one. */
  async #version(broker: number, readings: readonly Reading[]): Promise<number> {
    const common = (await this.#options.cluster.connections.versions(broker, 'fetch')).versionOf(fetchApi);
    return Math.min(common ?? newestByName, readings.every(({ topicId }) => topicId !== null) ? newest : newestByName);
  }

  #topicsOf(readings: readonly Reading[], version: number) {
    const topics = new Map<string, { readonly of: Reading; readonly partitions: ReturnType<Reading['question']>[] }>();
    for (const reading of readings) {
      const key = `${reading.topic}/${reading.topicId}`;
      const question = reading.question(this.#options.maxPartitionBytes, version);
      const known = topics.get(key);
      if (known === undefined) topics.set(key, { of: reading, partitions: [question] });
      else known.partitions.push(question);
    }
    return [...topics.values()].map(({ of: { topic, topicId }, partitions }) =>
      version > newestByName && topicId !== null ? { topicId, partitions } : { topic, partitions },
    );
  }

  #answered(byName: ReadonlyMap<string, Reading>, { responses }: ResponseOf<typeof fetchApi>): void {
    const names = new Map([...byName.values()].map((reading) => [reading.topicId, reading.topic]));
    for (const { topic: name, topicId, partitions } of responses) {
      const topic = name === '' ? (names.get(topicId) ?? '') : name;
      for (const partition of partitions) {
        const reading = byName.get(topicPartition(topic, partition.partitionIndex));
        if (reading === undefined || !this.#readings.has(reading)) continue;
        const hasRecords = (partition.records?.length ?? 0) > 0;
        reading.take(partition);
        // A request may be for more than one answer holds: what has got nothing comes first the next time.
        if (hasRecords && this.#readings.delete(reading)) this.#readings.add(reading);
      }
    }
  }

  #failed(readings: readonly Reading[], thrown: unknown): void {
    if (this.#stopping.signal.aborted) return;
    for (const reading of readings) reading.failed(thrown);
    if (thrown instanceof HeadraceError && thrown.retryable) this.#refresh();
  }

  #refresh(): void {
    if (this.#refreshing || this.#stopping.signal.aborted) return;
    this.#refreshing = true;
    const done = (): void => {
      this.#refreshing = false;
      this.#pumpSoon();
    };
    // That nobody answers shows at the next fetch; there is nobody to tell here.
    this.#options.cluster.refresh().then(done, done);
  }

  #wakeLater(): void {
    if (this.#alarm !== null || this.#stopping.signal.aborted) return;
    this.#alarm = this.#options.cluster.clock.after(retryMs, () => {
      this.#alarm = null;
      this.#pumpSoon();
    });
  }

  #now(): number {
    return this.#options.cluster.clock.monotonic();
  }
}

/** The error of a whole answer; it is passing where the broker says so of the topic, too: metadata tells whether it is gone. */
function fetchFailed(code: number): HeadraceError {
  const error = answerError(code, 'did not answer a fetch');
  if (fetchOutcome(code) !== 'again' || error.retryable) return error;
  return new HeadraceError('KAFKA_UNAVAILABLE', error.message, { retryable: true });
}

import { HeadraceError, type AppendOptions, type Columns, type Refusal } from '@headrace/core';
import { kafkaError, produceApi, writeBatch, type Compressions, type ResponseOf } from '@headrace/protocol';
import { answerError } from '../cluster/answer-error.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { fitsOneBatch, sendRows, type RowReason } from '../send-rows.ts';
import { PartitionQueue, type SentBatch } from './partition-queue.ts';
import { produceOutcome } from './produce-outcome.ts';
import { ProducerIdentities } from './producer-identities.ts';
import { keyText, recordSource, rowBytes, timeFault, type RecordSource } from './record-source.ts';

/** What a producer needs; times in milliseconds. */
export interface ProducerOptions {
  readonly cluster: Cluster;
  readonly compressions: Compressions;
  /** How long one answer may take. */
  readonly requestTimeoutMs: number;
  /** How long records are tried in all, from their append on. */
  readonly deliveryTimeoutMs: number;
}

/** The rows of an append that go into one batch, and who waits for them. */
interface Content {
  readonly source: RecordSource;
  readonly rows: Int32Array;
  readonly compression: NonNullable<AppendOptions['compression']>;
  resolve(reason: RowReason | null): void;
  reject(error: HeadraceError): void;
}

interface Lane {
  readonly topic: string;
  readonly partition: number;
  readonly queue: PartitionQueue<Content>;
  /** The identity of the topic, as was last told; null where it was not. */
  topicId: string | null;
  identity: SentBatch<Content>['identity'] | null;
  /** What stood in the way last, for the message when time is up. */
  lastError: HeadraceError | null;
  /** Ends when an append ends that takes several batches one after another; nothing may come between them. */
  tail: Promise<unknown> | null;
}

interface LaneBatch {
  readonly lane: Lane;
  readonly batch: SentBatch<Content>;
}

const mostRequestsInFlight = 5;
/** Of nearly a megabyte each at the most: far below the 100 MiB beyond which a broker hangs up. */
const mostBatchesInRequest = 32;
const firstPauseMs = 50;
const longestPauseMs = 1000;

/**
 * Appends records idempotently: each acknowledged record is in its partition once, in the order of its append, whatever answers are
 * lost and however often a request is repeated. Batches of all partitions that one broker leads go in one request.
 */
export class Producer {
  readonly #options: ProducerOptions;
  readonly #identities: ProducerIdentities;
  readonly #lanes = new Map<string, Lane>();
  readonly #active = new Set<Lane>();
  readonly #inFlight = new Map<number, number>();
  #pumpIsDue = false;
  #refreshing = false;
  #alarm: { readonly at: number; readonly cancel: () => void } | null = null;
  #closed = false;

  constructor(options: ProducerOptions) {
    this.#options = options;
    this.#identities = new ProducerIdentities(options.cluster, () => this.#pumpSoon());
  }

  /** Resolves when all rows are acknowledged or refused; rejects, after the last of them has ended, where nothing is known of some. */
  async append(
    topic: string,
    partitions: Int32Array,
    records: Columns,
    { compression = 'none' }: AppendOptions = {},
  ): Promise<readonly Refusal[]> {
    if (partitions.length !== records.count)
      throw new HeadraceError(
        'INVALID_PARTITIONS',
        `Append to "${topic}" names ${partitions.length} partitions for ${records.count} rows.`,
      );
    const { partitions: known } = await this.#options.cluster.topicWith(topic, greatest(partitions));
    const byPartition = rowsByPartition(partitions, known.length);
    const source = recordSource(records);
    const fault = timeFault(source);
    const results = await Promise.allSettled(
      [...byPartition].map(([partition, rows]) => {
        const lane = this.#lane(topic, partition);
        const size = (row: number): number => rowBytes(source, row);
        const send = (): Promise<readonly Refusal[]> =>
          sendRows(rows, {
            size,
            key: (row) => keyText(source, row),
            fault,
            send: (some) => this.#enqueue(lane, source, some, compression),
          });
        return lane.tail === null && fitsOneBatch(rows, size) ? send() : inTurn(lane, send);
      }),
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return results
      .flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
      .sort((a, b) => a.row - b.row);
  }

  /** Gives up what waits. What is in flight may still be appended. */
  close(): void {
    this.#closed = true;
    this.#identities.close();
    this.#alarm?.cancel();
    const error = new HeadraceError('LOG_CLOSED', 'The connection to Kafka is closed.');
    for (const lane of this.#active) for (const { content } of lane.queue.drain()) content.reject(error);
    this.#active.clear();
  }

  #lane(topic: string, partition: number): Lane {
    const key = `${topic}/${partition}`;
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = {
        topic,
        partition,
        queue: new PartitionQueue(),
        topicId: null,
        identity: null,
        lastError: null,
        tail: null,
      };
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  #enqueue(
    lane: Lane,
    source: RecordSource,
    rows: Int32Array,
    compression: Content['compression'],
  ): Promise<RowReason | null> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new HeadraceError('LOG_CLOSED', 'The connection to Kafka is closed.'));
      const deadline = this.#now() + this.#options.deliveryTimeoutMs;
      lane.queue.add({ content: { source, rows, compression, resolve, reject }, records: rows.length, deadline });
      this.#active.add(lane);
      this.#pumpSoon();
    });
  }

  /** Once a turn of the event loop, so that what is appended together travels together. */
  #pumpSoon(): void {
    if (this.#pumpIsDue || this.#closed) return;
    this.#pumpIsDue = true;
    this.#options.cluster.clock.soon(() => {
      this.#pumpIsDue = false;
      if (!this.#closed) this.#pump();
    });
  }

  #pump(): void {
    const now = this.#now();
    const requests = new Map<number, LaneBatch[]>();
    let wakesAt = Infinity;
    for (const lane of this.#active) {
      this.#expire(lane, now);
      if (!lane.queue.isEmpty) this.#collect(lane, now, requests);
      if (lane.queue.isEmpty) this.#active.delete(lane);
      else wakesAt = Math.min(wakesAt, lane.queue.wakesAt(now));
    }
    for (const [broker, batches] of requests) {
      // Whoever had its turn stands behind those that a full request left out.
      for (const { lane } of batches) if (this.#active.delete(lane)) this.#active.add(lane);
      void this.#send(broker, batches);
    }
    // A lane may have more than went into one request. All else wakes by an answer, an identity, what is told of leaders, or by time.
    if (requests.size > 0) this.#pumpSoon();
    else if (wakesAt < Infinity) this.#wakeAt(wakesAt);
  }

  #collect(lane: Lane, now: number, requests: Map<number, LaneBatch[]>): void {
    this.#learnTopic(lane);
    if (lane.queue.needsIdentity && !this.#begin(lane)) return;
    const broker = this.#options.cluster.leaderOf(lane.topic, lane.partition);
    if (broker === null) return this.#awaitLeader(lane);
    const batches = requests.get(broker);
    if (batches?.length === mostBatchesInRequest) return;
    if ((this.#inFlight.get(broker) ?? 0) >= mostRequestsInFlight) return;
    const batch = lane.queue.next(now);
    if (batch === null) return;
    if (batches === undefined) requests.set(broker, [{ lane, batch }]);
    else batches.push({ lane, batch });
  }

  /** A topic that was made anew remembers no sequences: the first batch must be alone again. */
  #learnTopic(lane: Lane): void {
    const id = this.#options.cluster.known(lane.topic)?.id ?? null;
    if (id === null || id === lane.topicId) return;
    if (lane.topicId !== null) lane.queue.renew();
    lane.topicId = id;
  }

  #awaitLeader(lane: Lane): void {
    const { topic, partition } = lane;
    if (lane.queue.inFlight === 0 && this.#options.cluster.isGone(topic))
      return this.#fail(lane, new HeadraceError('UNKNOWN_TOPIC', `Kafka has no topic "${topic}" any more.`));
    lane.lastError ??= new HeadraceError(
      'KAFKA_UNAVAILABLE',
      `Partition ${partition} of topic "${topic}" has no leader.`,
      { retryable: true },
    );
    this.#refresh();
  }

  /** Ends all that waits of a lane of which nothing is in flight. */
  #fail(lane: Lane, error: HeadraceError): void {
    for (const { content } of lane.queue.drain()) content.reject(error);
  }

  #begin(lane: Lane): boolean {
    try {
      const identity = this.#identities.after(lane.identity);
      if (identity === null) return false;
      lane.identity = identity;
      lane.queue.begin(identity);
      return true;
    } catch (error) {
      this.#fail(lane, error as HeadraceError);
      return false;
    }
  }

  #expire(lane: Lane, now: number): void {
    for (const { content } of lane.queue.expire(now)) {
      const { topic, partition, lastError } = lane;
      const why = lastError === null ? '' : ` ${lastError.message}`;
      content.reject(
        new HeadraceError(
          'KAFKA_UNAVAILABLE',
          `Kafka could not append to partition ${partition} of topic "${topic}" within ${this.#options.deliveryTimeoutMs} ms.${why}`,
          { retryable: true, cause: lastError },
        ),
      );
    }
  }

  async #send(broker: number, batches: readonly LaneBatch[]): Promise<void> {
    const { cluster, requestTimeoutMs } = this.#options;
    this.#inFlight.set(broker, (this.#inFlight.get(broker) ?? 0) + 1);
    try {
      const body = { acks: -1, timeoutMs: requestTimeoutMs, topicData: this.#topicData(batches) };
      // The broker may take all of its time for the replicas.
      const timeoutMs = requestTimeoutMs + Math.min(5000, requestTimeoutMs);
      const answer = await cluster.ask(broker, 'produce', produceApi, body, { newest: 9, timeoutMs });
      if (!this.#closed) this.#answered(batches, answer);
    } catch (error) {
      if (!this.#closed) this.#failed(batches, error);
    } finally {
      this.#inFlight.set(broker, (this.#inFlight.get(broker) ?? 1) - 1);
      this.#pumpSoon();
    }
  }

  #topicData(batches: readonly LaneBatch[]) {
    const topics = new Map<string, { index: number; records: Uint8Array }[]>();
    for (const { lane, batch } of batches) {
      const { source, rows, compression } = batch.content;
      const records = writeBatch(
        { ...source, rows },
        {
          producer: {
            producerId: batch.identity.producerId,
            producerEpoch: batch.identity.epoch,
            baseSequence: batch.sequence,
            transactional: false,
          },
          compression,
          compressions: this.#options.compressions,
        },
      );
      const partitions = topics.get(lane.topic);
      if (partitions === undefined) topics.set(lane.topic, [{ index: lane.partition, records }]);
      else partitions.push({ index: lane.partition, records });
    }
    return [...topics].map(([name, partitionData]) => ({ name, partitionData }));
  }

  #answered(batches: readonly LaneBatch[], answer: ResponseOf<typeof produceApi>): void {
    const answers = new Map(
      answer.responses.flatMap(({ name, partitionResponses }) =>
        partitionResponses.map((partition) => [`${name}/${partition.index}`, partition] as const),
      ),
    );
    for (const each of batches) {
      const partition = answers.get(`${each.lane.topic}/${each.lane.partition}`);
      // A broker that leaves a partition out says nothing of it.
      if (partition === undefined) this.#again(each, answerError(-1, 'did not answer for a partition'));
      else this.#settle(each, partition.errorCode, partition.errorMessage ?? null);
    }
  }

  #settle(each: LaneBatch, code: number, message: string | null): void {
    const { lane, batch } = each;
    const { outcome, refresh, discard, records } = produceOutcome(code);
    if (discard === true) this.#identities.discard(batch.identity);
    if (refresh === true) this.#refresh();
    const what = `did not append to partition ${lane.partition} of topic "${lane.topic}"`;
    if (outcome === 'again')
      return this.#again(each, answerError(code, what, { message, right: `Write on topic "${lane.topic}"` }));
    lane.queue.settle(batch, outcome, this.#now());
    if (outcome === 'acked') {
      lane.lastError = null;
      batch.content.resolve(null);
    }
    if (outcome !== 'refused') return;
    const { name } = kafkaError(code);
    if (records === true)
      batch.content.resolve({ code: name, message: `Kafka refused the record: ${message ?? name}` });
    else batch.content.reject(answerError(code, what, { message, right: `Write on topic "${lane.topic}"` }));
  }

  #failed(batches: readonly LaneBatch[], thrown: unknown): void {
    const error =
      thrown instanceof HeadraceError
        ? thrown
        : new HeadraceError('KAFKA_FAILED', `A batch could not be sent: ${String(thrown)}`, { cause: thrown });
    if (error.retryable) this.#refresh();
    for (const each of batches) {
      if (error.retryable) this.#again(each, error);
      else {
        each.lane.queue.settle(each.batch, 'refused', this.#now());
        each.batch.content.reject(error);
      }
    }
  }

  #again({ lane, batch }: LaneBatch, error: HeadraceError): void {
    lane.lastError = error;
    const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(batch.attempts - 1, 10));
    lane.queue.settle(batch, 'again', this.#now(), pause * (0.8 + Math.random() * 0.4));
  }

  #refresh(): void {
    if (this.#refreshing || this.#closed) return;
    this.#refreshing = true;
    const done = (): void => {
      this.#refreshing = false;
      this.#pumpSoon();
    };
    this.#options.cluster.refresh().then(done, (error: HeadraceError) => {
      for (const lane of this.#active) {
        // Whoever waits for a leader learns of a failure by its deadline, with the reason of the last attempt.
        lane.lastError = error;
        const waits = lane.queue.inFlight === 0 && this.#options.cluster.leaderOf(lane.topic, lane.partition) === null;
        if (waits && !error.retryable) this.#fail(lane, error);
      }
      done();
    });
  }

  #wakeAt(at: number): void {
    if (this.#closed || (this.#alarm !== null && this.#alarm.at <= at)) return;
    this.#alarm?.cancel();
    const cancel = this.#options.cluster.clock.after(Math.max(0, at - this.#now()), () => {
      this.#alarm = null;
      this.#pumpSoon();
    });
    this.#alarm = { at, cancel };
  }

  #now(): number {
    return this.#options.cluster.clock.monotonic();
  }
}

/** Does something after what was begun before it on the same lane, and before what comes later. */
function inTurn<R>(lane: Lane, work: () => Promise<R>): Promise<R> {
  const result = (lane.tail ?? Promise.resolve()).then(work);
  const tail = result
    .catch(() => {})
    .then(() => {
      if (lane.tail === tail) lane.tail = null;
    });
  lane.tail = tail;
  return result;
}

/** Lists the rows of each partition, in order. */
function rowsByPartition(partitions: Int32Array, count: number): Map<number, Int32Array> {
  const counts = new Int32Array(count);
  for (const partition of partitions) counts[partition] = (counts[partition] as number) + 1;
  const rows = Array.from(counts, (some) => new Int32Array(some));
  const filled = new Int32Array(count);
  for (let row = 0; row < partitions.length; row++) {
    const partition = partitions[row] as number;
    const at = filled[partition] as number;
    (rows[partition] as Int32Array)[at] = row;
    filled[partition] = at + 1;
  }
  return new Map([...rows.entries()].filter(([, some]) => some.length > 0));
}

/** Returns a number that no partition has where one is negative, and else the greatest. */
function greatest(partitions: Int32Array): number {
  let result = 0;
  for (const partition of partitions) {
    if (partition < 0) return partition;
    if (partition > result) result = partition;
  }
  return result;
}

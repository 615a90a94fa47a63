import type { BatchHeader, Compressions } from '@headrace/protocol';
import { Refusal } from '../refusal.ts';
import { noSegmentStore, type SegmentStore } from '../storage/segment-files.ts';
import { AbortedTransactions, type AbortedTransaction } from './aborted-transactions.ts';
import { compactSegments } from './compact-segments.ts';
import { LeaderEpochs } from './leader-epochs.ts';
import type { LogSettings } from './log-settings.ts';
import { ProducerState } from './producer-state.ts';
import { recordAt, type TimedOffset } from './record-lookup.ts';
import { Segments } from './segments.ts';
import type { StoredBatch } from './stored-batch.ts';

/** What a read returns: whole batches, and the offset behind them. */
export interface LogSlice {
  readonly batches: readonly Buffer[];
  readonly bytes: number;
  /** The offset behind the last batch; that of the read when there is none. */
  readonly end: number;
}

/** Where a partition keeps what a restart has to know; nowhere unless given. */
export interface LogStorage {
  readonly segments: SegmentStore;
  /** Takes note of the first offset that may be read. */
  readonly keepStart: (offset: number) => void;
}

/** Keeps nothing. */
export const inMemory: LogStorage = { segments: noSegmentStore, keepStart: () => {} };

/** The batches of one partition in memory and what follows from them: ends, producers, transactions, epochs. */
export class PartitionLog {
  readonly producers = new Map<number, ProducerState>();
  readonly epochs = new LeaderEpochs();
  readonly #aborted = new AbortedTransactions();
  readonly #segments: Segments;
  readonly #storage: LogStorage;
  readonly #settings: () => LogSettings;
  readonly #waiting = new Set<() => void>();
  #start = 0;
  /** Up to where the log has been compacted. */
  #cleanEnd = 0;
  #end = 0;

  /** `settings` is asked whenever they matter, since a topic's configuration may change. */
  constructor(settings: () => LogSettings, storage: LogStorage = inMemory) {
    this.#settings = settings;
    this.#storage = storage;
    this.#segments = new Segments(storage.segments);
  }

  get settings(): LogSettings {
    return this.#settings();
  }

  /** The first offset that may be read. */
  get start(): number {
    return this.#start;
  }

  /** The offset that the next record gets. With one copy of everything it is the high watermark too. */
  get end(): number {
    return this.#end;
  }

  get bytes(): number {
    return this.#segments.bytes;
  }

  /** The offset up to which every transaction has ended. */
  get stableEnd(): number {
    let stable = this.#end;
    for (const { transactionStart } of this.producers.values())
      if (transactionStart !== null && transactionStart < stable) stable = transactionStart;
    return stable;
  }

  /** Returns what is known of a producer that writes now, from its first batch on. */
  producer(producerId: number, now: number): ProducerState {
    let state = this.producers.get(producerId);
    if (state === undefined) this.producers.set(producerId, (state = new ProducerState(producerId)));
    state.touchedAt = now;
    return state;
  }

  /** Forgets producers that have written nothing for so long and have no transaction open. */
  expireProducers(now: number, afterMs: number): void {
    for (const [id, { transactionStart, touchedAt }] of this.producers)
      if (transactionStart === null && now - touchedAt >= afterMs) this.producers.delete(id);
  }

  /** Adds a batch at the end, where its bytes say that it stands. */
  append(batch: StoredBatch, now: number): void {
    if (batch.baseOffset !== this.#end) throw new Error(`a batch for ${batch.baseOffset} came at ${this.#end}`);
    const hasClosed = this.#segments.add(batch, now, this.#settings());
    this.epochs.appended(batch.leaderEpoch, batch.baseOffset);
    this.#end = batch.lastOffset + 1;
    this.expire(now);
    if (hasClosed && this.#settings().compacts) this.#compact(now);
  }

  #compact(now: number): void {
    const settings = this.#settings();
    const segments = this.#segments.closed(this.stableEnd, now - settings.minCompactionLagMs);
    const lastOfProducers = new Set<number>();
    for (const { batches } of this.producers.values()) lastOfProducers.add(batches.at(-1)?.baseOffset ?? -1);
    const compacted = compactSegments(segments, {
      ...settings,
      now,
      cleanEnd: this.#cleanEnd,
      aborted: this.#aborted.within(0, this.#end),
      isNeeded: ({ baseOffset }) => lastOfProducers.has(baseOffset),
    });
    if (compacted === null) return;
    this.#segments.replace(compacted);
    this.#cleanEnd = (segments.at(-1)?.at(-1)?.lastOffset ?? -1) + 1;
  }

  /** Takes in a segment as it was kept; its batches follow those that are there. */
  restore(base: number, batches: readonly StoredBatch[], now: number): void {
    this.#segments.restore(base, batches, now);
    for (const { leaderEpoch, baseOffset } of batches) this.epochs.appended(leaderEpoch, baseOffset);
    this.#end = (batches.at(-1)?.lastOffset ?? base - 1) + 1;
  }

  /** Sets where a log that was restored begins. */
  restoreStart(offset: number): void {
    this.#start = offset;
    this.#end = Math.max(this.#end, this.#start);
    this.#segments.dropBefore(this.#start);
    this.#aborted.dropBefore(this.#start);
  }

  /** Wakes whoever waits for more: called when a batch and all that follows from it is in place. */
  wake(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Calls `wake` at each change of the log until the result is called. */
  watch(wake: () => void): () => void {
    this.#waiting.add(wake);
    return () => this.#waiting.delete(wake);
  }

  /** Takes in the end of a transaction, whose marker stands at an offset. */
  transactionEnded(state: ProducerState, header: BatchHeader, coordinatorEpoch: number, aborted: boolean): void {
    const firstOffset = state.ended(header.producerEpoch, coordinatorEpoch, header.maxTimestamp);
    if (aborted && firstOffset !== null)
      this.#aborted.add({ producerId: state.producerId, firstOffset, lastOffset: header.baseOffset });
  }

  /** Reads batches from the one on that holds `offset`, up to `to` and so many bytes; one at least where `atLeastOne`. */
  read(offset: number, to: number, maxBytes: number, atLeastOne: boolean): LogSlice {
    if (offset < this.#start || offset > this.#end)
      throw new Refusal('OFFSET_OUT_OF_RANGE', `Offset ${offset} is not within ${this.#start} and ${this.#end}.`);
    const batches: Buffer[] = [];
    let bytes = 0;
    let end = offset;
    for (const batch of offset < to ? this.#segments.from(offset) : []) {
      if (batch.baseOffset >= to) break;
      if (bytes + batch.bytes.length > maxBytes && !(atLeastOne && batches.length === 0)) break;
      batches.push(batch.bytes);
      bytes += batch.bytes.length;
      end = batch.lastOffset + 1;
    }
    return { batches, bytes, end };
  }

  /** Returns the aborted transactions that lie in the range `[from, to)`. */
  abortedWithin(from: number, to: number): readonly AbortedTransaction[] {
    return this.#aborted.within(from, to);
  }

  /** Returns the first record that is not older than a time; undefined when there is none before `to`. */
  offsetAt(time: number, to: number, compressions: Compressions): TimedOffset | undefined {
    for (const batch of this.#segments.from(this.#start)) {
      if (batch.baseOffset >= to) return undefined;
      if (batch.maxTimestamp < time) continue;
      const found = recordAt(batch, time, compressions);
      if (found !== undefined && found.offset >= this.#start) return found;
    }
    return undefined;
  }

  /** Returns the first of the newest records; undefined when there is none. */
  newest(compressions: Compressions): TimedOffset | undefined {
    let newest: StoredBatch | undefined;
    for (const batch of this.#segments.from(this.#start))
      if (newest === undefined || batch.maxTimestamp > newest.maxTimestamp) newest = batch;
    return newest === undefined ? undefined : recordAt(newest, newest.maxTimestamp, compressions);
  }

  /** Deletes what stands before an offset. */
  deleteBefore(offset: number): void {
    this.#start = Math.max(this.#start, offset);
    // Noted before files go: a log without any goes on where it was.
    this.#storage.keepStart(this.#start);
    this.#segments.dropBefore(this.#start);
    this.#aborted.dropBefore(this.#start);
    this.wake();
  }

  /** Takes away what retention no longer keeps. */
  expire(now: number): void {
    const end = this.#segments.expired(now, this.#settings());
    if (end !== undefined) this.deleteBefore(end);
  }
}

import type { BatchHeader } from '@headrace/protocol';
import { Refusal } from '../refusal.ts';
import { nextSequence, sequenceAfter } from './sequence.ts';

/** A batch of an idempotent producer that a partition remembers, to know it when it comes again. */
export interface SequencedBatch {
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly baseOffset: number;
  /** The time of its append where the topic has LogAppendTime, else -1. */
  readonly appendTime: number;
}

/** What of a batch's header is remembered. */
export type AppendedHeader = Pick<
  BatchHeader,
  'producerEpoch' | 'baseSequence' | 'count' | 'maxTimestamp' | 'isTransactional'
>;

/** Java's broker remembers as many as a producer may have in flight. */
const remembered = 5;

/**
 * What a partition knows of one producer: its epoch, its last batches and where its open transaction begins. The rules are those of
 * Kafka's `ProducerStateManager` (KIP-98, KIP-360, KIP-890).
 */
export class ProducerState {
  readonly producerId: number;
  /** -1 before the first batch or marker. */
  epoch = -1;
  readonly batches: SequencedBatch[] = [];
  /** The offset at which the open transaction begins; null when there is none. */
  transactionStart: number | null = null;
  /** The time of the newest record or marker; epoch milliseconds. */
  lastTimestamp = -1;
  /** When it wrote last, by the clock of the broker: the times of records may lie far back. */
  touchedAt = 0;
  /** The epoch of the coordinator that wrote the last marker; -1 before the first. */
  coordinatorEpoch = -1;

  constructor(producerId: number) {
    this.producerId = producerId;
  }

  get lastSequence(): number {
    return this.batches.at(-1)?.lastSequence ?? -1;
  }

  /** Returns the batch that these sequences have been appended as; undefined for a new one. */
  duplicateOf({ producerEpoch, baseSequence, count }: BatchHeader): SequencedBatch | undefined {
    if (producerEpoch !== this.epoch) return undefined;
    const last = sequenceAfter(baseSequence, count - 1);
    return this.batches.find((batch) => batch.firstSequence === baseSequence && batch.lastSequence === last);
  }

  /** Refuses a batch of an older epoch, one out of order, and one outside the transaction that is open. */
  check({ producerEpoch, baseSequence, isTransactional }: BatchHeader): void {
    if (producerEpoch < this.epoch)
      throw new Refusal('INVALID_PRODUCER_EPOCH', `Epoch ${producerEpoch} is older than ${this.epoch}.`);
    if (producerEpoch !== this.epoch) {
      if (this.epoch >= 0 && baseSequence !== 0) throw outOfOrder(baseSequence, 0);
    } else if (this.epoch >= 0 && baseSequence !== nextSequence(this.lastSequence)) {
      throw outOfOrder(baseSequence, nextSequence(this.lastSequence));
    }
    if (this.transactionStart !== null && !isTransactional)
      throw new Refusal('INVALID_TXN_STATE', 'A transaction is open; the batch is not part of one.');
  }

  /** Takes in a batch that has been appended. */
  appended(header: AppendedHeader, baseOffset: number, appendTime: number): void {
    this.#enter(header.producerEpoch);
    const { baseSequence, count } = header;
    this.batches.push({
      firstSequence: baseSequence,
      lastSequence: sequenceAfter(baseSequence, count - 1),
      baseOffset,
      appendTime,
    });
    if (this.batches.length > remembered) this.batches.shift();
    this.lastTimestamp = header.maxTimestamp;
    if (header.isTransactional) this.transactionStart ??= baseOffset;
  }

  /** Takes in the marker that ends its transaction and returns where that began; null when none was open. */
  ended(epoch: number, coordinatorEpoch: number, timestamp: number): number | null {
    this.#enter(epoch);
    this.coordinatorEpoch = coordinatorEpoch;
    this.lastTimestamp = timestamp;
    const start = this.transactionStart;
    this.transactionStart = null;
    return start;
  }

  #enter(epoch: number): void {
    if (epoch === this.epoch) return;
    this.epoch = epoch;
    this.batches.length = 0;
  }
}

function outOfOrder(sequence: number, expected: number): Refusal {
  return new Refusal('OUT_OF_ORDER_SEQUENCE_NUMBER', `Sequence ${sequence} came where ${expected} was due.`);
}

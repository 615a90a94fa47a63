/** The number of batches of one partition that may be unanswered: as many as a broker remembers to know them again. */
const mostInFlight = 5;

/** Who a producer is to a broker: its id, and an epoch that fences what was sent under an earlier one. */
export interface ProducerIdentity {
  readonly producerId: number;
  readonly epoch: number;
}

/** A batch on its way; `B` is what it carries. */
export interface QueuedBatch<B> {
  readonly content: B;
  readonly records: number;
  /** When the batch is given up, by a clock that never goes back, in milliseconds. */
  readonly deadline: number;
}

/** A batch as it is sent. It keeps its identity and sequence for as long as nobody knows that the broker has not appended it. */
export interface SentBatch<B> extends QueuedBatch<B> {
  readonly identity: ProducerIdentity;
  /** The sequence of the first record. */
  readonly sequence: number;
  readonly attempts: number;
}

/**
 * What became of a batch. `acked`: appended, now or by an earlier attempt. `again`: not appended, or nobody knows, and it may be sent
 * again. `gap`: the broker expects another sequence. `refused`: never appended, and taken out for what it is.
 */
export type BatchOutcome = 'acked' | 'again' | 'gap' | 'refused';

/**
 * The batches of one partition and their sequences, so that a broker appends each once and in order whatever is lost on the way
 * (KIP-98, KIP-360). The rules, all on top of those of the broker:
 *
 * - Until the first batch of an identity is acknowledged it is alone: a broker without memory of a producer takes any sequence.
 * - After a failure nothing new is sent. When all that is in flight has been answered, what is unacknowledged is sent again, unchanged and
 *   one at a time.
 * - Where a batch was taken out, or the broker has lost its memory, sequences begin anew under a higher epoch, so that nothing
 *   that is still somewhere in the network can be appended between them.
 */
export class PartitionQueue<B> {
  readonly #waiting: QueuedBatch<B>[] = [];
  /** Sent at least once and not acknowledged, in the order of their sequences. */
  readonly #unacked: MutableBatch<B>[] = [];
  #identity: ProducerIdentity | null = null;
  #nextSequence = 0;
  #inFlight = 0;
  #proven = false;
  #recovering = false;
  #renew = false;
  #notBefore = -Infinity;

  /** Tells whether nothing waits and nothing is in flight. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#unacked.length === 0;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Tells whether sequences must begin anew before anything else is sent: give it an identity with a higher epoch. */
  get needsIdentity(): boolean {
    return this.#inFlight === 0 && (this.#identity === null || this.#renew) && !this.isEmpty;
  }

  /** Returns when there may be something to do that no answer brings about: a pause or a batch's time is over. Infinite while batches are in flight. */
  wakesAt(now: number): number {
    if (this.#inFlight > 0 || this.isEmpty) return Infinity;
    const deadline = this.#unacked.reduce(
      (earliest, batch) => Math.min(earliest, batch.deadline),
      this.#waiting[0]?.deadline ?? Infinity,
    );
    return this.#notBefore > now ? Math.min(deadline, this.#notBefore) : deadline;
  }

  add(batch: QueuedBatch<B>): void {
    this.#waiting.push(batch);
  }

  /** Makes sequences begin anew as soon as nothing is in flight: the partition is another one than it was. */
  renew(): void {
    this.#renew = true;
    this.#recovering = true;
  }

  /** Begins sequences at 0 under an identity. What was sent before and is not acknowledged is sent again under it. */
  begin(identity: ProducerIdentity): void {
    if (this.#inFlight > 0) throw new Error('sequences cannot begin anew while batches are in flight');
    this.#identity = identity;
    this.#renew = false;
    this.#proven = false;
    this.#nextSequence = 0;
    for (const batch of this.#unacked) this.#number(batch, identity);
  }

  /** Returns the batch that may be sent now, as in flight, or null. */
  next(now: number): SentBatch<B> | null {
    if (this.#identity === null || this.#renew || now < this.#notBefore) return null;
    if (this.#recovering && this.#unacked.length === 0) this.#recovering = false;
    if (this.#inFlight >= (this.#recovering || !this.#proven ? 1 : mostInFlight)) return null;
    let batch: MutableBatch<B> | undefined;
    if (this.#recovering) [batch] = this.#unacked;
    else {
      const first = this.#waiting.shift();
      if (first === undefined) return null;
      batch = { ...first, identity: this.#identity, sequence: 0, attempts: 0 };
      this.#number(batch, this.#identity);
      this.#unacked.push(batch);
    }
    if (batch === undefined) return null;
    batch.attempts += 1;
    this.#inFlight += 1;
    return batch;
  }

  /** Takes what became of a batch in flight. `pauseMs` keeps the next attempt back. */
  settle(sent: SentBatch<B>, outcome: BatchOutcome, now: number, pauseMs = 0): void {
    const at = this.#unacked.indexOf(sent as MutableBatch<B>);
    if (at < 0) throw new Error('the batch is not in flight');
    this.#inFlight -= 1;
    if (outcome === 'acked') {
      this.#proven = true;
      this.#unacked.splice(at, 1);
      return;
    }
    this.#recovering = true;
    this.#notBefore = Math.max(this.#notBefore, now + pauseMs);
    if (outcome === 'refused') {
      this.#unacked.splice(at, 1);
      this.#renew = true;
    }
    // Behind one that failed a gap is expected, and closes when that one is sent again.
    if (outcome === 'gap' && at === 0) this.#renew = true;
  }

  /** Takes out what is not in flight and past its deadline. What was sent may have been appended all the same. */
  expire(now: number): QueuedBatch<B>[] {
    const expired: QueuedBatch<B>[] = [];
    if (this.#inFlight === 0) {
      for (let at = this.#unacked.length - 1; at >= 0; at--) {
        if ((this.#unacked[at] as MutableBatch<B>).deadline > now) continue;
        expired.unshift(...this.#unacked.splice(at, 1));
        this.#renew = true;
      }
    }
    if (this.#unacked.length > 0) return expired;
    while (this.#waiting[0] !== undefined && this.#waiting[0].deadline <= now) expired.push(this.#waiting.shift()!);
    return expired;
  }

  /** Takes out everything: nobody will deliver it. */
  drain(): QueuedBatch<B>[] {
    this.#inFlight = 0;
    this.#renew = true;
    return [...this.#unacked.splice(0), ...this.#waiting.splice(0)];
  }

  #number(batch: MutableBatch<B>, identity: ProducerIdentity): void {
    batch.identity = identity;
    batch.sequence = this.#nextSequence;
    this.#nextSequence = sequenceAfter(this.#nextSequence, batch.records);
  }
}

interface MutableBatch<B> extends QueuedBatch<B> {
  identity: ProducerIdentity;
  sequence: number;
  attempts: number;
}

/** Adds to a sequence as brokers do: the one after 2^31 - 1 is 0. */
export function sequenceAfter(sequence: number, records: number): number {
  return (sequence + records) % 2 ** 31;
}

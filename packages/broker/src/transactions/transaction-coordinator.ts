import type { BrokerClock } from '../clock/broker-clock.ts';
import { Refusal } from '../refusal.ts';
import type { Journal } from '../storage/journal.ts';
import {
  decideEnding,
  isPreparing,
  type KeptTransaction,
  lastEpoch,
  type ProducerIdentity,
  type Transaction,
  type TransactionPartition,
} from './transaction.ts';

/** What is written where a transaction has been. */
export interface TransactionEnd extends ProducerIdentity {
  readonly isCommitted: boolean;
  readonly partitions: readonly TransactionPartition[];
  readonly groups: readonly string[];
}

/** What the coordinator needs of its surroundings. */
export interface TransactionOptions {
  readonly clock: BrokerClock;
  readonly transactionMaxTimeoutMs: number;
  readonly transactionalIdExpirationMs: number;
  /** Writes the markers. */
  readonly end: (end: TransactionEnd) => void;
  /** Takes note of what a restart has to know. */
  readonly journal: Journal;
}

/** Who speaks for a transactional id. */
export interface TransactionalProducer extends ProducerIdentity {
  readonly transactionalId: string;
}

/**
 * The coordinator of transactions: gives producers their ids and epochs, fences those that have a successor, and ends transactions
 * with markers, which are written after the answer, as by Kafka: until then the id refuses with CONCURRENT_TRANSACTIONS.
 */
export class TransactionCoordinator {
  readonly #options: TransactionOptions;
  readonly #transactions = new Map<string, Transaction>();
  #nextProducerId = 0;

  constructor(options: TransactionOptions) {
    this.#options = options;
  }

  /** Returns what is known of an id; one that is too old goes when it is asked for. */
  get(transactionalId: string): Transaction | undefined {
    const transaction = this.#transactions.get(transactionalId);
    if (transaction === undefined || !this.#isExpired(transaction)) return transaction;
    this.#transactions.delete(transactionalId);
    this.#options.journal.put(['transaction', transactionalId], null);
    return undefined;
  }

  all(): readonly Transaction[] {
    return [...this.#transactions.keys()].flatMap((id) => this.get(id) ?? []);
  }

  /** Gives an idempotent producer its id. */
  newProducer(): ProducerIdentity {
    return { producerId: this.#newId(), epoch: 0 };
  }

  /** Takes in what was kept: a transaction that was being ended is ended, one that was open goes on, its time anew. */
  restore(transactions: readonly KeptTransaction[], nextProducerId: number): void {
    this.#nextProducerId = nextProducerId;
    for (const { partitions, groups, ...kept } of transactions) {
      const transaction: Transaction = {
        ...kept,
        partitions: new Map(partitions.map((each) => [keyOf(each), each])),
        groups: new Set(groups),
        cancelTimeout: () => {},
      };
      this.#transactions.set(kept.id, transaction);
      if (isPreparing(transaction)) this.#complete(transaction);
      else if (transaction.state === 'Ongoing') this.#awaitTimeout(transaction);
    }
  }

  #newId(): number {
    this.#options.journal.put(['producers'], this.#nextProducerId + 1);
    return this.#nextProducerId++;
  }

  #isExpired(transaction: Transaction): boolean {
    if (transaction.state === 'Ongoing' || isPreparing(transaction)) return false;
    return this.#options.clock.now() - transaction.updatedAt >= this.#options.transactionalIdExpirationMs;
  }

  #keep(transaction: Transaction): void {
    transaction.updatedAt = this.#options.clock.now();
    this.#options.journal.put(['transaction', transaction.id], keptOf(transaction));
  }

  /**
   * Gives a transactional producer its id and epoch, and fences who had the id before. `expected` is the identity of a producer that
   * goes on after an error (KIP-360). A transaction that is open is aborted first: the request is refused and comes again.
   */
  initialize(transactionalId: string, timeoutMs: number, expected: ProducerIdentity | null): ProducerIdentity {
    if (transactionalId === '') throw new Refusal('INVALID_REQUEST');
    if (timeoutMs <= 0 || timeoutMs > this.#options.transactionMaxTimeoutMs)
      throw new Refusal('INVALID_TRANSACTION_TIMEOUT');
    const transaction = this.#getOrMake(transactionalId);
    if (expected !== null && !mayGoOn(transaction, expected)) throw new Refusal('PRODUCER_FENCED');
    if (isPreparing(transaction)) throw new Refusal('CONCURRENT_TRANSACTIONS');
    if (transaction.state === 'Ongoing') {
      this.#fence(transaction);
      throw new Refusal('CONCURRENT_TRANSACTIONS');
    }
    this.#bumpFor(transaction, expected);
    transaction.timeoutMs = timeoutMs;
    transaction.state = 'Empty';
    transaction.startedAt = -1;
    this.#keep(transaction);
    return { producerId: transaction.producerId, epoch: transaction.epoch };
  }

  /** Adds partitions, or a group's positions, to the open transaction; the first opens it. */
  add(producer: TransactionalProducer, partitions: readonly TransactionPartition[], groups: readonly string[]): void {
    const transaction = this.#of(producer);
    if (isPreparing(transaction)) throw new Refusal('CONCURRENT_TRANSACTIONS');
    if (transaction.state !== 'Ongoing') this.#open(transaction);
    for (const each of partitions) transaction.partitions.set(keyOf(each), each);
    for (const group of groups) transaction.groups.add(group);
    this.#keep(transaction);
  }

  /** Refuses a write that is not part of the open transaction of its producer. */
  verify(producer: TransactionalProducer, has: (transaction: Transaction) => boolean): void {
    const transaction = this.#of(producer);
    if (isPreparing(transaction)) throw new Refusal('CONCURRENT_TRANSACTIONS');
    if (transaction.state !== 'Ongoing' || !has(transaction)) throw new Refusal('TRANSACTION_ABORTABLE');
  }

  /** Ends a transaction, and returns the identity with which its producer goes on. */
  end(producer: TransactionalProducer, commits: boolean, bumps: boolean): ProducerIdentity {
    const transaction = this.get(producer.transactionalId);
    const isRetry = transaction !== undefined && bumps && isSame(transaction.before, producer);
    if (transaction === undefined || (producer.producerId !== transaction.producerId && !isRetry))
      throw new Refusal('INVALID_PRODUCER_ID_MAPPING');
    if (producer.epoch !== transaction.epoch && !isRetry) throw new Refusal('PRODUCER_FENCED');
    const ending = decideEnding(transaction.state, commits, isRetry, bumps);
    if (ending !== 'end' && ending !== 'done') throw new Refusal(ending);
    if (ending === 'end') this.#prepare(transaction, commits, bumps);
    return { producerId: transaction.producerId, epoch: transaction.epoch };
  }

  #getOrMake(id: string): Transaction {
    let transaction = this.get(id);
    if (transaction === undefined) {
      transaction = {
        id,
        producerId: this.#newId(),
        epoch: -1,
        before: nobody,
        fenced: nobody,
        state: 'Empty',
        timeoutMs: 0,
        partitions: new Map(),
        groups: new Set(),
        startedAt: -1,
        ending: null,
        updatedAt: this.#options.clock.now(),
        cancelTimeout: () => {},
      };
      this.#transactions.set(id, transaction);
    }
    return transaction;
  }

  #of({ transactionalId, producerId, epoch }: TransactionalProducer): Transaction {
    const transaction = this.get(transactionalId);
    if (transaction === undefined || transaction.producerId !== producerId)
      throw new Refusal('INVALID_PRODUCER_ID_MAPPING');
    if (transaction.epoch !== epoch) throw new Refusal('PRODUCER_FENCED');
    return transaction;
  }

  #open(transaction: Transaction): void {
    transaction.state = 'Ongoing';
    transaction.startedAt = this.#options.clock.now();
    this.#awaitTimeout(transaction);
  }

  #awaitTimeout(transaction: Transaction): void {
    transaction.cancelTimeout = this.#options.clock.after(transaction.timeoutMs, () => this.#fence(transaction));
  }

  /** Aborts for a successor or because the time is over: the producer's epoch is no longer the newest. */
  #fence(transaction: Transaction): void {
    const { producerId, epoch } = transaction;
    if (transaction.epoch < lastEpoch) transaction.epoch += 1;
    transaction.before = nobody;
    transaction.fenced = { producerId, epoch };
    this.#prepare(transaction, false, false);
  }

  #bumpFor(transaction: Transaction, expected: ProducerIdentity | null): void {
    const { producerId, epoch } = transaction;
    if (expected !== null && epoch !== -1 && expected.epoch !== epoch) {
      // A request that comes again gets the answer of the first.
      if (isSame(transaction.before, expected) || isSame(transaction.fenced, expected)) return;
      throw new Refusal('PRODUCER_FENCED');
    }
    this.#advance(transaction);
    transaction.fenced = nobody;
    transaction.before = expected === null ? nobody : { producerId, epoch: expected.epoch };
  }

  /** Gives the next epoch; where there is none, a new id. */
  #advance(transaction: Transaction): void {
    if (transaction.epoch < lastEpoch - 1) transaction.epoch += 1;
    else Object.assign(transaction, { producerId: this.#newId(), epoch: 0 });
  }

  #prepare(transaction: Transaction, commits: boolean, bumps: boolean): void {
    transaction.cancelTimeout();
    const { producerId, epoch } = transaction;
    if (bumps) {
      this.#advance(transaction);
      transaction.before = { producerId, epoch };
    }
    // What the marker says must be newer than what the producer has written under.
    transaction.ending = { producerId, epoch: bumps ? epoch + 1 : epoch };
    transaction.state = commits ? 'PrepareCommit' : 'PrepareAbort';
    this.#keep(transaction);
    this.#options.clock.soon(() => this.#complete(transaction));
  }

  /** Writes the markers; a restart in between writes them again, which changes nothing. */
  #complete(transaction: Transaction): void {
    const { partitions, groups, ending, state } = transaction;
    const isCommitted = state === 'PrepareCommit';
    this.#options.end({
      ...(ending as ProducerIdentity),
      isCommitted,
      partitions: [...partitions.values()],
      groups: [...groups],
    });
    partitions.clear();
    groups.clear();
    transaction.ending = null;
    transaction.state = isCommitted ? 'CompleteCommit' : 'CompleteAbort';
    this.#keep(transaction);
  }
}

const nobody: ProducerIdentity = { producerId: -1, epoch: -1 };

/** Returns the key of a partition in a transaction. */
export function keyOf({ topic, partition }: TransactionPartition): string {
  return `${topic}/${partition}`;
}

function isSame(one: ProducerIdentity, other: ProducerIdentity): boolean {
  return one.epoch >= 0 && one.producerId === other.producerId && one.epoch === other.epoch;
}

/** A producer that goes on is the current one, or the one before its epochs were used up; a new id takes anybody. */
function mayGoOn({ producerId, epoch, before }: Transaction, expected: ProducerIdentity): boolean {
  return epoch === -1 || expected.producerId === producerId || isSame(before, expected);
}

function keptOf({ partitions, groups, cancelTimeout: _, ...rest }: Transaction): KeptTransaction {
  return { ...rest, partitions: [...partitions.values()], groups: [...groups] };
}

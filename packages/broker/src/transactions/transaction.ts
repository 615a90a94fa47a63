import type { KafkaErrorName } from '@headrace/protocol';

/** The states of a transactional id, by the names that Kafka tells. */
export type TransactionState =
  'Empty' | 'Ongoing' | 'PrepareCommit' | 'PrepareAbort' | 'CompleteCommit' | 'CompleteAbort';

/** A producer and one of its epochs. */
export interface ProducerIdentity {
  readonly producerId: number;
  readonly epoch: number;
}

/** A partition that takes part in a transaction. */
export interface TransactionPartition {
  readonly topic: string;
  readonly partition: number;
}

/** What the coordinator knows of a transactional id. */
export interface Transaction {
  readonly id: string;
  producerId: number;
  /** -1 before the first producer. */
  epoch: number;
  /** The identity before the last bump, to know a request that comes again; epoch -1 when there was none. */
  before: ProducerIdentity;
  /** The identity whose transaction was aborted by the coordinator: its producer may go on under the next epoch (KIP-588). */
  fenced: ProducerIdentity;
  state: TransactionState;
  timeoutMs: number;
  readonly partitions: Map<string, TransactionPartition>;
  readonly groups: Set<string>;
  /** When the open transaction, or the one that ended last, began; epoch milliseconds, -1 before the first of a producer. */
  startedAt: number;
  /** The identity that the markers of the transaction that is being ended have; null when none is. */
  ending: ProducerIdentity | null;
  /** When it changed last; epoch milliseconds. */
  updatedAt: number;
  cancelTimeout: () => void;
}

/** What is kept of a transactional id, so that a restart goes on with it. */
export type KeptTransaction = Omit<Transaction, 'partitions' | 'groups' | 'cancelTimeout'> & {
  readonly partitions: readonly TransactionPartition[];
  readonly groups: readonly string[];
};

/** Epochs have 15 bits; the last is kept for the marker that ends an id. */
export const lastEpoch = 2 ** 15 - 1;

/** Says that a transaction is being ended. */
export function isPreparing({ state }: Transaction): boolean {
  return state === 'PrepareCommit' || state === 'PrepareAbort';
}

/** What EndTxn may do in a state: end the transaction, say what was done, or fail. */
export type Ending = 'end' | 'done' | KafkaErrorName;

/**
 * Decides what EndTxn does. `isRetry` is true where the request names the epoch before the one that its first copy brought about;
 * `bumps` where it comes by the protocol in which an abort without a transaction bumps the epoch too (KIP-890).
 */
export function decideEnding(state: TransactionState, commits: boolean, isRetry: boolean, bumps: boolean): Ending {
  const isWanted = state.endsWith(commits ? 'Commit' : 'Abort');
  switch (state) {
    case 'Ongoing':
      return isRetry ? 'PRODUCER_FENCED' : 'end';
    case 'PrepareCommit':
    case 'PrepareAbort':
      return isWanted ? 'CONCURRENT_TRANSACTIONS' : 'INVALID_TXN_STATE';
    case 'CompleteCommit':
    case 'CompleteAbort':
      if (bumps && !isRetry) return commits ? 'INVALID_TXN_STATE' : 'end';
      return isWanted ? 'done' : 'INVALID_TXN_STATE';
    case 'Empty':
      return bumps && !commits && !isRetry ? 'end' : 'INVALID_TXN_STATE';
  }
}

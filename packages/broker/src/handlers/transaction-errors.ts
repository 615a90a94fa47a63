import { errorCode } from '@headrace/protocol';
import { Refusal } from '../refusal.ts';

/** What a write does with the transaction that it is part of, by what its version knows. */
export type TransactionOperation = 'verify' | 'verifyAbortable' | 'add';

/** Does the work of a transaction's coordinator for a write, and turns its refusals into those that the writer's version knows. */
export function translated(operation: TransactionOperation, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    switch (error.code) {
      case errorCode('PRODUCER_FENCED'):
        throw new Refusal('INVALID_PRODUCER_EPOCH', error.message);
      case errorCode('TRANSACTION_ABORTABLE'):
        throw operation === 'verify' ? new Refusal('INVALID_TXN_STATE', error.message) : error;
      case errorCode('CONCURRENT_TRANSACTIONS'):
        throw operation === 'add' ? error : new Refusal('NOT_ENOUGH_REPLICAS', error.message);
      default:
        throw error;
    }
  }
}

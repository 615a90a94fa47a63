import { expect, it } from 'vitest';
import { noJournal } from '../storage/journal.ts';
import { lastEpoch } from './transaction.ts';
import { TransactionCoordinator, type TransactionEnd } from './transaction-coordinator.ts';

const setUp = () => {
  const due: (() => void)[] = [];
  const ends: TransactionEnd[] = [];
  const coordinator = new TransactionCoordinator({
    clock: { now: () => 0, after: () => () => {}, soon: (run) => void due.push(run) },
    transactionMaxTimeoutMs: 1000,
    transactionalIdExpirationMs: 1000,
    end: (end) => void ends.push(end),
    journal: noJournal,
  });
  const settle = (): void => {
    for (const run of due.splice(0)) run();
  };
  return { coordinator, ends, settle };
};

/** Gives the id all epochs but the last that producers get. */
const useUp = (coordinator: TransactionCoordinator) => {
  let identity = coordinator.initialize('id', 1000, null);
  const first = identity.producerId;
  while (identity.epoch < lastEpoch - 1) identity = coordinator.initialize('id', 1000, null);
  expect(identity).toEqual({ producerId: first, epoch: 32_766 });
  return identity;
};

it('gives a new producer id when the epochs of an id are used up, and the old one is fenced', () => {
  const { coordinator } = setUp();
  const last = useUp(coordinator);
  const next = coordinator.initialize('id', 1000, null);
  expect(next).toEqual({ producerId: last.producerId + 1, epoch: 0 });
  const old = { transactionalId: 'id', ...last };
  expect(() => coordinator.add(old, [{ topic: 't', partition: 0 }], [])).toThrow('INVALID_PRODUCER_ID_MAPPING');
});

it('ends the last transaction of a producer id under its last epoch, and answers with the new id, again as well', () => {
  const { coordinator, ends, settle } = setUp();
  const last = { transactionalId: 'id', ...useUp(coordinator) };
  coordinator.add(last, [{ topic: 't', partition: 0 }], []);
  const next = { producerId: last.producerId + 1, epoch: 0 };
  expect(coordinator.end(last, true, true)).toEqual(next);
  settle();
  expect(ends).toMatchObject([{ producerId: last.producerId, epoch: 32_767, isCommitted: true }]);
  expect(coordinator.end(last, true, true)).toEqual(next);
  expect(coordinator.initialize('id', 1000, last)).toEqual(next);
});

it('aborts the open transaction of a used up producer id for its successor', () => {
  const { coordinator, ends, settle } = setUp();
  const last = { transactionalId: 'id', ...useUp(coordinator) };
  coordinator.add(last, [{ topic: 't', partition: 0 }], []);
  expect(() => coordinator.initialize('id', 1000, null)).toThrow('CONCURRENT_TRANSACTIONS');
  settle();
  expect(ends).toMatchObject([{ producerId: last.producerId, epoch: 32_767, isCommitted: false }]);
  expect(coordinator.initialize('id', 1000, null)).toEqual({ producerId: last.producerId + 1, epoch: 0 });
});

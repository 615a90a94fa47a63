import {
  describeProducersApi,
  describeTransactionsApi,
  errorCode,
  listTransactionsApi,
  type ResponseInput,
} from '@headrace/protocol';
import { orRefused, Refusal } from '../refusal.ts';
import type { Transaction, TransactionState } from '../transactions/transaction.ts';
import { handler } from './handler.ts';

type DescribedTransaction = ResponseInput<typeof describeTransactionsApi>['transactionStates'][number];
type DescribedProducers = ResponseInput<typeof describeProducersApi>['topics'][number]['partitions'][number];

/** Describes transactional ids. The positions of groups in a transaction are not among its topics, since they stand in none here. */
export const describeTransactionsHandler = handler(describeTransactionsApi, (request, { cluster, node }) => ({
  throttleTimeMs: 0,
  transactionStates: request.transactionalIds.map((transactionalId) =>
    orRefused(
      () => {
        if (transactionalId === '') throw new Refusal('INVALID_REQUEST');
        cluster.coordinates(node, transactionalId);
        const transaction = cluster.transactions.get(transactionalId);
        if (transaction === undefined) throw new Refusal('TRANSACTIONAL_ID_NOT_FOUND');
        return describe(transaction);
      },
      ({ code }): DescribedTransaction => ({
        errorCode: code,
        transactionalId,
        transactionState: '',
        transactionTimeoutMs: 0,
        transactionStartTimeMs: 0,
        producerId: 0,
        producerEpoch: 0,
        topics: [],
      }),
    ),
  ),
}));

function describe({
  id,
  state,
  timeoutMs,
  startedAt,
  producerId,
  epoch,
  partitions,
}: Transaction): DescribedTransaction {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of partitions.values()) topics.set(topic, [...(topics.get(topic) ?? []), partition]);
  return {
    errorCode: errorCode('NONE'),
    transactionalId: id,
    transactionState: state,
    transactionTimeoutMs: timeoutMs,
    transactionStartTimeMs: startedAt,
    producerId,
    producerEpoch: epoch,
    topics: [...topics].map(([topic, numbers]) => ({ topic, partitions: numbers })),
  };
}

const states: ReadonlySet<string> = new Set<TransactionState | 'Dead' | 'PrepareEpochFence'>([
  'Empty',
  'Ongoing',
  'PrepareCommit',
  'PrepareAbort',
  'CompleteCommit',
  'CompleteAbort',
  'Dead',
  'PrepareEpochFence',
]);

/** Lists the transactional ids that a node coordinates. Version 2 is not offered: an expression of a client could take for ever. */
export const listTransactionsHandler = handler(
  listTransactionsApi,
  ({ stateFilters, producerIdFilters, durationFilter }, { cluster, node }) => ({
    throttleTimeMs: 0,
    errorCode: errorCode('NONE'),
    unknownStateFilters: stateFilters.filter((state) => !states.has(state)),
    transactionStates: cluster.transactions
      .all()
      .filter(
        ({ id, state, producerId, startedAt }) =>
          cluster.nodes.coordinatorOf(id)?.id === node &&
          (stateFilters.length === 0 || stateFilters.includes(state)) &&
          (producerIdFilters.length === 0 || producerIdFilters.includes(producerId)) &&
          (durationFilter < 0 || cluster.clock.now() - startedAt > durationFilter),
      )
      .map(({ id, producerId, state }) => ({ transactionalId: id, producerId, transactionState: state })),
  }),
  1,
);

/** Lists the producers that partitions know. */
export const describeProducersHandler = handler(describeProducersApi, (request, { cluster, node }) => ({
  throttleTimeMs: 0,
  topics: request.topics.map(({ name, partitionIndexes }) => ({
    name,
    partitions: partitionIndexes.map((partitionIndex) =>
      orRefused(
        (): DescribedProducers => {
          const { log } = cluster.leading(node, cluster.topics.get(name), partitionIndex);
          log.expireProducers(cluster.clock.now(), cluster.settings.producerIdExpirationMs);
          const activeProducers = [...log.producers.values()].map((state) => ({
            producerId: state.producerId,
            producerEpoch: state.epoch,
            lastSequence: state.lastSequence,
            lastTimestamp: state.lastTimestamp,
            coordinatorEpoch: state.coordinatorEpoch,
            currentTxnStartOffset: state.transactionStart ?? -1,
          }));
          return { partitionIndex, errorCode: 0, activeProducers };
        },
        ({ code, message }) => ({ partitionIndex, errorCode: code, errorMessage: message, activeProducers: [] }),
      ),
    ),
  })),
}));

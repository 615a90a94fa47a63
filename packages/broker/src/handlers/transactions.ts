import {
  addOffsetsToTxnApi,
  addPartitionsToTxnApi,
  endTxnApi,
  errorCode,
  initProducerIdApi,
  txnOffsetCommitApi,
  type KafkaErrorName,
} from '@headrace/protocol';
import type { Cluster } from '../cluster/cluster.ts';
import { orRefused, Refusal } from '../refusal.ts';
import { committedOf } from './group-offsets.ts';
import { handler, type RequestContext } from './handler.ts';
import { translated } from './transaction-errors.ts';

/** Gives producers their ids and epochs. */
export const initProducerIdHandler = handler(initProducerIdApi, (request, { cluster, node, version }) => {
  const { transactionalId, transactionTimeoutMs, producerId, producerEpoch } = request;
  return orRefused(
    () => {
      const { transactions } = cluster;
      if (transactionalId !== null) cluster.coordinates(node, transactionalId);
      const expected = producerId === -1 && producerEpoch === -1 ? null : { producerId, epoch: producerEpoch };
      if (expected !== null && (producerId < 0 || producerEpoch < 0)) throw new Refusal('INVALID_REQUEST');
      const given =
        transactionalId === null
          ? transactions.newProducer()
          : transactions.initialize(transactionalId, transactionTimeoutMs, expected);
      return { throttleTimeMs: 0, errorCode: 0, producerId: given.producerId, producerEpoch: given.epoch };
    },
    ({ code }) => ({
      throttleTimeMs: 0,
      errorCode: version < 4 ? olderCode(code) : code,
      producerId: -1,
      producerEpoch: -1,
    }),
  );
});

/** Adds partitions to a transaction; all or none. */
export const addPartitionsToTxnHandler = handler(
  addPartitionsToTxnApi,
  (request, { cluster, node, version }) => {
    const topics = request.v3AndBelowTopics;
    const partitions = topics.flatMap(({ name, partitions: numbers }) =>
      numbers.map((partition) => ({ topic: name, partition })),
    );
    const isUnknown = ({ topic, partition }: { topic: string; partition: number }): boolean =>
      cluster.topics.get(topic)?.partitions[partition] === undefined;
    const answer = (codeOf: (topic: string, partition: number) => number) => ({
      throttleTimeMs: 0,
      resultsByTopicV3AndBelow: topics.map(({ name, partitions: numbers }) => ({
        name,
        resultsByPartition: numbers.map((partitionIndex) => ({
          partitionIndex,
          partitionErrorCode: codeOf(name, partitionIndex),
        })),
      })),
    });
    if (partitions.some(isUnknown))
      return answer((topic, partition) =>
        errorCode(isUnknown({ topic, partition }) ? 'UNKNOWN_TOPIC_OR_PARTITION' : 'OPERATION_NOT_ATTEMPTED'),
      );
    const code = orRefused(
      () => {
        const transactionalId = request.v3AndBelowTransactionalId;
        if (transactionalId === '') throw new Refusal('INVALID_REQUEST');
        cluster.coordinates(node, transactionalId);
        const producer = {
          transactionalId,
          producerId: request.v3AndBelowProducerId,
          epoch: request.v3AndBelowProducerEpoch,
        };
        cluster.transactions.add(producer, partitions, []);
        return errorCode('NONE');
      },
      (refusal) => (version < 2 ? olderCode(refusal.code) : refusal.code),
    );
    return answer(() => code);
  },
  // Later versions are spoken between brokers.
  3,
);

/** Adds a group's positions to a transaction. */
export const addOffsetsToTxnHandler = handler(addOffsetsToTxnApi, (request, { cluster, node, version }) => ({
  throttleTimeMs: 0,
  errorCode: orRefused(
    () => {
      const { transactionalId, producerId, producerEpoch: epoch, groupId } = request;
      if (transactionalId === '') throw new Refusal('INVALID_REQUEST');
      cluster.coordinates(node, transactionalId);
      cluster.transactions.add({ transactionalId, producerId, epoch }, [], [groupId]);
      return errorCode('NONE');
    },
    ({ code }) => (version < 2 ? olderCode(code) : code),
  ),
}));

/** Ends a transaction. From version 5 on the producer's epoch is bumped, where the cluster's features say so. */
export const endTxnHandler = handler(endTxnApi, (request, { cluster, node, version }) =>
  orRefused(
    () => {
      const { transactionalId, producerId, producerEpoch: epoch, committed } = request;
      const bumps = version >= 5;
      if (transactionalId === '') throw new Refusal('INVALID_REQUEST');
      if (bumps && cluster.settings.transactionVersion === 0) throw new Refusal('UNSUPPORTED_VERSION');
      cluster.coordinates(node, transactionalId);
      const next = cluster.transactions.end({ transactionalId, producerId, epoch }, committed, bumps);
      return { throttleTimeMs: 0, errorCode: 0, producerId: next.producerId, producerEpoch: next.epoch };
    },
    ({ code }) => ({
      throttleTimeMs: 0,
      errorCode: version < 2 ? olderCode(code) : code,
      producerId: -1,
      producerEpoch: -1,
    }),
  ),
);

/** Keeps positions of a group until the transaction that they are part of ends. */
export const txnOffsetCommitHandler = handler(txnOffsetCommitApi, (request, context) => {
  const { cluster } = context;
  const { groupId, memberId, generationId, groupInstanceId: instanceId } = request;
  const isUnknown = (topic: string, partition: number): boolean =>
    cluster.topics.get(topic)?.partitions[partition] === undefined;
  const isAny = request.topics.some(({ name, partitions }) =>
    partitions.some(({ partitionIndex }) => !isUnknown(name, partitionIndex)),
  );
  const checked = orRefused(
    () => {
      if (!isAny) return null;
      joinTransaction(request, context);
      return cluster.groups.checkCommit({ groupId, memberId, instanceId, generationId }, true);
    },
    (refusal) => refusal,
  );
  return {
    throttleTimeMs: 0,
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((each) => ({
        partitionIndex: each.partitionIndex,
        errorCode: orRefused(
          () => {
            if (isUnknown(name, each.partitionIndex)) throw new Refusal('UNKNOWN_TOPIC_OR_PARTITION');
            if (checked instanceof Refusal) throw checked;
            checked?.offsets.commitPending(
              request.producerId,
              name,
              each.partitionIndex,
              committedOf(each, cluster.clock.now()),
            );
            return errorCode('NONE');
          },
          ({ code }) => code,
        ),
      })),
    })),
  };
});

function joinTransaction(
  request: {
    readonly transactionalId: string;
    readonly groupId: string;
    readonly producerId: number;
    readonly producerEpoch: number;
  },
  { cluster, node, version }: RequestContext,
): void {
  const { transactionalId, groupId, producerId, producerEpoch: epoch } = request;
  const producer = { transactionalId, producerId, epoch };
  cluster.coordinates(node, groupId);
  const operation = version >= 5 ? 'add' : version >= 4 ? 'verifyAbortable' : 'verify';
  translated(operation, () => {
    if (operation !== 'add') cluster.transactions.verify(producer, ({ groups }) => groups.has(groupId));
    else addByWriting(cluster, () => cluster.transactions.add(producer, [], [groupId]));
  });
}

/** Lets a write add to a transaction, where the cluster's features say so. */
export function addByWriting({ settings }: Cluster, add: () => void): void {
  if (settings.transactionVersion === 0) throw new Refusal('UNSUPPORTED_VERSION');
  add();
}

/** Clients before PRODUCER_FENCED know INVALID_PRODUCER_EPOCH. */
function olderCode(code: number): number {
  const fenced: KafkaErrorName = 'PRODUCER_FENCED';
  return code === errorCode(fenced) ? errorCode('INVALID_PRODUCER_EPOCH') : code;
}

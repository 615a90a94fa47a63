import {
  addOffsetsToTxnApi,
  addPartitionsToTxnApi,
  endTxnApi,
  findCoordinatorApi,
  initProducerIdApi,
  txnOffsetCommitApi,
} from '@headrace/protocol';
import { waitUntil } from '../kafka/wait-until.ts';
import { batchOf, named, produceTo } from './cluster-handle.ts';
import type { WireClient } from './wire-client.ts';

/** A producer as a broker named it. */
export interface Identity {
  readonly producerId: number;
  readonly epoch: number;
}

const passing = [
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
  'CONCURRENT_TRANSACTIONS',
];

/** Asks once for a producer's identity. */
export async function initOnce(
  client: WireClient,
  transactionalId: string | null,
  {
    expected = { producerId: -1, epoch: -1 },
    timeoutMs = 60_000,
    version = 4,
  }: { expected?: Identity; timeoutMs?: number; version?: number } = {},
) {
  const body = {
    transactionalId,
    transactionTimeoutMs: timeoutMs,
    ...(version >= 3 && { producerId: expected.producerId, producerEpoch: expected.epoch }),
  };
  const answer = await client.send(initProducerIdApi, body, version);
  return { error: named(answer.errorCode), producerId: answer.producerId, epoch: answer.producerEpoch };
}

/** Asks for a producer's identity until the coordinator is there and an older transaction has ended. */
export async function initProducer(
  client: WireClient,
  transactionalId: string | null,
  options: { expected?: Identity; timeoutMs?: number } = {},
) {
  if (transactionalId !== null) await client.send(findCoordinatorApi, { key: transactionalId, keyType: 1 }, 3);
  return waitUntil(
    () => initOnce(client, transactionalId, options),
    ({ error }) => !passing.includes(error),
    { what: 'a producer has its identity', intervalMs: 5 },
  );
}

/** Sends a request until the transaction before has ended, and returns its last error. */
export async function settled(send: () => Promise<string>): Promise<string> {
  return waitUntil(send, (error) => error !== 'CONCURRENT_TRANSACTIONS', {
    what: 'the transaction before has ended',
    intervalMs: 2,
  });
}

/** Adds partitions of a topic to a transaction and returns the error of the first. */
export async function addPartitions(
  client: WireClient,
  id: string,
  { producerId, epoch }: Identity,
  topic: string,
  partitions: readonly number[] = [0],
) {
  return settled(async () => {
    const answer = await client.send(
      addPartitionsToTxnApi,
      {
        v3AndBelowTransactionalId: id,
        v3AndBelowProducerId: producerId,
        v3AndBelowProducerEpoch: epoch,
        v3AndBelowTopics: [{ name: topic, partitions }],
      },
      3,
    );
    return named(answer.resultsByTopicV3AndBelow[0]?.resultsByPartition[0]?.partitionErrorCode ?? -1);
  });
}

/** Adds a group's positions to a transaction. */
export async function addOffsets(
  client: WireClient,
  transactionalId: string,
  { producerId, epoch }: Identity,
  groupId: string,
) {
  const body = { transactionalId, producerId, producerEpoch: epoch, groupId };
  return settled(async () => named((await client.send(addOffsetsToTxnApi, body, 3)).errorCode));
}

/** Ends a transaction and returns the error, with the identity that goes on from version 5. */
export async function endTransaction(
  client: WireClient,
  transactionalId: string,
  { producerId, epoch }: Identity,
  committed: boolean,
  version = 5,
) {
  const body = { transactionalId, producerId, producerEpoch: epoch, committed };
  const answer = await client.send(endTxnApi, body, version);
  return { error: named(answer.errorCode), producerId: answer.producerId, epoch: answer.producerEpoch };
}

/** Ends a transaction by the older protocol and waits until its markers are written: until an empty one is refused as such. */
export async function endAndSettle(
  client: WireClient,
  id: string,
  identity: Identity,
  committed: boolean,
): Promise<string> {
  const { error } = await endTransaction(client, id, identity, committed, 3);
  await settled(async () => (await endTransaction(client, id, identity, committed, 3)).error);
  return error;
}

/** Produces values as part of a transaction. */
export async function produceInTransaction(
  client: WireClient,
  topic: string,
  transactionalId: string,
  { producerId, epoch }: Identity,
  baseSequence: number,
  values: readonly string[],
  { version = 9, partition = 0 }: { version?: number; partition?: number } = {},
) {
  const producer = { producerId, producerEpoch: epoch, baseSequence, transactional: true };
  return produceTo(client, topic, batchOf(values, { producer }), { transactionalId, version, partition });
}

/** Commits an offset of partition 0 as part of a transaction. */
export async function commitInTransaction(
  client: WireClient,
  transactionalId: string,
  { producerId, epoch }: Identity,
  groupId: string,
  topic: string,
  offset: number,
  {
    generationId = -1,
    memberId = '',
    version = 3,
  }: { generationId?: number; memberId?: string; version?: number } = {},
) {
  const partitions = [{ partitionIndex: 0, committedOffset: offset, committedMetadata: '' }];
  const body = {
    transactionalId,
    groupId,
    producerId,
    producerEpoch: epoch,
    generationId,
    memberId,
    topics: [{ name: topic, partitions }],
  };
  const { topics } = await client.send(txnOffsetCommitApi, body, version);
  return named(topics[0]?.partitions[0]?.errorCode ?? -1);
}

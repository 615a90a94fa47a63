import {
  errorCode,
  fetchApi,
  findCoordinatorApi,
  heartbeatApi,
  initProducerIdApi,
  joinGroupApi,
  listOffsetsApi,
  metadataApi,
  offsetCommitApi,
  offsetFetchApi,
  produceApi,
  syncGroupApi,
  type ApiDefinition,
  type KafkaErrorName,
} from '@headrace/protocol';
import type { Answer } from './fault-proxy.ts';

/** What a worker does about an error: it goes on as if nothing had been, or it ends with exit code 1 and says why. */
export type Outcome = 'goes on' | 'ends';

/** An error in the answer of a request. */
export interface ErrorRow {
  readonly api: ApiDefinition;
  readonly error: KafkaErrorName;
  readonly outcome: Outcome;
}

const row = (api: ApiDefinition, outcome: Outcome, ...errors: KafkaErrorName[]): ErrorRow[] =>
  errors.map((error) => ({ api, error, outcome }));

/** Which error of which answer has which outcome. */
export const errorRows: readonly ErrorRow[] = [
  ...row(
    produceApi,
    'goes on',
    'NOT_LEADER_OR_FOLLOWER',
    'LEADER_NOT_AVAILABLE',
    'REQUEST_TIMED_OUT',
    'NOT_ENOUGH_REPLICAS',
    'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
    'UNKNOWN_TOPIC_OR_PARTITION',
    'CORRUPT_MESSAGE',
    'KAFKA_STORAGE_ERROR',
    'DUPLICATE_SEQUENCE_NUMBER',
  ),
  ...row(produceApi, 'ends', 'TOPIC_AUTHORIZATION_FAILED'),
  ...row(
    fetchApi,
    'goes on',
    'NOT_LEADER_OR_FOLLOWER',
    'LEADER_NOT_AVAILABLE',
    'UNKNOWN_LEADER_EPOCH',
    'FENCED_LEADER_EPOCH',
    'KAFKA_STORAGE_ERROR',
    'OFFSET_NOT_AVAILABLE',
    'UNKNOWN_TOPIC_OR_PARTITION',
  ),
  ...row(fetchApi, 'ends', 'TOPIC_AUTHORIZATION_FAILED'),
  ...row(
    offsetCommitApi,
    'goes on',
    'NOT_COORDINATOR',
    'COORDINATOR_NOT_AVAILABLE',
    'COORDINATOR_LOAD_IN_PROGRESS',
    'REQUEST_TIMED_OUT',
    'REBALANCE_IN_PROGRESS',
    'ILLEGAL_GENERATION',
    'UNKNOWN_MEMBER_ID',
  ),
  ...row(offsetCommitApi, 'ends', 'GROUP_AUTHORIZATION_FAILED'),
  ...row(
    heartbeatApi,
    'goes on',
    'NOT_COORDINATOR',
    'COORDINATOR_NOT_AVAILABLE',
    'REBALANCE_IN_PROGRESS',
    'ILLEGAL_GENERATION',
    'UNKNOWN_MEMBER_ID',
  ),
  ...row(
    joinGroupApi,
    'goes on',
    'NOT_COORDINATOR',
    'COORDINATOR_NOT_AVAILABLE',
    'COORDINATOR_LOAD_IN_PROGRESS',
    'UNKNOWN_MEMBER_ID',
    'REBALANCE_IN_PROGRESS',
  ),
  ...row(joinGroupApi, 'ends', 'GROUP_AUTHORIZATION_FAILED', 'INCONSISTENT_GROUP_PROTOCOL'),
  ...row(
    syncGroupApi,
    'goes on',
    'NOT_COORDINATOR',
    'COORDINATOR_NOT_AVAILABLE',
    'REBALANCE_IN_PROGRESS',
    'ILLEGAL_GENERATION',
    'UNKNOWN_MEMBER_ID',
  ),
  ...row(findCoordinatorApi, 'goes on', 'COORDINATOR_NOT_AVAILABLE', 'COORDINATOR_LOAD_IN_PROGRESS'),
  ...row(findCoordinatorApi, 'ends', 'GROUP_AUTHORIZATION_FAILED'),
  ...row(
    offsetFetchApi,
    'goes on',
    'NOT_COORDINATOR',
    'COORDINATOR_NOT_AVAILABLE',
    'COORDINATOR_LOAD_IN_PROGRESS',
    'UNSTABLE_OFFSET_COMMIT',
  ),
  ...row(
    listOffsetsApi,
    'goes on',
    'NOT_LEADER_OR_FOLLOWER',
    'LEADER_NOT_AVAILABLE',
    'UNKNOWN_LEADER_EPOCH',
    'FENCED_LEADER_EPOCH',
  ),
  ...row(metadataApi, 'goes on', 'LEADER_NOT_AVAILABLE', 'REPLICA_NOT_AVAILABLE'),
  ...row(
    initProducerIdApi,
    'goes on',
    'NOT_COORDINATOR',
    'COORDINATOR_NOT_AVAILABLE',
    'COORDINATOR_LOAD_IN_PROGRESS',
    'REQUEST_TIMED_OUT',
  ),
];

/** Which lists of an answer have an error of their own in each item, or in each partition of each item. */
const lists = ['responses', 'topics', 'groups', 'coordinators', 'partitionResponses', 'partitions'];

/**
 * Returns an answer that says nothing but an error, wherever it has room for one. Error codes that stand for the request as a
 * whole are left alone where the partitions have theirs, as brokers do; records are taken out.
 */
export function withError(answer: Answer, error: KafkaErrorName): Answer {
  const code = errorCode(error);
  const below = lists.filter((name) => Array.isArray(answer[name]) && (answer[name] as unknown[]).length > 0);
  const changed: Record<string, unknown> = { ...answer };
  for (const name of below) changed[name] = (answer[name] as Answer[]).map((item) => withError(item, error));
  if (below.length === 0 || answer['groupId'] !== undefined) {
    if ('errorCode' in answer) changed['errorCode'] = code;
    if ('records' in answer) changed['records'] = null;
  }
  return changed;
}

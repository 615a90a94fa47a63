import { apiVersionsHandler } from './api-versions.ts';
import {
  alterConfigsHandler,
  describeConfigsHandler,
  incrementalAlterConfigsHandler,
  listConfigResourcesHandler,
} from './configs.ts';
import { fetchHandler } from './fetch.ts';
import { deleteGroupsHandler, describeGroupsHandler, listGroupsHandler } from './group-admin.ts';
import { offsetCommitHandler, offsetDeleteHandler, offsetFetchHandler } from './group-offsets.ts';
import type { Handler } from './handler.ts';
import { heartbeatHandler, joinGroupHandler, leaveGroupHandler, syncGroupHandler } from './membership.ts';
import { describeClusterHandler, findCoordinatorHandler, metadataHandler } from './metadata.ts';
import { deleteRecordsHandler, listOffsetsHandler, offsetForLeaderEpochHandler } from './offsets-of-logs.ts';
import { produceHandler } from './produce.ts';
import { createPartitionsHandler, createTopicsHandler, deleteTopicsHandler } from './topic-admin.ts';
import { describeLogDirsHandler, describeTopicPartitionsHandler } from './topic-details.ts';
import { describeProducersHandler, describeTransactionsHandler, listTransactionsHandler } from './transaction-admin.ts';
import {
  addOffsetsToTxnHandler,
  addPartitionsToTxnHandler,
  endTxnHandler,
  initProducerIdHandler,
  txnOffsetCommitHandler,
} from './transactions.ts';

const others: readonly Handler[] = [
  produceHandler,
  fetchHandler,
  listOffsetsHandler,
  metadataHandler,
  offsetCommitHandler,
  offsetFetchHandler,
  findCoordinatorHandler,
  joinGroupHandler,
  heartbeatHandler,
  leaveGroupHandler,
  syncGroupHandler,
  describeGroupsHandler,
  listGroupsHandler,
  createTopicsHandler,
  deleteTopicsHandler,
  deleteRecordsHandler,
  initProducerIdHandler,
  offsetForLeaderEpochHandler,
  addPartitionsToTxnHandler,
  addOffsetsToTxnHandler,
  endTxnHandler,
  txnOffsetCommitHandler,
  describeConfigsHandler,
  alterConfigsHandler,
  createPartitionsHandler,
  deleteGroupsHandler,
  incrementalAlterConfigsHandler,
  offsetDeleteHandler,
  describeClusterHandler,
  listConfigResourcesHandler,
  describeLogDirsHandler,
  describeProducersHandler,
  describeTransactionsHandler,
  listTransactionsHandler,
  describeTopicPartitionsHandler,
];

/** All that the broker speaks, by key. */
export const handlers: ReadonlyMap<number, Handler> = new Map(
  [...others, apiVersionsHandler(others)].map((handler) => [handler.api.key, handler]),
);

import type { ApiDefinition } from '../schema/api.ts';
import { produceApi } from './produce.ts';
import { fetchApi } from './fetch.ts';
import { listOffsetsApi } from './list-offsets.ts';
import { metadataApi } from './metadata.ts';
import { offsetCommitApi } from './offset-commit.ts';
import { offsetFetchApi } from './offset-fetch.ts';
import { findCoordinatorApi } from './find-coordinator.ts';
import { joinGroupApi } from './join-group.ts';
import { heartbeatApi } from './heartbeat.ts';
import { leaveGroupApi } from './leave-group.ts';
import { syncGroupApi } from './sync-group.ts';
import { describeGroupsApi } from './describe-groups.ts';
import { listGroupsApi } from './list-groups.ts';
import { saslHandshakeApi } from './sasl-handshake.ts';
import { apiVersionsApi } from './api-versions.ts';
import { createTopicsApi } from './create-topics.ts';
import { deleteTopicsApi } from './delete-topics.ts';
import { deleteRecordsApi } from './delete-records.ts';
import { initProducerIdApi } from './init-producer-id.ts';
import { offsetForLeaderEpochApi } from './offset-for-leader-epoch.ts';
import { addPartitionsToTxnApi } from './add-partitions-to-txn.ts';
import { addOffsetsToTxnApi } from './add-offsets-to-txn.ts';
import { endTxnApi } from './end-txn.ts';
import { writeTxnMarkersApi } from './write-txn-markers.ts';
import { txnOffsetCommitApi } from './txn-offset-commit.ts';
import { describeAclsApi } from './describe-acls.ts';
import { createAclsApi } from './create-acls.ts';
import { deleteAclsApi } from './delete-acls.ts';
import { describeConfigsApi } from './describe-configs.ts';
import { alterConfigsApi } from './alter-configs.ts';
import { describeLogDirsApi } from './describe-log-dirs.ts';
import { saslAuthenticateApi } from './sasl-authenticate.ts';
import { createPartitionsApi } from './create-partitions.ts';
import { deleteGroupsApi } from './delete-groups.ts';
import { electLeadersApi } from './elect-leaders.ts';
import { incrementalAlterConfigsApi } from './incremental-alter-configs.ts';
import { alterPartitionReassignmentsApi } from './alter-partition-reassignments.ts';
import { listPartitionReassignmentsApi } from './list-partition-reassignments.ts';
import { offsetDeleteApi } from './offset-delete.ts';
import { describeUserScramCredentialsApi } from './describe-user-scram-credentials.ts';
import { alterUserScramCredentialsApi } from './alter-user-scram-credentials.ts';
import { updateFeaturesApi } from './update-features.ts';
import { describeClusterApi } from './describe-cluster.ts';
import { describeProducersApi } from './describe-producers.ts';
import { describeTransactionsApi } from './describe-transactions.ts';
import { listTransactionsApi } from './list-transactions.ts';
import { consumerGroupHeartbeatApi } from './consumer-group-heartbeat.ts';
import { consumerGroupDescribeApi } from './consumer-group-describe.ts';
import { listConfigResourcesApi } from './list-config-resources.ts';
import { describeTopicPartitionsApi } from './describe-topic-partitions.ts';

/** All keys that are described, ascending. */
export const apis: readonly ApiDefinition[] = [
  produceApi,
  fetchApi,
  listOffsetsApi,
  metadataApi,
  offsetCommitApi,
  offsetFetchApi,
  findCoordinatorApi,
  joinGroupApi,
  heartbeatApi,
  leaveGroupApi,
  syncGroupApi,
  describeGroupsApi,
  listGroupsApi,
  saslHandshakeApi,
  apiVersionsApi,
  createTopicsApi,
  deleteTopicsApi,
  deleteRecordsApi,
  initProducerIdApi,
  offsetForLeaderEpochApi,
  addPartitionsToTxnApi,
  addOffsetsToTxnApi,
  endTxnApi,
  writeTxnMarkersApi,
  txnOffsetCommitApi,
  describeAclsApi,
  createAclsApi,
  deleteAclsApi,
  describeConfigsApi,
  alterConfigsApi,
  describeLogDirsApi,
  saslAuthenticateApi,
  createPartitionsApi,
  deleteGroupsApi,
  electLeadersApi,
  incrementalAlterConfigsApi,
  alterPartitionReassignmentsApi,
  listPartitionReassignmentsApi,
  offsetDeleteApi,
  describeUserScramCredentialsApi,
  alterUserScramCredentialsApi,
  updateFeaturesApi,
  describeClusterApi,
  describeProducersApi,
  describeTransactionsApi,
  listTransactionsApi,
  consumerGroupHeartbeatApi,
  consumerGroupDescribeApi,
  listConfigResourcesApi,
  describeTopicPartitionsApi,
];

const byKey = new Map(apis.map((api) => [api.key, api]));

/** Returns the definition of a key, or null when it is not described. */
export function apiOf(key: number): ApiDefinition | null {
  return byKey.get(key) ?? null;
}

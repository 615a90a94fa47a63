export { attribute, BatchHeader, batchHeaderBytes, readBatchHeader, verifyCrc } from './batch/batch-header.ts';
export { compressionNames, type Compression, type CompressionName, type Compressions } from './batch/compression.ts';
export { readEndMarker, writeEndMarker, type EndMarker, type EndMarkerOptions } from './batch/control-batch.ts';
export { crc32c } from './batch/crc32c.ts';
export { readRecords, type ReadRecordsOptions } from './batch/read-records.ts';
export { RecordColumns } from './batch/record-columns.ts';
export { readRecordHeaders, writeRecordHeaders, type RecordHeader } from './batch/record-headers.ts';
export { isWritableTime } from './batch/record-rows.ts';
export type { RecordRows, RowRanges } from './batch/record-rows.ts';
export { batchBytes, writeBatch, type BatchProducer, type WriteBatchOptions } from './batch/write-batch.ts';
export { commonVersion } from './connections.ts';
export type { BrokerAddress, BrokerVersions, ConnectionRole, Connections, RequestOptions } from './connections.ts';
export { readData, writeData } from './frames/data.ts';
export { readRequest, readRequestFrame, writeRequest } from './frames/request.ts';
export type { RequestFrame, RequestHeader } from './frames/request.ts';
export { correlationIdOf, readResponse, writeResponse } from './frames/response.ts';
export { errorCode, kafkaError } from './kafka-errors.ts';
export type { KafkaErrorCode, KafkaErrorName } from './kafka-errors.ts';
export { produceApi } from './messages/produce.ts';
export { fetchApi } from './messages/fetch.ts';
export { listOffsetsApi } from './messages/list-offsets.ts';
export { metadataApi } from './messages/metadata.ts';
export { offsetCommitApi } from './messages/offset-commit.ts';
export { offsetFetchApi } from './messages/offset-fetch.ts';
export { findCoordinatorApi } from './messages/find-coordinator.ts';
export { joinGroupApi } from './messages/join-group.ts';
export { heartbeatApi } from './messages/heartbeat.ts';
export { leaveGroupApi } from './messages/leave-group.ts';
export { syncGroupApi } from './messages/sync-group.ts';
export { describeGroupsApi } from './messages/describe-groups.ts';
export { listGroupsApi } from './messages/list-groups.ts';
export { saslHandshakeApi } from './messages/sasl-handshake.ts';
export { apiVersionsApi } from './messages/api-versions.ts';
export { createTopicsApi } from './messages/create-topics.ts';
export { deleteTopicsApi } from './messages/delete-topics.ts';
export { deleteRecordsApi } from './messages/delete-records.ts';
export { initProducerIdApi } from './messages/init-producer-id.ts';
export { offsetForLeaderEpochApi } from './messages/offset-for-leader-epoch.ts';
export { addPartitionsToTxnApi } from './messages/add-partitions-to-txn.ts';
export { addOffsetsToTxnApi } from './messages/add-offsets-to-txn.ts';
export { endTxnApi } from './messages/end-txn.ts';
export { writeTxnMarkersApi } from './messages/write-txn-markers.ts';
export { txnOffsetCommitApi } from './messages/txn-offset-commit.ts';
export { describeAclsApi } from './messages/describe-acls.ts';
export { createAclsApi } from './messages/create-acls.ts';
export { deleteAclsApi } from './messages/delete-acls.ts';
export { describeConfigsApi } from './messages/describe-configs.ts';
export { alterConfigsApi } from './messages/alter-configs.ts';
export { describeLogDirsApi } from './messages/describe-log-dirs.ts';
export { saslAuthenticateApi } from './messages/sasl-authenticate.ts';
export { createPartitionsApi } from './messages/create-partitions.ts';
export { deleteGroupsApi } from './messages/delete-groups.ts';
export { electLeadersApi } from './messages/elect-leaders.ts';
export { incrementalAlterConfigsApi } from './messages/incremental-alter-configs.ts';
export { alterPartitionReassignmentsApi } from './messages/alter-partition-reassignments.ts';
export { listPartitionReassignmentsApi } from './messages/list-partition-reassignments.ts';
export { offsetDeleteApi } from './messages/offset-delete.ts';
export { describeUserScramCredentialsApi } from './messages/describe-user-scram-credentials.ts';
export { alterUserScramCredentialsApi } from './messages/alter-user-scram-credentials.ts';
export { updateFeaturesApi } from './messages/update-features.ts';
export { describeClusterApi } from './messages/describe-cluster.ts';
export { describeProducersApi } from './messages/describe-producers.ts';
export { describeTransactionsApi } from './messages/describe-transactions.ts';
export { listTransactionsApi } from './messages/list-transactions.ts';
export { consumerGroupHeartbeatApi } from './messages/consumer-group-heartbeat.ts';
export { consumerGroupDescribeApi } from './messages/consumer-group-describe.ts';
export { listConfigResourcesApi } from './messages/list-config-resources.ts';
export { describeTopicPartitionsApi } from './messages/describe-topic-partitions.ts';
export { apiOf, apis } from './messages/apis.ts';
export { consumerProtocolAssignment } from './messages/consumer-protocol-assignment.ts';
export { consumerProtocolSubscription } from './messages/consumer-protocol-subscription.ts';
export { ProtocolError, type ProtocolErrorCode } from './protocol-error.ts';
export { defineApi, defineData } from './schema/api.ts';
export type {
  ApiDefinition,
  DataDefinition,
  RequestInput,
  RequestOf,
  ResponseInput,
  ResponseOf,
  VersionRange,
} from './schema/api.ts';
export type { Field, FieldOptions, Fields, PrimitiveType, RawTag, StructInput, StructValue } from './schema/field.ts';
export { zeroUuid } from './wire/primitive-codec.ts';

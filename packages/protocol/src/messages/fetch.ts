import { defineApi } from '../schema/api.ts';
import { array, int16, int32, int64, int8, records, string, struct, uuid } from '../schema/field.ts';

/** Reads record batches of partitions. */
export const fetchApi = defineApi({
  key: 1,
  name: 'Fetch',
  versions: [4, 18],
  flexible: 12,
  request: {
    replicaId: int32({ to: 14, default: -1 }),
    maxWaitMs: int32(),
    minBytes: int32(),
    maxBytes: int32({ default: 2147483647 }),
    isolationLevel: int8(),
    sessionId: int32({ from: 7 }),
    sessionEpoch: int32({ from: 7, default: -1 }),
    topics: array({
      topicId: uuid({ from: 13 }),
      topic: string({ to: 12 }),
      partitions: array({
        partition: int32(),
        currentLeaderEpoch: int32({ from: 9, default: -1 }),
        fetchOffset: int64(),
        lastFetchedEpoch: int32({ from: 12, default: -1 }),
        logStartOffset: int64({ from: 5, default: -1 }),
        partitionMaxBytes: int32(),
        replicaDirectoryId: uuid({ from: 17, tag: 0 }),
        highWatermark: int64({ from: 18, tag: 1, default: 2 ** 63 }),
      }),
    }),
    forgottenTopicsData: array(
      { topicId: uuid({ from: 13 }), topic: string({ to: 12 }), partitions: array(int32()) },
      { from: 7 },
    ),
    rackId: string({ from: 11 }),
    clusterId: string({ from: 12, nullable: 0, tag: 0, default: null }),
    replicaState: struct(
      { replicaId: int32({ default: -1 }), replicaEpoch: int64({ default: -1 }) },
      { from: 15, tag: 1 },
    ),
  },
  response: {
    throttleTimeMs: int32(),
    errorCode: int16({ from: 7 }),
    sessionId: int32({ from: 7 }),
    responses: array({
      topicId: uuid({ from: 13 }),
      topic: string({ to: 12 }),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        highWatermark: int64(),
        lastStableOffset: int64({ default: -1 }),
        logStartOffset: int64({ from: 5, default: -1 }),
        abortedTransactions: array({ producerId: int64(), firstOffset: int64() }, { nullable: 0 }),
        preferredReadReplica: int32({ from: 11, default: -1 }),
        records: records({ nullable: 0 }),
        divergingEpoch: struct(
          { epoch: int32({ default: -1 }), endOffset: int64({ default: -1 }) },
          { from: 12, tag: 0 },
        ),
        currentLeader: struct(
          { leaderId: int32({ default: -1 }), leaderEpoch: int32({ default: -1 }) },
          { from: 12, tag: 1 },
        ),
        snapshotId: struct({ endOffset: int64({ default: -1 }), epoch: int32({ default: -1 }) }, { from: 12, tag: 2 }),
      }),
    }),
    nodeEndpoints: array(
      { nodeId: int32(), host: string(), port: int32(), rack: string({ nullable: 0, default: null }) },
      { from: 16, tag: 0 },
    ),
  },
});

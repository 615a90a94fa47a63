import { defineApi } from '../schema/api.ts';
import { array, int16, int32, int64, string, uuid } from '../schema/field.ts';

/** Stores the positions of a group. */
export const offsetCommitApi = defineApi({
  key: 8,
  name: 'OffsetCommit',
  versions: [2, 10],
  flexible: 8,
  request: {
    groupId: string(),
    generationIdOrMemberEpoch: int32({ default: -1 }),
    memberId: string(),
    groupInstanceId: string({ from: 7, nullable: 0, default: null }),
    retentionTimeMs: int64({ to: 4, default: -1 }),
    topics: array({
      topicId: uuid({ from: 10 }),
      name: string({ to: 9 }),
      partitions: array({
        partitionIndex: int32(),
        committedOffset: int64(),
        committedLeaderEpoch: int32({ from: 6, default: -1 }),
        committedMetadata: string({ nullable: 0 }),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32({ from: 3 }),
    topics: array({
      topicId: uuid({ from: 10 }),
      name: string({ to: 9 }),
      partitions: array({ partitionIndex: int32(), errorCode: int16() }),
    }),
  },
});

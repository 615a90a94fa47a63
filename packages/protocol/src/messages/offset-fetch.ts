import { defineApi } from '../schema/api.ts';
import { array, boolean, int16, int32, int64, string, uuid } from '../schema/field.ts';

/** Reads the positions of groups. */
export const offsetFetchApi = defineApi({
  key: 9,
  name: 'OffsetFetch',
  versions: [1, 10],
  flexible: 6,
  request: {
    groups: array(
      {
        groupId: string(),
        memberId: string({ from: 9, nullable: 0, default: null }),
        memberEpoch: int32({ from: 9, default: -1 }),
        topics: array(
          { topicId: uuid({ from: 10 }), name: string({ to: 9 }), partitionIndexes: array(int32()) },
          { nullable: 0 },
        ),
      },
      { from: 8 },
    ),
    groupId: string({ to: 7 }),
    topics: array({ name: string(), partitionIndexes: array(int32()) }, { to: 7, nullable: 2 }),
    requireStable: boolean({ from: 7 }),
  },
  response: {
    throttleTimeMs: int32({ from: 3 }),
    groups: array(
      {
        groupId: string(),
        topics: array({
          topicId: uuid({ from: 10 }),
          name: string({ to: 9 }),
          partitions: array({
            partitionIndex: int32(),
            committedOffset: int64(),
            committedLeaderEpoch: int32({ default: -1 }),
            metadata: string({ nullable: 0 }),
            errorCode: int16(),
          }),
        }),
        errorCode: int16(),
      },
      { from: 8 },
    ),
    topics: array(
      {
        name: string(),
        partitions: array({
          partitionIndex: int32(),
          committedOffset: int64(),
          committedLeaderEpoch: int32({ from: 5, default: -1 }),
          metadata: string({ nullable: 0 }),
          errorCode: int16(),
        }),
      },
      { to: 7 },
    ),
    errorCode: int16({ from: 2, to: 7 }),
  },
});

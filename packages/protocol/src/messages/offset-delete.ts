import { defineApi } from '../schema/api.ts';
import { array, int16, int32, string } from '../schema/field.ts';

/** Deletes stored positions of a group. */
export const offsetDeleteApi = defineApi({
  key: 47,
  name: 'OffsetDelete',
  versions: [0, 0],
  flexible: null,
  request: { groupId: string(), topics: array({ name: string(), partitions: array({ partitionIndex: int32() }) }) },
  response: {
    errorCode: int16(),
    throttleTimeMs: int32(),
    topics: array({ name: string(), partitions: array({ partitionIndex: int32(), errorCode: int16() }) }),
  },
});

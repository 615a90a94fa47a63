import { defineApi } from '../schema/api.ts';
import { array, boolean, int16, int32, string } from '../schema/field.ts';

/** Adds partitions to topics. */
export const createPartitionsApi = defineApi({
  key: 37,
  name: 'CreatePartitions',
  versions: [0, 3],
  flexible: 2,
  request: {
    topics: array({
      name: string(),
      count: int32(),
      assignments: array({ brokerIds: array(int32()) }, { nullable: 0 }),
    }),
    timeoutMs: int32(),
    validateOnly: boolean(),
  },
  response: {
    throttleTimeMs: int32(),
    results: array({ name: string(), errorCode: int16(), errorMessage: string({ nullable: 0, default: null }) }),
  },
});

import { defineApi } from '../schema/api.ts';
import { array, boolean, int16, int32, string } from '../schema/field.ts';

/** Moves partitions between brokers. */
export const alterPartitionReassignmentsApi = defineApi({
  key: 45,
  name: 'AlterPartitionReassignments',
  versions: [0, 1],
  flexible: 0,
  request: {
    timeoutMs: int32({ default: 60000 }),
    allowReplicationFactorChange: boolean({ from: 1, default: true }),
    topics: array({
      name: string(),
      partitions: array({ partitionIndex: int32(), replicas: array(int32(), { nullable: 0, default: null }) }),
    }),
  },
  response: {
    throttleTimeMs: int32(),
    allowReplicationFactorChange: boolean({ from: 1, default: true }),
    errorCode: int16(),
    errorMessage: string({ nullable: 0 }),
    responses: array({
      name: string(),
      partitions: array({ partitionIndex: int32(), errorCode: int16(), errorMessage: string({ nullable: 0 }) }),
    }),
  },
});

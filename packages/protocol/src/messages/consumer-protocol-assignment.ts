import { defineData } from '../schema/api.ts';
import { array, bytes, int32, string } from '../schema/field.ts';

/** What a member of a classic consumer group is assigned: the bytes of its SyncGroup, behind an int16 version. */
export const consumerProtocolAssignment = defineData({
  name: 'ConsumerProtocolAssignment',
  versions: [0, 3],
  flexible: null,
  fields: {
    assignedPartitions: array({ topic: string(), partitions: array(int32()) }),
    userData: bytes({ nullable: 0, default: null }),
  },
});

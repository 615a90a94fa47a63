import { defineData } from '../schema/api.ts';
import { array, bytes, int32, string } from '../schema/field.ts';

/** What a member of a classic consumer group subscribes to: the metadata of its JoinGroup, behind an int16 version. */
export const consumerProtocolSubscription = defineData({
  name: 'ConsumerProtocolSubscription',
  versions: [0, 3],
  flexible: null,
  fields: {
    topics: array(string()),
    userData: bytes({ nullable: 0, default: null }),
    ownedPartitions: array({ topic: string(), partitions: array(int32()) }, { from: 1 }),
    generationId: int32({ from: 2, default: -1 }),
    rackId: string({ from: 3, nullable: 0, default: null }),
  },
});

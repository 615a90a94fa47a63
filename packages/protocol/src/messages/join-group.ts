import { defineApi } from '../schema/api.ts';
import { array, boolean, bytes, int16, int32, string } from '../schema/field.ts';

/** Enters a group of the classic protocol. */
export const joinGroupApi = defineApi({
  key: 11,
  name: 'JoinGroup',
  versions: [0, 9],
  flexible: 6,
  request: {
    groupId: string(),
    sessionTimeoutMs: int32(),
    rebalanceTimeoutMs: int32({ from: 1, default: -1 }),
    memberId: string(),
    groupInstanceId: string({ from: 5, nullable: 0, default: null }),
    protocolType: string(),
    protocols: array({ name: string(), metadata: bytes() }),
    reason: string({ from: 8, nullable: 0, default: null }),
  },
  response: {
    throttleTimeMs: int32({ from: 2 }),
    errorCode: int16(),
    generationId: int32({ default: -1 }),
    protocolType: string({ from: 7, nullable: 0, default: null }),
    protocolName: string({ nullable: 7 }),
    leader: string(),
    skipAssignment: boolean({ from: 9 }),
    memberId: string(),
    members: array({
      memberId: string(),
      groupInstanceId: string({ from: 5, nullable: 0, default: null }),
      metadata: bytes(),
    }),
  },
});

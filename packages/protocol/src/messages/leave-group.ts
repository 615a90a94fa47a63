import { defineApi } from '../schema/api.ts';
import { array, int16, int32, string } from '../schema/field.ts';

/** Takes members out of a classic group. */
export const leaveGroupApi = defineApi({
  key: 13,
  name: 'LeaveGroup',
  versions: [0, 5],
  flexible: 4,
  request: {
    groupId: string(),
    members: array(
      {
        memberId: string(),
        groupInstanceId: string({ nullable: 0, default: null }),
        reason: string({ from: 5, nullable: 0, default: null }),
      },
      { from: 3 },
    ),
    memberId: string({ to: 2 }),
  },
  response: {
    throttleTimeMs: int32({ from: 1 }),
    errorCode: int16(),
    members: array({ memberId: string(), groupInstanceId: string({ nullable: 0 }), errorCode: int16() }, { from: 3 }),
  },
});

import { defineApi } from '../schema/api.ts';
import { int16, int32, string } from '../schema/field.ts';

/** Keeps a member of a classic group alive. */
export const heartbeatApi = defineApi({
  key: 12,
  name: 'Heartbeat',
  versions: [0, 4],
  flexible: 4,
  request: {
    groupId: string(),
    generationId: int32(),
    memberId: string(),
    groupInstanceId: string({ from: 3, nullable: 0, default: null }),
  },
  response: { throttleTimeMs: int32({ from: 1 }), errorCode: int16() },
});

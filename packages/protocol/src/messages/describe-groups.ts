import { defineApi } from '../schema/api.ts';
import { array, boolean, bytes, int16, int32, string } from '../schema/field.ts';

/** Describes classic groups and their members. */
export const describeGroupsApi = defineApi({
  key: 15,
  name: 'DescribeGroups',
  versions: [0, 6],
  flexible: 5,
  request: { groups: array(string()), includeAuthorizedOperations: boolean({ from: 3 }) },
  response: {
    throttleTimeMs: int32({ from: 1 }),
    groups: array({
      errorCode: int16(),
      errorMessage: string({ from: 6, nullable: 0, default: null }),
      groupId: string(),
      groupState: string(),
      protocolType: string(),
      protocolData: string(),
      members: array({
        memberId: string(),
        groupInstanceId: string({ from: 4, nullable: 0, default: null }),
        clientId: string(),
        clientHost: string(),
        memberMetadata: bytes(),
        memberAssignment: bytes(),
      }),
      authorizedOperations: int32({ from: 3, default: -2147483648 }),
    }),
  },
});

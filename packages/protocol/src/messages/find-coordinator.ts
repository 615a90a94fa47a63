import { defineApi } from '../schema/api.ts';
import { array, int16, int32, int8, string } from '../schema/field.ts';

/** Finds the broker that coordinates a group or a transactional id. */
export const findCoordinatorApi = defineApi({
  key: 10,
  name: 'FindCoordinator',
  versions: [0, 6],
  flexible: 3,
  request: { key: string({ to: 3 }), keyType: int8({ from: 1 }), coordinatorKeys: array(string(), { from: 4 }) },
  response: {
    throttleTimeMs: int32({ from: 1 }),
    coordinators: array(
      {
        key: string(),
        nodeId: int32(),
        host: string(),
        port: int32(),
        errorCode: int16(),
        errorMessage: string({ nullable: 0 }),
      },
      { from: 4 },
    ),
    errorCode: int16({ to: 3 }),
    errorMessage: string({ from: 1, to: 3, nullable: 0 }),
    nodeId: int32({ to: 3 }),
    host: string({ to: 3 }),
    port: int32({ to: 3 }),
  },
});

import {
  errorCode,
  heartbeatApi,
  joinGroupApi,
  leaveGroupApi,
  syncGroupApi,
  type ResponseInput,
} from '@headrace/protocol';
import type { JoinAnswer, SyncAnswer } from '../groups/member.ts';
import { orRefused, Refusal } from '../refusal.ts';
import { handler } from './handler.ts';

type JoinResponse = ResponseInput<typeof joinGroupApi>;
type SyncResponse = ResponseInput<typeof syncGroupApi>;

/** Lets members join a group; the answer comes when their generation begins. */
export const joinGroupHandler = handler(joinGroupApi, (request, { cluster, node, version, clientId, clientHost }) => {
  const respond = (answer: JoinAnswer): JoinResponse => ({
    throttleTimeMs: 0,
    ...answer,
    // Null has no place before version 7.
    protocolName: answer.protocolName ?? (version < 7 ? '' : null),
  });
  return orRefused(
    () => {
      cluster.coordinates(node, request.groupId);
      return new Promise<JoinResponse>((resolve) => {
        const join = {
          groupId: request.groupId,
          memberId: request.memberId,
          instanceId: request.groupInstanceId,
          clientId,
          clientHost,
          sessionTimeoutMs: request.sessionTimeoutMs,
          rebalanceTimeoutMs: request.rebalanceTimeoutMs < 0 ? request.sessionTimeoutMs : request.rebalanceTimeoutMs,
          protocolType: request.protocolType,
          protocols: request.protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) })),
          takesIdFirst: version >= 4,
          canSkipAssignment: version >= 9,
        };
        cluster.groups.join(join, (answer) => resolve(respond(answer)));
      });
    },
    ({ code }) =>
      respond({
        errorCode: code,
        memberId: request.memberId,
        generationId: -1,
        protocolType: null,
        protocolName: null,
        leader: '',
        skipAssignment: false,
        members: [],
      }),
  );
});

/** Gives out the assignments of a generation. */
export const syncGroupHandler = handler(syncGroupApi, (request, { cluster, node, version }) =>
  orRefused(
    () => {
      if (version >= 5 && (request.protocolType === null || request.protocolName === null))
        throw new Refusal('INCONSISTENT_GROUP_PROTOCOL');
      cluster.coordinates(node, request.groupId);
      return new Promise<SyncResponse>((resolve) => {
        const assignments = request.assignments.map(({ memberId, assignment }): [string, Buffer] => [
          memberId,
          Buffer.from(assignment),
        ]);
        const answer = (given: SyncAnswer): void => resolve({ throttleTimeMs: 0, ...given });
        orRefused(
          () => {
            const protocol = { type: request.protocolType, name: request.protocolName };
            cluster.groups.sync(speakerOf(request), protocol, new Map(assignments), answer);
          },
          ({ code }) =>
            answer({ errorCode: code, protocolType: null, protocolName: null, assignment: Buffer.alloc(0) }),
        );
      });
    },
    ({ code }): SyncResponse => ({ throttleTimeMs: 0, errorCode: code, assignment: Buffer.alloc(0) }),
  ),
);

/** Keeps members alive. */
export const heartbeatHandler = handler(heartbeatApi, (request, { cluster, node }) => ({
  throttleTimeMs: 0,
  errorCode: orRefused(
    () => {
      cluster.coordinates(node, request.groupId);
      cluster.groups.heartbeat(speakerOf(request));
      return errorCode('NONE');
    },
    ({ code }) => code,
  ),
}));

/** Takes members out of a group. */
export const leaveGroupHandler = handler(leaveGroupApi, (request, { cluster, node, version }) => {
  const leaving = version < 3 ? [{ memberId: request.memberId, groupInstanceId: null }] : request.members;
  const misrouted = orRefused(
    () => {
      cluster.coordinates(node, request.groupId);
      return null;
    },
    ({ code }) => code,
  );
  if (misrouted !== null) return { throttleTimeMs: 0, errorCode: misrouted, members: [] };
  const members = leaving.map(({ memberId, groupInstanceId }) => ({
    memberId,
    groupInstanceId,
    errorCode: orRefused(
      () => {
        cluster.groups.leave(request.groupId, memberId, groupInstanceId);
        return errorCode('NONE');
      },
      ({ code }) => code,
    ),
  }));
  return { throttleTimeMs: 0, errorCode: version < 3 ? (members[0]?.errorCode ?? 0) : 0, members };
});

function speakerOf(request: {
  readonly groupId: string;
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly generationId: number;
}) {
  const { groupId, memberId, groupInstanceId: instanceId, generationId } = request;
  return { groupId, memberId, instanceId, generationId };
}

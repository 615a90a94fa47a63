import { deleteGroupsApi, describeGroupsApi, errorCode, listGroupsApi } from '@headrace/protocol';
import type { Group } from '../groups/group.ts';
import { metadataOf } from '../groups/member.ts';
import { orRefused, Refusal } from '../refusal.ts';
import { handler } from './handler.ts';

/** Lists the groups that a node coordinates. */
export const listGroupsHandler = handler(listGroupsApi, (request, { cluster, node }) => {
  const states = new Set(request.statesFilter.map((state) => state.toLowerCase()));
  const types = request.typesFilter.map((type) => type.toLowerCase());
  const groups = cluster.groups
    .all()
    .filter(({ id }) => cluster.nodes.coordinatorOf(id)?.id === node)
    .filter(({ state }) => states.size === 0 || states.has(state.toLowerCase()))
    .filter(() => types.length === 0 || types.includes('classic'));
  return {
    throttleTimeMs: 0,
    errorCode: errorCode('NONE'),
    groups: groups.map(({ id, protocolType, state }) => ({
      groupId: id,
      protocolType: protocolType ?? '',
      groupState: state,
      groupType: 'classic',
    })),
  };
});

/** Describes groups and their members. */
export const describeGroupsHandler = handler(describeGroupsApi, (request, { cluster, node, version }) => ({
  throttleTimeMs: 0,
  groups: request.groups.map((groupId) =>
    orRefused(
      () => {
        cluster.coordinates(node, groupId);
        const group = cluster.groups.get(groupId);
        if (group !== undefined) return describeGroup(group);
        if (version >= 6) throw new Refusal('GROUP_ID_NOT_FOUND', `Group ${groupId} not found.`);
        return { ...deadGroup, errorCode: 0, errorMessage: null, groupId };
      },
      ({ code, message }) => ({ ...deadGroup, errorCode: code, errorMessage: message, groupId }),
    ),
  ),
}));

const deadGroup = { groupState: 'Dead', protocolType: '', protocolData: '', members: [] };

function describeGroup(group: Group) {
  const isStable = group.state === 'Stable';
  return {
    errorCode: 0,
    errorMessage: null,
    groupId: group.id,
    groupState: group.state,
    protocolType: group.protocolType ?? '',
    protocolData: isStable ? (group.protocolName ?? '') : '',
    members: [...group.members.values()].map((member) => ({
      memberId: member.id,
      groupInstanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      memberMetadata: isStable ? metadataOf(member, group.protocolName) : Buffer.alloc(0),
      memberAssignment: isStable ? member.assignment : Buffer.alloc(0),
    })),
  };
}

/** Deletes groups without members. */
export const deleteGroupsHandler = handler(deleteGroupsApi, (request, { cluster, node }) => ({
  throttleTimeMs: 0,
  results: request.groupsNames.map((groupId) => ({
    groupId,
    errorCode: orRefused(
      () => {
        cluster.coordinates(node, groupId);
        cluster.groups.delete(groupId);
        return errorCode('NONE');
      },
      ({ code }) => code,
    ),
  })),
}));

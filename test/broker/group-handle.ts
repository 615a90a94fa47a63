import {
  findCoordinatorApi,
  heartbeatApi,
  joinGroupApi,
  leaveGroupApi,
  offsetCommitApi,
  offsetFetchApi,
  syncGroupApi,
} from '@headrace/protocol';
import { waitUntil } from '../kafka/wait-until.ts';
import { named } from './cluster-handle.ts';
import type { WireClient } from './wire-client.ts';

/** What a join may say beside the group. */
export interface JoinOptions {
  readonly memberId?: string;
  readonly instanceId?: string | null;
  readonly protocols?: readonly (readonly [name: string, metadata: string])[];
  readonly protocolType?: string;
  readonly sessionTimeoutMs?: number;
  readonly rebalanceTimeoutMs?: number;
  readonly version?: number;
}

/** Waits until the group's coordinator answers; Apache Kafka makes its topic when it is first asked. */
export async function awaitCoordinator(client: WireClient, groupId: string): Promise<void> {
  await client.send(findCoordinatorApi, { key: groupId, keyType: 0 }, 3);
  const speaker = { groupId, generationId: 0, memberId: 'nobody', groupInstanceId: null };
  await waitUntil(
    async () => named((await client.send(heartbeatApi, speaker)).errorCode),
    // While it loads, Apache Kafka answers beats blindly with NONE.
    (error) => error === 'UNKNOWN_MEMBER_ID',
    { what: `"${groupId}" has a coordinator`, intervalMs: 20 },
  );
}

/** Joins once, and shows the answer. */
export async function joinOnce(client: WireClient, groupId: string, options: JoinOptions = {}) {
  const { memberId = '', instanceId = null, protocolType = 'consumer', protocols = [['range', '']] } = options;
  const body = {
    groupId,
    sessionTimeoutMs: options.sessionTimeoutMs ?? 30_000,
    rebalanceTimeoutMs: options.rebalanceTimeoutMs ?? 30_000,
    memberId,
    groupInstanceId: instanceId,
    protocolType,
    protocols: protocols.map(([name, metadata]) => ({ name, metadata: Buffer.from(metadata) })),
  };
  const answer = await client.send(joinGroupApi, body, options.version);
  return {
    error: named(answer.errorCode),
    memberId: answer.memberId,
    generationId: answer.generationId,
    protocol: answer.protocolName,
    leader: answer.leader,
    skipAssignment: answer.skipAssignment,
    members: answer.members.map((each) => each.memberId).sort((a, b) => (a < b ? -1 : 1)),
  };
}

/** Joins as clients do: takes the id first where it is given one. */
export async function join(client: WireClient, groupId: string, options: JoinOptions = {}) {
  const first = await joinOnce(client, groupId, options);
  if (first.error !== 'MEMBER_ID_REQUIRED') return first;
  return joinOnce(client, groupId, { ...options, memberId: first.memberId });
}

/** Syncs and shows the error and the assignment as text. */
export async function sync(
  client: WireClient,
  groupId: string,
  generationId: number,
  memberId: string,
  {
    assignments = {},
    instanceId = null,
    protocolName = 'range',
  }: { assignments?: Record<string, string>; instanceId?: string | null; protocolName?: string | null } = {},
) {
  const given = Object.entries(assignments).map(([id, text]) => ({ memberId: id, assignment: Buffer.from(text) }));
  const answer = await client.send(syncGroupApi, {
    groupId,
    generationId,
    memberId,
    groupInstanceId: instanceId,
    protocolType: protocolName === null ? null : 'consumer',
    protocolName,
    assignments: given,
  });
  return { error: named(answer.errorCode), assignment: Buffer.from(answer.assignment).toString() };
}

/** Beats and returns the error. */
export async function beat(
  client: WireClient,
  groupId: string,
  generationId: number,
  memberId: string,
  groupInstanceId: string | null = null,
) {
  return named((await client.send(heartbeatApi, { groupId, generationId, memberId, groupInstanceId })).errorCode);
}

/** Leaves and returns the errors, of the request and of its members. */
export async function leave(
  client: WireClient,
  groupId: string,
  memberId: string,
  groupInstanceId: string | null = null,
) {
  const answer = await client.send(leaveGroupApi, { groupId, members: [{ memberId, groupInstanceId }] });
  return [named(answer.errorCode), ...answer.members.map(({ errorCode }) => named(errorCode))];
}

/** Commits an offset of partition 0 and returns the error. */
export async function commit(
  client: WireClient,
  groupId: string,
  topic: string,
  offset: number,
  {
    generationId = -1,
    memberId = '',
    instanceId = null,
    metadata = 'm',
    partition = 0,
  }: {
    generationId?: number;
    memberId?: string;
    instanceId?: string | null;
    metadata?: string;
    partition?: number;
  } = {},
) {
  const partitions = [
    { partitionIndex: partition, committedOffset: offset, committedLeaderEpoch: 0, committedMetadata: metadata },
  ];
  const body = {
    groupId,
    generationIdOrMemberEpoch: generationId,
    memberId,
    groupInstanceId: instanceId,
    topics: [{ name: topic, partitions }],
  };
  const { topics } = await client.send(offsetCommitApi, body, 8);
  return named(topics[0]?.partitions[0]?.errorCode ?? -1);
}

/** Reads the committed offset of partition 0. */
export async function committed(client: WireClient, groupId: string, topic: string, requireStable = false) {
  const asked = [{ groupId, topics: [{ name: topic, partitionIndexes: [0] }] }];
  const { groups } = await client.send(offsetFetchApi, { groups: asked, requireStable }, 8);
  const answer = groups[0]?.topics[0]?.partitions[0];
  return [named(answer?.errorCode ?? groups[0]?.errorCode ?? -1), answer?.committedOffset, answer?.metadata];
}

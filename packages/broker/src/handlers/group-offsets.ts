import { errorCode, offsetCommitApi, offsetDeleteApi, offsetFetchApi, type RequestOf } from '@headrace/protocol';
import type { Group } from '../groups/group.ts';
import { subscriptionsOf } from '../groups/subscriptions.ts';
import { orRefused, Refusal } from '../refusal.ts';
import { handler, type RequestContext } from './handler.ts';

type FetchGroup = Pick<RequestOf<typeof offsetFetchApi>['groups'][number], 'groupId' | 'topics'>;

const longestMetadata = 4096;

/** Keeps positions of a group. */
export const offsetCommitHandler = handler(offsetCommitApi, (request, { cluster, node, version }) => {
  const { groupId, memberId, groupInstanceId: instanceId, generationIdOrMemberEpoch: generationId } = request;
  const checked = orRefused(
    () => {
      cluster.coordinates(node, groupId);
      return cluster.groups.checkCommit({ groupId, memberId, instanceId, generationId }, false);
    },
    (refusal) => refusal,
  );
  const topics = request.topics.map(({ topicId, name, partitions }) => {
    const topic = version >= 10 ? cluster.topics.withId(topicId) : cluster.topics.get(name);
    return {
      topicId,
      name,
      partitions: partitions.map((each) => ({
        partitionIndex: each.partitionIndex,
        errorCode: orRefused(
          () => {
            if (topic === undefined && version >= 10) throw new Refusal('UNKNOWN_TOPIC_ID');
            if (topic?.partitions[each.partitionIndex] === undefined) throw new Refusal('UNKNOWN_TOPIC_OR_PARTITION');
            if (checked instanceof Refusal) throw checked;
            checked.offsets.commit(topic.name, each.partitionIndex, committedOf(each, cluster.clock.now()));
            return errorCode('NONE');
          },
          ({ code }) => code,
        ),
      })),
    };
  });
  return { throttleTimeMs: 0, topics };
});

/** Returns a position as it is kept; refuses metadata that is too long. */
export function committedOf(
  each: {
    readonly committedOffset: number;
    readonly committedLeaderEpoch: number;
    readonly committedMetadata: string | null;
  },
  committedAt: number,
) {
  const metadata = each.committedMetadata ?? '';
  if (metadata.length > longestMetadata) throw new Refusal('OFFSET_METADATA_TOO_LARGE');
  return { offset: each.committedOffset, leaderEpoch: each.committedLeaderEpoch, metadata, committedAt };
}

/** Reads positions of groups; those of open transactions are refused where the client wants stable ones. */
export const offsetFetchHandler = handler(offsetFetchApi, (request, context) => {
  const { version } = context;
  const asked: readonly FetchGroup[] =
    version >= 8
      ? request.groups
      : [
          {
            groupId: request.groupId,
            topics: request.topics?.map((each) => ({ topicId: '', ...each })) ?? null,
          },
        ];
  const groups = asked.map((each) =>
    orRefused(
      () => fetchGroup(each, request.requireStable, context),
      ({ code }) => ({ groupId: each.groupId, topics: [], errorCode: code }),
    ),
  );
  if (version >= 8) return { throttleTimeMs: 0, groups };
  const [only] = groups;
  return { throttleTimeMs: 0, topics: only?.topics ?? [], errorCode: only?.errorCode ?? 0 };
});

function fetchGroup(
  { groupId, topics }: FetchGroup,
  requireStable: boolean,
  { cluster, node, version }: RequestContext,
) {
  cluster.coordinates(node, groupId);
  const group = cluster.groups.get(groupId);
  const wanted = topics ?? allTopics(group).map((each) => ({ ...each, topicId: '' }));
  return {
    groupId,
    errorCode: errorCode('NONE'),
    topics: wanted.map(({ topicId, name: given, partitionIndexes }) => {
      const topic = version >= 10 && topics !== null ? cluster.topics.withId(topicId) : cluster.topics.get(given);
      const name = topic?.name ?? given;
      return {
        topicId: topic?.id ?? topicId,
        name,
        partitions: partitionIndexes.map((partitionIndex) => ({
          partitionIndex,
          ...positionOf(group, name, partitionIndex, requireStable),
        })),
      };
    }),
  };
}

function positionOf(group: Group | undefined, topic: string, partition: number, requireStable: boolean) {
  const none = { committedOffset: -1, committedLeaderEpoch: -1, metadata: '', errorCode: 0 };
  if (requireStable && group?.offsets.isPending(topic, partition) === true)
    return { ...none, errorCode: errorCode('UNSTABLE_OFFSET_COMMIT') };
  const committed = group?.offsets.get(topic, partition);
  if (committed === undefined) return none;
  const { offset, leaderEpoch, metadata } = committed;
  return { committedOffset: offset, committedLeaderEpoch: leaderEpoch, metadata, errorCode: 0 };
}

function allTopics(group: Group | undefined) {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of group?.offsets.all() ?? [])
    topics.set(topic, [...(topics.get(topic) ?? []), partition]);
  return [...topics].map(([name, partitionIndexes]) => ({ name, partitionIndexes }));
}

/** Deletes positions of topics that no member reads. */
export const offsetDeleteHandler = handler(offsetDeleteApi, (request, { cluster, node }) =>
  orRefused(
    () => {
      cluster.coordinates(node, request.groupId);
      const group = cluster.groups.get(request.groupId);
      if (group === undefined) throw new Refusal('GROUP_ID_NOT_FOUND');
      if (group.state !== 'Empty' && group.protocolType !== 'consumer') throw new Refusal('NON_EMPTY_GROUP');
      const subscribed = subscriptionsOf(group);
      return {
        errorCode: errorCode('NONE'),
        throttleTimeMs: 0,
        topics: request.topics.map(({ name, partitions }) => ({
          name,
          partitions: partitions.map(({ partitionIndex }) => {
            const isSubscribed = subscribed?.has(name) === true;
            const isKnown = cluster.topics.get(name)?.partitions[partitionIndex] !== undefined;
            if (isKnown && !isSubscribed) group.offsets.delete(name, partitionIndex);
            const refused = isSubscribed ? 'GROUP_SUBSCRIBED_TO_TOPIC' : 'NONE';
            return { partitionIndex, errorCode: errorCode(isKnown ? refused : 'UNKNOWN_TOPIC_OR_PARTITION') };
          }),
        })),
      };
    },
    ({ code }) => ({ errorCode: code, throttleTimeMs: 0, topics: [] }),
  ),
);

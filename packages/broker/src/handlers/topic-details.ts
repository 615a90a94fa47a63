import {
  describeLogDirsApi,
  describeTopicPartitionsApi,
  errorCode,
  zeroUuid,
  type ResponseInput,
} from '@headrace/protocol';
import { isTopicName } from '../topics/topic-name.ts';
import { isInternalTopic, type Topic } from '../topics/topic.ts';
import { handler } from './handler.ts';

type Page = ResponseInput<typeof describeTopicPartitionsApi>;

/** The most partitions of one answer, as in Kafka. */
const mostPartitions = 2000;

/** Describes partitions of topics in the order of their names, so many at once; the cursor says where the next answer begins. */
export const describeTopicPartitionsHandler = handler(describeTopicPartitionsApi, (request, { cluster }): Page => {
  const { cursor, responsePartitionLimit } = request;
  const named = request.topics.length > 0 ? request.topics : cluster.topics.all();
  const names = [...new Set(named.map(({ name }) => name))].sort().filter((name) => name >= (cursor?.topicName ?? ''));
  let left = Math.max(1, Math.min(responsePartitionLimit, mostPartitions));
  const topics: Page['topics'][number][] = [];
  for (const name of names) {
    if (left === 0) return { throttleTimeMs: 0, topics, nextCursor: { topicName: name, partitionIndex: 0 } };
    const topic = cluster.topics.get(name);
    if (topic === undefined) {
      topics.push(missing(name));
      continue;
    }
    const from = cursor?.topicName === name ? Math.max(0, cursor.partitionIndex) : 0;
    const to = Math.min(topic.partitions.length, from + left);
    topics.push(describe(topic, from, to));
    left -= Math.max(0, to - from);
    if (to < topic.partitions.length)
      return { throttleTimeMs: 0, topics, nextCursor: { topicName: name, partitionIndex: to } };
  }
  return { throttleTimeMs: 0, topics, nextCursor: null };
});

function missing(name: string): Page['topics'][number] {
  const error = isTopicName(name) ? 'UNKNOWN_TOPIC_OR_PARTITION' : 'INVALID_TOPIC_EXCEPTION';
  return { errorCode: errorCode(error), name, topicId: zeroUuid, isInternal: false, partitions: [] };
}

function describe({ name, id, partitions }: Topic, from: number, to: number): Page['topics'][number] {
  return {
    errorCode: errorCode('NONE'),
    name,
    topicId: id,
    isInternal: isInternalTopic(name),
    partitions: partitions.slice(from, to).map(({ index, leader, leaderEpoch, replicas }) => ({
      errorCode: errorCode(leader < 0 ? 'LEADER_NOT_AVAILABLE' : 'NONE'),
      partitionIndex: index,
      leaderId: leader,
      leaderEpoch,
      replicaNodes: replicas,
      isrNodes: replicas,
      eligibleLeaderReplicas: [],
      lastKnownElr: [],
      offlineReplicas: [],
    })),
  };
}

/** Tells how many bytes partitions have that are on a node. */
export const describeLogDirsHandler = handler(describeLogDirsApi, (request, { cluster, node }) => {
  const wanted = request.topics?.map(({ topic, partitions }) => [topic, new Set(partitions)] as const) ?? null;
  const filter = wanted === null ? null : new Map(wanted);
  const topics = cluster.topics.all().flatMap(({ name, partitions }) => {
    const here = partitions.filter(
      ({ index, replicas }) => replicas.includes(node) && (filter === null || filter.get(name)?.has(index) === true),
    );
    const described = here.map(({ index, log }) => ({
      partitionIndex: index,
      partitionSize: log.bytes,
      offsetLag: 0,
      isFutureKey: false,
    }));
    return described.length === 0 ? [] : [{ name, partitions: described }];
  });
  const result = { errorCode: errorCode('NONE'), logDir: cluster.logDirectory, topics, isCordoned: false };
  return { throttleTimeMs: 0, errorCode: errorCode('NONE'), results: [result] };
});

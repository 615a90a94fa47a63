import {
  describeClusterApi,
  errorCode,
  findCoordinatorApi,
  metadataApi,
  zeroUuid,
  type KafkaErrorName,
} from '@headrace/protocol';
import type { Cluster } from '../cluster/cluster.ts';
import { orRefused } from '../refusal.ts';
import { isTopicName } from '../topics/topic-name.ts';
import { isInternalTopic, type Topic } from '../topics/topic.ts';
import { handler } from './handler.ts';

/** Tells nodes, topics and leaders; makes topics where the broker is told to and the client allows it. */
export const metadataHandler = handler(metadataApi, (request, { cluster, version }) => {
  const wanted = request.topics;
  // Version 0 says "all topics" by an empty list.
  const isAll = wanted === null || (version === 0 && wanted.length === 0);
  const topics = isAll
    ? cluster.topics.all().map((topic) => describeTopic(topic))
    : wanted.map(({ name, topicId }) =>
        name === null ? topicOfId(cluster, topicId) : topicOfName(cluster, name, request.allowAutoTopicCreation),
      );
  return {
    brokers: brokersOf(cluster),
    clusterId: cluster.id,
    controllerId: cluster.nodes.controller,
    topics,
    ...none,
  };
});

/** Tells nodes and controller. */
export const describeClusterHandler = handler(describeClusterApi, (request, { cluster }) => ({
  throttleTimeMs: 0,
  errorCode: errorCode(request.endpointType === 1 ? 'NONE' : 'MISMATCHED_ENDPOINT_TYPE'),
  errorMessage: request.endpointType === 1 ? null : 'The request was sent to an endpoint of the wrong type.',
  clusterId: cluster.id,
  controllerId: cluster.nodes.controller,
  brokers: cluster.nodes.up().map(({ id, host, port }) => ({ brokerId: id, host, port, isFenced: false })),
}));

/** Tells which node coordinates groups and transactional ids. */
export const findCoordinatorHandler = handler(findCoordinatorApi, (request, { cluster, version }) => {
  const isKnownType = request.keyType === 0 || request.keyType === 1;
  const find = (key: string) => {
    const node = isKnownType && key !== '' ? cluster.nodes.coordinatorOf(key) : undefined;
    const isInvalid = !isKnownType || (key === '' && request.keyType === 1);
    const error: KafkaErrorName = isInvalid ? 'INVALID_REQUEST' : 'COORDINATOR_NOT_AVAILABLE';
    const found = node ?? (key === '' && !isInvalid ? cluster.nodes.up()[0] : undefined);
    return {
      key,
      nodeId: found?.id ?? -1,
      host: found?.host ?? '',
      port: found?.port ?? -1,
      errorCode: errorCode(found === undefined ? error : 'NONE'),
      errorMessage: found === undefined ? error : '',
    };
  };
  if (version >= 4) return { throttleTimeMs: 0, coordinators: request.coordinatorKeys.map(find), ...noCoordinator };
  return { throttleTimeMs: 0, ...find(request.key) };
});

const none = { throttleTimeMs: 0, errorCode: 0 };
const noCoordinator = { errorCode: 0, errorMessage: null, nodeId: -1, host: '', port: -1 };

function brokersOf(cluster: Cluster) {
  return cluster.nodes.up().map(({ id, host, port }) => ({ nodeId: id, host, port }));
}

function topicOfId(cluster: Cluster, id: string) {
  const topic = cluster.topics.withId(id);
  return topic === undefined ? missingTopic('UNKNOWN_TOPIC_ID', null, id) : describeTopic(topic);
}

function topicOfName(cluster: Cluster, name: string, allowsCreation: boolean) {
  const topic = cluster.topics.get(name);
  if (topic !== undefined) return describeTopic(topic);
  if (!allowsCreation || !cluster.settings.autoCreateTopics) {
    return missingTopic(isTopicName(name) ? 'UNKNOWN_TOPIC_OR_PARTITION' : 'INVALID_TOPIC_EXCEPTION', name, zeroUuid);
  }
  return orRefused(
    () => describeTopic(cluster.topics.create({ name, partitions: -1, replicationFactor: -1, config: new Map() })),
    ({ code }) => ({ ...missingTopic('NONE', name, zeroUuid), errorCode: code }),
  );
}

function missingTopic(error: KafkaErrorName, name: string | null, topicId: string) {
  return { errorCode: errorCode(error), name, topicId, isInternal: false, partitions: [] };
}

function describeTopic({ name, id, partitions }: Topic) {
  return {
    errorCode: 0,
    name,
    topicId: id,
    isInternal: isInternalTopic(name),
    partitions: partitions.map(({ index, leader, leaderEpoch, replicas }) => ({
      errorCode: errorCode(leader < 0 ? 'LEADER_NOT_AVAILABLE' : 'NONE'),
      partitionIndex: index,
      leaderId: leader,
      leaderEpoch,
      replicaNodes: replicas,
      isrNodes: replicas,
      offlineReplicas: [],
    })),
  };
}

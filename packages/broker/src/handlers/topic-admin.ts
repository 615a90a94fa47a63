import {
  createPartitionsApi,
  createTopicsApi,
  deleteTopicsApi,
  errorCode,
  zeroUuid,
  type ResponseInput,
} from '@headrace/protocol';
import type { Cluster } from '../cluster/cluster.ts';
import { orRefused, Refusal } from '../refusal.ts';
import type { Topic } from '../topics/topic.ts';
import { describeTopicConfig } from './config-entries.ts';
import { handler } from './handler.ts';

type CreatedTopic = ResponseInput<typeof createTopicsApi>['topics'][number];

/** Makes topics. */
export const createTopicsHandler = handler(createTopicsApi, (request, { cluster }) => {
  const twice = namesTwice(request.topics.map(({ name }) => name));
  const topics = request.topics
    .filter(({ name }, index, all) => all.findIndex((other) => other.name === name) === index)
    .map((wanted) =>
      orRefused(
        () => {
          if (twice.has(wanted.name)) throw new Refusal('INVALID_REQUEST', 'Duplicate topic name.');
          const topic = cluster.topics.create(
            {
              name: wanted.name,
              partitions: wanted.numPartitions,
              replicationFactor: wanted.replicationFactor,
              assignments: new Map(wanted.assignments.map((each) => [each.partitionIndex, each.brokerIds])),
              config: configOf(wanted.configs),
            },
            request.validateOnly,
          );
          return createdTopic(topic, request.validateOnly);
        },
        ({ code, message }): CreatedTopic => ({
          name: wanted.name,
          topicId: zeroUuid,
          errorCode: code,
          errorMessage: message,
          configs: [],
        }),
      ),
    );
  return { throttleTimeMs: 0, topics };
});

/** Deletes topics by name or id. */
export const deleteTopicsHandler = handler(deleteTopicsApi, (request, { cluster, version }) => {
  const wanted = version >= 6 ? request.topics : request.topicNames.map((name) => ({ name, topicId: zeroUuid }));
  const responses = wanted.map(({ name, topicId }) =>
    orRefused(
      () => {
        const topic = cluster.deleteTopic(name ?? nameOfId(cluster, topicId));
        return { name: topic.name, topicId: topic.id, errorCode: 0, errorMessage: null };
      },
      ({ code, message }) => ({ name, topicId, errorCode: code, errorMessage: message }),
    ),
  );
  return { throttleTimeMs: 0, responses };
});

/** Adds partitions to topics. */
export const createPartitionsHandler = handler(createPartitionsApi, (request, { cluster }) => {
  const twice = namesTwice(request.topics.map(({ name }) => name));
  const results = request.topics.map(({ name, count, assignments }) =>
    orRefused(
      () => {
        if (twice.has(name)) throw new Refusal('INVALID_REQUEST', 'Duplicate topic in request.');
        const nodes = assignments?.map(({ brokerIds }) => brokerIds) ?? null;
        cluster.topics.grow(name, count, nodes, request.validateOnly);
        return { name, errorCode: 0, errorMessage: null };
      },
      ({ code, message }) => ({ name, errorCode: code, errorMessage: message }),
    ),
  );
  return { throttleTimeMs: 0, results };
});

function createdTopic(topic: Topic, validateOnly: boolean): CreatedTopic {
  return {
    name: topic.name,
    topicId: validateOnly ? zeroUuid : topic.id,
    errorCode: errorCode('NONE'),
    errorMessage: null,
    numPartitions: topic.partitions.length,
    replicationFactor: topic.partitions[0]?.replicas.length ?? 0,
    configs: describeTopicConfig(topic.config, null),
  };
}

function configOf(entries: readonly { readonly name: string; readonly value: string | null }[]) {
  for (const { name, value } of entries)
    if (value === null) throw new Refusal('INVALID_CONFIG', `Null value not supported for topic configs: ${name}`);
  return new Map(entries.map(({ name, value }) => [name, value as string]));
}

function nameOfId(cluster: Cluster, id: string): string {
  const topic = cluster.topics.withId(id);
  if (topic === undefined) throw new Refusal('UNKNOWN_TOPIC_ID', 'This server does not host this topic ID.');
  return topic.name;
}

function namesTwice(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.filter((name, index) => names.indexOf(name) !== index));
}

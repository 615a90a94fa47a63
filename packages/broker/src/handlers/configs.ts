import {
  alterConfigsApi,
  describeConfigsApi,
  errorCode,
  incrementalAlterConfigsApi,
  listConfigResourcesApi,
} from '@headrace/protocol';
import type { Cluster } from '../cluster/cluster.ts';
import { orRefused, Refusal } from '../refusal.ts';
import type { ConfigChange } from '../topics/topic-config.ts';
import type { Topic } from '../topics/topic.ts';
import { configSources, describeTopicConfig } from './config-entries.ts';
import { handler } from './handler.ts';

const resourceTypes = { topic: 2, broker: 4 } as const;
const operations = ['set', 'delete', 'append', 'subtract'] as const;

/** Reads the configuration of topics and nodes. */
export const describeConfigsHandler = handler(describeConfigsApi, (request, { cluster }) => ({
  throttleTimeMs: 0,
  results: request.resources.map(({ resourceType, resourceName, configurationKeys }) => ({
    resourceType,
    resourceName,
    ...orRefused(
      () => ({
        errorCode: 0,
        errorMessage: null,
        configs: describeResource(cluster, resourceType, resourceName, configurationKeys).map((entry) => ({
          ...entry,
          synonyms: request.includeSynonyms ? entry.synonyms : [],
        })),
      }),
      ({ code, message }) => ({ errorCode: code, errorMessage: message, configs: [] }),
    ),
  })),
}));

/** Replaces the configuration of topics whole. */
export const alterConfigsHandler = handler(alterConfigsApi, (request, { cluster }) => ({
  throttleTimeMs: 0,
  responses: request.resources.map(({ resourceType, resourceName, configs }) =>
    altered(resourceType, resourceName, () => {
      const topic = alterable(cluster, resourceType, resourceName);
      const entries = configs.map(({ name, value }): [string, string] => {
        if (value === null) throw new Refusal('INVALID_CONFIG', `Null value not supported for : ${name}`);
        return [name, value];
      });
      topic.config.replace(new Map(entries), request.validateOnly);
    }),
  ),
}));

/** Changes single entries of the configuration of topics. */
export const incrementalAlterConfigsHandler = handler(incrementalAlterConfigsApi, (request, { cluster }) => ({
  throttleTimeMs: 0,
  responses: request.resources.map(({ resourceType, resourceName, configs }) =>
    altered(resourceType, resourceName, () => {
      const topic = alterable(cluster, resourceType, resourceName);
      const names = configs.map(({ name }) => name);
      if (new Set(names).size !== names.length)
        throw new Refusal('INVALID_REQUEST', 'Error due to duplicate config keys');
      const changes = configs.map(({ name, configOperation, value }): ConfigChange => {
        const operation = operations[configOperation];
        if (operation === undefined) throw new Refusal('INVALID_REQUEST', `Unknown operation ${configOperation}`);
        return { name, operation, value };
      });
      topic.config.change(changes, request.validateOnly);
    }),
  ),
}));

/** Lists what has a configuration. */
export const listConfigResourcesHandler = handler(listConfigResourcesApi, (request, { cluster, version }) => {
  const wants = (type: number): boolean => request.resourceTypes.length === 0 || request.resourceTypes.includes(type);
  const topics = cluster.topics.all().map(({ name }) => ({ resourceName: name, resourceType: resourceTypes.topic }));
  const nodes = cluster.nodes.up().map(({ id }) => ({ resourceName: `${id}`, resourceType: resourceTypes.broker }));
  const all = version === 0 ? [] : [...topics, ...nodes].filter(({ resourceType }) => wants(resourceType));
  return { throttleTimeMs: 0, errorCode: errorCode('NONE'), configResources: all };
});

function describeResource(cluster: Cluster, type: number, name: string, names: readonly string[] | null) {
  if (type === resourceTypes.topic) return describeTopicConfig(topicOf(cluster, name).config, names);
  if (type !== resourceTypes.broker) throw unsupported(type);
  return nodeConfig(cluster).filter((entry) => names === null || names.includes(entry.name));
}

/** What clients look for in a node's configuration. */
function nodeConfig({ settings, nodes }: Cluster) {
  const entries: readonly [name: string, value: string, type: number][] = [
    ['auto.create.topics.enable', `${settings.autoCreateTopics}`, 1],
    ['default.replication.factor', `${Math.min(3, nodes.all.length)}`, 3],
    ['group.initial.rebalance.delay.ms', `${settings.groupInitialRebalanceDelayMs}`, 3],
    ['group.max.session.timeout.ms', `${settings.groupMaxSessionTimeoutMs}`, 3],
    ['group.min.session.timeout.ms', `${settings.groupMinSessionTimeoutMs}`, 3],
    ['num.partitions', `${settings.defaultPartitions}`, 3],
    ['socket.request.max.bytes', `${settings.maxRequestBytes}`, 3],
    ['transaction.max.timeout.ms', `${settings.transactionMaxTimeoutMs}`, 3],
  ];
  return entries.map(([name, value, configType]) => ({
    name,
    value,
    readOnly: true,
    configSource: configSources.broker,
    isSensitive: false,
    synonyms: [{ name, value, source: configSources.broker }],
    configType,
    documentation: null,
  }));
}

function alterable(cluster: Cluster, type: number, name: string): Topic {
  if (type !== resourceTypes.topic) throw unsupported(type);
  return topicOf(cluster, name);
}

function topicOf(cluster: Cluster, name: string): Topic {
  const topic = cluster.topics.get(name);
  if (topic === undefined) throw new Refusal('UNKNOWN_TOPIC_OR_PARTITION', `The topic '${name}' does not exist.`);
  return topic;
}

function unsupported(type: number): Refusal {
  return new Refusal('INVALID_REQUEST', `The configuration of resources of type ${type} is not kept by this broker.`);
}

function altered(resourceType: number, resourceName: string, work: () => void) {
  return {
    resourceType,
    resourceName,
    ...orRefused(
      () => {
        work();
        return { errorCode: 0, errorMessage: null };
      },
      ({ code, message }) => ({ errorCode: code, errorMessage: message }),
    ),
  };
}

import { expect, it } from 'vitest';
import {
  alterConfigsApi,
  apiVersionsApi,
  createPartitionsApi,
  createTopicsApi,
  deleteTopicsApi,
  describeClusterApi,
  describeConfigsApi,
  findCoordinatorApi,
  incrementalAlterConfigsApi,
  metadataApi,
  zeroUuid,
} from '@headrace/protocol';
import { makeTopic, named, openClient, uniqueName, type ClusterHandle } from '../cluster-handle.ts';
import type { WireClient } from '../wire-client.ts';

/** Declares what holds of metadata, topics and configuration on every broker. */
export function topicScenarios(cluster: () => ClusterHandle): void {
  const create = async (client: WireClient, topics: readonly Partial<TopicToMake>[], validateOnly = false) => {
    const all = topics.map((topic) => ({ ...aTopic, ...topic }));
    const answer = await client.send(createTopicsApi, { topics: all, timeoutMs: 30_000, validateOnly });
    return answer.topics.map(({ name, errorCode }) => [name, named(errorCode)]);
  };
  const metadataOf = async (client: WireClient, names: readonly string[]) => {
    const topics = names.map((name) => ({ name, topicId: zeroUuid }));
    const answer = await client.send(metadataApi, {
      topics,
      allowAutoTopicCreation: false,
      includeTopicAuthorizedOperations: false,
    });
    return new Map(answer.topics.map((topic) => [topic.name, topic]));
  };

  it('tells versions, and refuses a version of ApiVersions that it does not speak in version 0', async () => {
    const client = await openClient(cluster());
    const answer = await client.send(apiVersionsApi, { clientSoftwareName: 'a', clientSoftwareVersion: '1' }, 4);
    expect(named(answer.errorCode)).toBe('NONE');
    const featuresOf = ({ finalizedFeatures }: typeof answer) =>
      finalizedFeatures.find(({ name }) => name === 'transaction.version')?.maxVersionLevel;
    expect(featuresOf(answer)).toBe(2);
    // Version 99 of ApiVersions; version 0 of its answer follows the correlation id.
    const frame = Buffer.from('0000000b0012006300000007000000', 'hex');
    const refusal = await client.sendRaw(frame);
    expect(refusal.readInt32BE(0)).toBe(7);
    expect(named(refusal.readInt16BE(4))).toBe('UNSUPPORTED_VERSION');
    expect([refusal.readInt32BE(6), refusal.readInt16BE(10)]).toEqual([1, 18]);
    const unnamed = await client.send(apiVersionsApi, { clientSoftwareName: '', clientSoftwareVersion: '' }, 3);
    expect(named(unnamed.errorCode)).toBe('INVALID_REQUEST');
  });

  it('ends a connection on which bytes come that are no request', async () => {
    for (const bytes of ['47455420', '7fffffff', '00000000', '0000000a7fff0000000000070000']) {
      const client = await openClient(cluster());
      await expect(client.sendRaw(Buffer.from(bytes, 'hex')), bytes).rejects.toThrow('ended the connection');
    }
  });

  it('makes topics, tells them by name and id, and refuses what cannot be', async () => {
    const client = await openClient(cluster());
    const [good, other] = [uniqueName('good'), uniqueName('other')];
    expect(await create(client, [{ name: good, numPartitions: 3 }])).toEqual([[good, 'NONE']]);
    const refused = await create(client, [
      { name: good },
      { name: 'a/b' },
      { name: '..' },
      { name: `${other}-0`, numPartitions: 0 },
      { name: `${other}-1`, replicationFactor: 2 },
      { name: `${other}-2`, replicationFactor: 0 },
      { name: `${other}-3`, configs: [{ name: 'no.such', value: '1' }] },
      { name: `${other}-4`, configs: [{ name: 'retention.ms', value: 'soon' }] },
      { name: `${other}-5`, configs: [{ name: 'cleanup.policy', value: 'burn' }] },
      { name: `${other}-6`, assignments: [{ partitionIndex: 0, brokerIds: [1] }] },
      {
        name: `${other}-7`,
        numPartitions: -1,
        replicationFactor: -1,
        assignments: [{ partitionIndex: 1, brokerIds: [1] }],
      },
    ]);
    expect(refused.map(([, error]) => String(error)).sort()).toEqual(
      [
        'TOPIC_ALREADY_EXISTS',
        'INVALID_TOPIC_EXCEPTION',
        'INVALID_TOPIC_EXCEPTION',
        'INVALID_PARTITIONS',
        'INVALID_REPLICATION_FACTOR',
        'INVALID_REPLICATION_FACTOR',
        'INVALID_CONFIG',
        'INVALID_CONFIG',
        'INVALID_CONFIG',
        'INVALID_REQUEST',
        'INVALID_REPLICA_ASSIGNMENT',
      ].sort(),
    );
    expect(await create(client, [{ name: other }], true)).toEqual([[other, 'NONE']]);
    const known = await metadataOf(client, [good, other, 'a/b']);
    expect(known.get(good)?.partitions.map(({ partitionIndex, leaderId }) => [partitionIndex, leaderId])).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
    ]);
    expect(named(known.get(other)?.errorCode ?? 0)).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    expect(named(known.get('a/b')?.errorCode ?? 0)).toBe('INVALID_TOPIC_EXCEPTION');
    const topicId = known.get(good)?.topicId ?? '';
    const byId = await client.send(metadataApi, {
      topics: [
        { name: null, topicId },
        { name: null, topicId: 'xxxxxxxxxxxxxxxxxxxxxw' },
      ],
      includeTopicAuthorizedOperations: false,
    });
    expect(byId.topics.map(({ name, errorCode }) => [name, named(errorCode)])).toEqual(
      expect.arrayContaining([
        [good, 'NONE'],
        [null, 'UNKNOWN_TOPIC_ID'],
      ]),
    );
  });

  it('adds partitions and deletes topics', async () => {
    const client = await openClient(cluster());
    const topic = await makeTopic(client, 'grow', { partitions: 2 });
    const grow = async (name: string, count: number) => {
      const body = { topics: [{ name, count, assignments: null }], timeoutMs: 30_000, validateOnly: false };
      return named((await client.send(createPartitionsApi, body)).results[0]?.errorCode ?? -1);
    };
    expect(await grow(topic, 1)).toBe('INVALID_PARTITIONS');
    expect(await grow(topic, 2)).toBe('INVALID_PARTITIONS');
    expect(await grow(topic, 4)).toBe('NONE');
    expect(await grow('no-such-topic', 4)).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    expect((await metadataOf(client, [topic])).get(topic)?.partitions).toHaveLength(4);
    const drop = async (name: string) => {
      const body = { topics: [{ name, topicId: zeroUuid }], timeoutMs: 30_000 };
      return named((await client.send(deleteTopicsApi, body)).responses[0]?.errorCode ?? -1);
    };
    expect(await drop(topic)).toBe('NONE');
    expect(await drop(topic)).toBe('UNKNOWN_TOPIC_OR_PARTITION');
  });

  it('keeps the configuration of topics', async () => {
    const client = await openClient(cluster());
    const topic = await makeTopic(client, 'configured', { config: { 'retention.ms': '5000' } });
    const read = async (names: readonly string[] | null) => {
      const resources = [{ resourceType: 2, resourceName: topic, configurationKeys: names }];
      const answer = await client.send(describeConfigsApi, { resources, includeSynonyms: false });
      return new Map(answer.results[0]?.configs.map((each) => [each.name, each]));
    };
    const wanted = ['retention.ms', 'cleanup.policy', 'segment.bytes', 'max.message.bytes', 'message.timestamp.type'];
    const first = await read(wanted);
    expect([...first.keys()].sort()).toEqual([...wanted].sort());
    expect(first.get('retention.ms')).toMatchObject({ value: '5000', configSource: 1, configType: 5 });
    expect(first.get('cleanup.policy')).toMatchObject({ value: 'delete', configSource: 5, configType: 7 });
    const change = async (configs: { name: string; configOperation: number; value: string | null }[]) => {
      const resources = [{ resourceType: 2, resourceName: topic, configs }];
      const { responses } = await client.send(incrementalAlterConfigsApi, { resources, validateOnly: false });
      return named(responses[0]?.errorCode ?? -1);
    };
    expect(await change([{ name: 'cleanup.policy', configOperation: 2, value: 'compact' }])).toBe('NONE');
    expect(await change([{ name: 'retention.ms', configOperation: 1, value: null }])).toBe('NONE');
    expect(await change([{ name: 'segment.bytes', configOperation: 0, value: '2097152' }])).toBe('NONE');
    expect(await change([{ name: 'segment.bytes', configOperation: 0, value: 'many' }])).toBe('INVALID_CONFIG');
    expect(await change([{ name: 'segment.bytes', configOperation: 2, value: '1' }])).toBe('INVALID_CONFIG');
    expect(await change([{ name: 'no.such', configOperation: 0, value: '1' }])).toBe('INVALID_CONFIG');
    const second = await read(wanted);
    expect(second.get('cleanup.policy')?.value).toBe('delete,compact');
    expect(second.get('segment.bytes')?.value).toBe('2097152');
    expect(second.get('retention.ms')?.configSource).not.toBe(1);
    const resources = [
      { resourceType: 2, resourceName: topic, configs: [{ name: 'max.message.bytes', value: '2000' }] },
    ];
    const { responses } = await client.send(alterConfigsApi, { resources, validateOnly: false });
    expect(named(responses[0]?.errorCode ?? -1)).toBe('NONE');
    const third = await read(wanted);
    expect(third.get('max.message.bytes')?.value).toBe('2000');
    expect(third.get('segment.bytes')?.value).toBe('1073741824');
  });

  it('describes the cluster and finds coordinators', async () => {
    const client = await openClient(cluster());
    const described = await client.send(describeClusterApi, {
      includeClusterAuthorizedOperations: false,
      includeFencedBrokers: false,
    });
    expect(described.brokers.map(({ brokerId }) => brokerId)).toEqual([1]);
    expect(described.clusterId).toHaveLength(22);
    const old = await client.send(findCoordinatorApi, { key: 'g', keyType: 9, coordinatorKeys: [] }, 1);
    expect(named(old.errorCode)).toBe('INVALID_REQUEST');
  });
}

const aTopic = {
  name: '',
  numPartitions: 1,
  replicationFactor: 1,
  assignments: [] as { partitionIndex: number; brokerIds: number[] }[],
  configs: [] as { name: string; value: string }[],
};
type TopicToMake = typeof aTopic;

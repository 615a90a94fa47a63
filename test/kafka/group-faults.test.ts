import type { HeadraceError, TopicPartition } from '@headrace/core';
import {
  errorCode,
  findCoordinatorApi,
  heartbeatApi,
  joinGroupApi,
  offsetCommitApi,
  offsetFetchApi,
  syncGroupApi,
  type ApiDefinition,
  type KafkaErrorName,
} from '@headrace/protocol';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { committedOffsets } from '../../packages/kafka/src/group/committed-offsets.ts';
import { GroupCoordinator } from '../../packages/kafka/src/group/group-coordinator.ts';
import { FaultProxy, type Fault } from './faults/fault-proxy.ts';
import { GroupWorker } from './group-worker.ts';
import { committedOffsets as committedByKafkajs } from './group-offsets.ts';
import { describeKafka } from './require-kafka.ts';
import { createTopic, uniqueName } from './topics.ts';
import { waitUntil } from './wait-until.ts';

/** Writes an error into an answer, wherever that has room for one. */
const answers =
  (name: KafkaErrorName): Fault =>
  (answer) =>
    withError(answer, errorCode(name)) as Readonly<Record<string, unknown>>;

function withError(value: unknown, code: number): unknown {
  if (Array.isArray(value)) return value.map((item) => withError(item, code));
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, name === 'errorCode' ? code : withError(field, code)]),
  );
}

describeKafka('A group member that gets an error in place of an answer', (bootstrap) => {
  const cleanUp: (() => unknown)[] = [];
  let proxy: FaultProxy;
  let topic: string;
  beforeAll(async () => {
    topic = await createTopic(bootstrap, 'table');
  });
  beforeEach(async () => {
    proxy = await FaultProxy.start(bootstrap);
  });
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
    await proxy.stop();
  });

  /** Whom the answer calls unknown Kafka knows, and waits for until its session is over. */
  const worker = (group = uniqueName('table'), fault: KafkaErrorName | Fault = 'pass'): GroupWorker => {
    const made = new GroupWorker(proxy.address, { group, ...(fault === 'UNKNOWN_MEMBER_ID' && { sessionTimeoutMs: 2000 }) }); // prettier-ignore
    cleanUp.push(() => made.stop());
    return made;
  };
  /** The next two answers to a request are the fault's. */
  const hit = (api: ApiDefinition, fault: Fault): (() => number) => {
    let hits = 0;
    proxy.decide = (request) => (request.api.key === api.key && hits++ < 2 ? fault : 'pass');
    return () => Math.min(hits, 2);
  };
  const owns = (one: GroupWorker) =>
    waitUntil(() => one.owned.size, (size) => size === 1, { what: 'the partition is owned', intervalMs: 5 }); // prettier-ignore

  const passing: [ApiDefinition, KafkaErrorName | Fault][] = [
    ...(['COORDINATOR_NOT_AVAILABLE', 'COORDINATOR_LOAD_IN_PROGRESS', 'cutBefore', 'loseAnswer'] as const).map(
      (fault): [ApiDefinition, KafkaErrorName | Fault] => [findCoordinatorApi, fault],
    ),
    ...(
      ['COORDINATOR_NOT_AVAILABLE', 'COORDINATOR_LOAD_IN_PROGRESS', 'NOT_COORDINATOR', 'UNKNOWN_MEMBER_ID', 'REBALANCE_IN_PROGRESS', 'cutBefore', 'loseAnswer'] as const
    ).flatMap((fault): [ApiDefinition, KafkaErrorName | Fault][] => [
      [joinGroupApi, fault],
      [syncGroupApi, fault],
    ]),
    [syncGroupApi, 'ILLEGAL_GENERATION'],
  ]; // prettier-ignore
  const faultOf = (fault: KafkaErrorName | Fault): Fault =>
    typeof fault === 'string' && /^[A-Z_]+$/.test(fault) ? answers(fault as KafkaErrorName) : (fault as Fault);

  it.each(passing.map(([api, fault]) => [api.name, String(fault), api, fault] as const))(
    'joins all the same after %s: %s',
    async (_api, _fault, api, fault) => {
      const hits = hit(api, faultOf(fault));
      const one = await worker(uniqueName('passing'), fault).join([topic]);
      await owns(one);
      expect(hits()).toBe(2);
      await one.commit({ partition: `${topic}/0`, offset: 1, metadata: '' });
    },
  );

  it.each([
    [findCoordinatorApi, 'GROUP_AUTHORIZATION_FAILED', 'KAFKA_NOT_ALLOWED'],
    [joinGroupApi, 'GROUP_AUTHORIZATION_FAILED', 'KAFKA_NOT_ALLOWED'],
    [joinGroupApi, 'INCONSISTENT_GROUP_PROTOCOL', 'GROUP_NOT_OURS'],
    [joinGroupApi, 'INVALID_SESSION_TIMEOUT', 'KAFKA_FAILED'],
    [joinGroupApi, 'GROUP_MAX_SIZE_REACHED', 'KAFKA_FAILED'],
    [joinGroupApi, 'FENCED_INSTANCE_ID', 'GROUP_MEMBER_REPLACED'],
    [syncGroupApi, 'GROUP_AUTHORIZATION_FAILED', 'KAFKA_NOT_ALLOWED'],
    [syncGroupApi, 'UNKNOWN_SERVER_ERROR', 'KAFKA_FAILED'],
  ] as const)('does not join after %o: %s', async (api, name, code) => {
    const hits = hit(api, answers(name));
    const error = await worker().join([topic]).catch((thrown: HeadraceError) => thrown); // prettier-ignore
    expect(error).toMatchObject({ code });
    expect(hits()).toBe(1);
  });

  it.each<[KafkaErrorName | 'cutBefore' | 'loseAnswer', 'stays' | 'lost']>([
    ['REBALANCE_IN_PROGRESS', 'stays'],
    ['COORDINATOR_NOT_AVAILABLE', 'stays'],
    ['COORDINATOR_LOAD_IN_PROGRESS', 'stays'],
    ['NOT_COORDINATOR', 'stays'],
    ['cutBefore', 'stays'],
    ['loseAnswer', 'stays'],
    ['ILLEGAL_GENERATION', 'lost'],
    ['UNKNOWN_MEMBER_ID', 'lost'],
  ])('goes on after a beat that ends with %s: what it has %s', async (fault, outcome) => {
    const one = await worker(uniqueName('beats'), fault).join([topic]);
    await owns(one);
    const hits = hit(heartbeatApi, faultOf(fault));
    await waitUntil(hits, (count) => count === 2, { what: 'both beats were hit', intervalMs: 5 });
    await waitUntil(
      () => one.commit({ partition: `${topic}/0`, offset: 2, metadata: '' }).then(() => 'done'),
      (done) => done === 'done',
      { what: 'commits are taken' },
    );
    const lost = one.calls.filter((call) => call.startsWith('lost')).length;
    if (outcome === 'stays') expect(one.calls).toEqual([`assigned ${topic}/0`]);
    else expect(lost).toBeGreaterThan(0);
    expect(one.failure).toBeNull();
  });

  it.each<[KafkaErrorName, string]>([
    ['FENCED_INSTANCE_ID', 'GROUP_MEMBER_REPLACED'],
    ['GROUP_AUTHORIZATION_FAILED', 'KAFKA_NOT_ALLOWED'],
    ['UNKNOWN_SERVER_ERROR', 'KAFKA_FAILED'],
  ])('ends after a beat that ends with %s', async (name, code) => {
    const one = await worker().join([topic]);
    await owns(one);
    hit(heartbeatApi, answers(name));
    await waitUntil(() => one.failure, (error) => error !== null, { what: 'it fails', intervalMs: 5 }); // prettier-ignore
    expect(one.failure).toMatchObject({ code });
    expect(one.owned.size).toBe(0);
  });

  it.each<[KafkaErrorName | 'cutBefore' | 'loseAnswer']>([
    ['COORDINATOR_NOT_AVAILABLE'],
    ['COORDINATOR_LOAD_IN_PROGRESS'],
    ['NOT_COORDINATOR'],
    ['REQUEST_TIMED_OUT'],
    ['REBALANCE_IN_PROGRESS'],
    ['UNKNOWN_TOPIC_OR_PARTITION'],
    ['cutBefore'],
    ['loseAnswer'],
  ])('commits all the same after %s', async (fault) => {
    const group = uniqueName('commits');
    const one = await worker(group).join([topic]);
    await owns(one);
    const hits = hit(offsetCommitApi, faultOf(fault));
    await one.commit({ partition: `${topic}/0`, offset: 3, metadata: 'm' });
    expect(hits()).toBe(2);
    expect(await committedByKafkajs(bootstrap, group, topic)).toEqual([{ partition: 0, offset: 3, metadata: 'm' }]);
    expect(one.calls).toEqual([`assigned ${topic}/0`]);
  });

  it.each<[KafkaErrorName, string]>([
    ['ILLEGAL_GENERATION', 'COMMIT_REFUSED'],
    ['UNKNOWN_MEMBER_ID', 'COMMIT_REFUSED'],
    ['FENCED_INSTANCE_ID', 'COMMIT_REFUSED'],
    ['OFFSET_METADATA_TOO_LARGE', 'KAFKA_FAILED'],
    ['GROUP_AUTHORIZATION_FAILED', 'KAFKA_NOT_ALLOWED'],
    ['TOPIC_AUTHORIZATION_FAILED', 'KAFKA_NOT_ALLOWED'],
  ])('refuses a commit that ends with %s', async (name, code) => {
    const one = await worker().join([topic]);
    await owns(one);
    hit(offsetCommitApi, answers(name));
    const error = await one.commit({ partition: `${topic}/0`, offset: 3, metadata: '' }).catch((thrown: HeadraceError) => thrown); // prettier-ignore
    expect(error).toMatchObject({ code });
  });

  it.each<[KafkaErrorName | 'cutBefore' | 'loseAnswer']>([
    ['COORDINATOR_LOAD_IN_PROGRESS'],
    ['NOT_COORDINATOR'],
    ['UNSTABLE_OFFSET_COMMIT'],
    ['cutBefore'],
    ['loseAnswer'],
  ])('reads positions all the same after %s', async (fault) => {
    const group = uniqueName('reads');
    const one = await worker(group).join([topic]);
    await owns(one);
    const partition: TopicPartition = `${topic}/0`;
    await one.commit({ partition, offset: 4, metadata: '' });
    const hits = hit(offsetFetchApi, faultOf(fault));
    expect([...(await committedOffsets(new GroupCoordinator(one.cluster, group), [partition]))]).toEqual([
      [partition, { offset: 4, metadata: '', leaderEpoch: -1 }],
    ]);
    expect(hits()).toBe(2);
  });
});

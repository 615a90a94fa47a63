import { randomUUID } from 'node:crypto';
import { afterEach } from 'vitest';
import {
  createTopicsApi,
  errorCode,
  fetchApi,
  kafkaError,
  listOffsetsApi,
  produceApi,
  writeBatch,
  type BatchProducer,
  type CompressionName,
} from '@headrace/protocol';
import { compressions, readBatch, rowsOf, type Row } from '../protocol/batch-rows.ts';
import { waitUntil } from '../kafka/wait-until.ts';
import { WireClient } from './wire-client.ts';

/** A cluster of one node that scenarios run on: the embedded broker, or Apache Kafka. */
export interface ClusterHandle {
  /** `host:port`. */
  readonly bootstrap: string;
}

const opened: WireClient[] = [];
afterEach(() => {
  for (const client of opened.splice(0)) client.close();
});

/** Opens a connection that ends with the test. */
export async function openClient({ bootstrap }: ClusterHandle): Promise<WireClient> {
  const client = await WireClient.open(bootstrap);
  opened.push(client);
  return client;
}

/** Makes a name that no other test has. */
export function uniqueName(hint: string): string {
  return `${hint}-${randomUUID().slice(0, 8)}`;
}

/** Returns the name of an error code, which failures show better than its number. */
export function named(code: number): string {
  return kafkaError(code).name;
}

/** Makes a topic of which every partition is served, and returns its name. */
export async function makeTopic(
  client: WireClient,
  hint: string,
  { partitions = 1, config = {} }: { partitions?: number; config?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const name = uniqueName(hint);
  const configs = Object.entries(config).map(([key, value]) => ({ name: key, value }));
  const topic = { name, numPartitions: partitions, replicationFactor: 1, assignments: [], configs };
  const { topics } = await client.send(createTopicsApi, { topics: [topic], timeoutMs: 30_000, validateOnly: false });
  if (topics[0]?.errorCode !== 0) throw new Error(`"${name}" was not made: ${named(topics[0]?.errorCode ?? -1)}`);
  const numbers = Array.from({ length: partitions }, (_, index) => index);
  await waitUntil(
    () => endsOf(client, name, numbers),
    (ends) => ends.every(({ error }) => error === 'NONE'),
    { what: `"${name}" is served`, intervalMs: 5 },
  );
  return name;
}

/** Asks for offsets of partitions: the ends, unless another timestamp is given. */
export async function endsOf(
  client: WireClient,
  name: string,
  partitions: readonly number[] = [0],
  {
    timestamp = -1,
    isolationLevel = 0,
    version,
  }: { timestamp?: number; isolationLevel?: number; version?: number } = {},
) {
  const wanted = partitions.map((partitionIndex) => ({ partitionIndex, timestamp }));
  const body = { replicaId: -1, isolationLevel, topics: [{ name, partitions: wanted }] };
  const { topics } = await client.send(listOffsetsApi, body, version);
  const answers = [...(topics[0]?.partitions ?? [])].sort((a, b) => a.partitionIndex - b.partitionIndex);
  return answers.map((each) => ({
    error: named(each.errorCode),
    offset: each.offset,
    timestamp: each.timestamp,
  }));
}

/** What a batch is written with beside its values. */
export interface BatchOptions {
  readonly producer?: BatchProducer;
  readonly compression?: CompressionName;
  /** Of the first record; each next one is a millisecond later. Default: now, since Kafka begins a segment where times are far apart. */
  readonly timestamp?: number;
  readonly keys?: readonly (string | null)[];
}

/** Writes a batch of values. */
export function batchOf(values: readonly string[], options: BatchOptions = {}): Buffer {
  const { producer, compression, timestamp = Date.now(), keys } = options;
  const rows = values.map((value, index) => {
    const key = keys?.[index] ?? null;
    return {
      key: key === null ? null : Buffer.from(key),
      value: Buffer.from(value),
      timestamp: timestamp + index,
      headers: [],
    };
  });
  return writeBatch(rowsOf(rows), {
    compressions,
    ...(producer !== undefined && { producer }),
    ...(compression !== undefined && { compression }),
  });
}

/** Produces bytes to a partition and returns what the answer says of it. Version 12 speaks of topics by name and without verification. */
export async function produceTo(
  client: WireClient,
  topic: string,
  records: Buffer | null,
  {
    partition = 0,
    acks = -1,
    transactionalId = null,
    version = 9,
  }: { partition?: number; acks?: number; transactionalId?: string | null; version?: number } = {},
) {
  const body = {
    transactionalId,
    acks,
    timeoutMs: 30_000,
    topicData: [{ name: topic, partitionData: [{ index: partition, records }] }],
  };
  const { responses } = await client.send(produceApi, body, version);
  const answer = responses[0]?.partitionResponses[0];
  return { error: named(answer?.errorCode ?? -1), baseOffset: answer?.baseOffset ?? -1 };
}

/** What is read may be chosen. */
export interface FetchOptions {
  readonly partition?: number;
  readonly isolationLevel?: number;
  readonly maxWaitMs?: number;
  readonly minBytes?: number;
  readonly maxBytes?: number;
  readonly partitionMaxBytes?: number;
  readonly currentLeaderEpoch?: number;
  readonly lastFetchedEpoch?: number;
  readonly version?: number;
}

/** Fetches a partition and returns what the answer says of it, records as objects, those of control batches left out. */
export async function fetchFrom(client: WireClient, topic: string, offset: number, options: FetchOptions = {}) {
  const { partition = 0, isolationLevel = 0, maxWaitMs = 0, minBytes = 1 } = options;
  const { maxBytes = 1 << 24, partitionMaxBytes = 1 << 20, currentLeaderEpoch = -1, version = 12 } = options;
  const { lastFetchedEpoch = -1 } = options;
  const wanted = { partition, fetchOffset: offset, partitionMaxBytes, currentLeaderEpoch, lastFetchedEpoch };
  const body = {
    maxWaitMs,
    minBytes,
    maxBytes,
    isolationLevel,
    topics: [{ topic, partitions: [wanted] }],
    forgottenTopicsData: [],
    rackId: '',
  };
  const { responses, errorCode: top } = await client.send(fetchApi, body, version);
  const answer = responses[0]?.partitions[0];
  const code = top === errorCode('NONE') ? (answer?.errorCode ?? -1) : top;
  return {
    error: named(code),
    highWatermark: answer?.highWatermark,
    lastStableOffset: answer?.lastStableOffset,
    logStartOffset: answer?.logStartOffset,
    aborted: answer?.abortedTransactions ?? null,
    rows: rowsIn(Buffer.from(answer?.records ?? [])),
  };
}

/** Reads the rows of all whole batches. */
export function rowsIn(bytes: Buffer): Row[] {
  const rows: Row[] = [];
  let at = 0;
  while (bytes.length - at >= 61 && bytes.length - at >= 12 + bytes.readInt32BE(at + 8)) {
    const end = at + 12 + bytes.readInt32BE(at + 8);
    const batch = readBatch(bytes.subarray(at, end));
    if (!batch.header.isControl) rows.push(...batch.rows);
    at = end;
  }
  return rows;
}

/** Returns offset and value of rows, `3:c`. */
export function shown(rows: readonly Row[]): string[] {
  return rows.map(({ offset, value }) => `${offset}:${String(value)}`);
}

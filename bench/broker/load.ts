import { setTimeout as wait } from 'node:timers/promises';
import {
  createTopicsApi,
  fetchApi,
  listOffsetsApi,
  produceApi,
  readResponse,
  writeBatch,
  writeRequest,
} from '@headrace/protocol';
import { WireClient } from '../../test/broker/wire-client.ts';
import { rowsOf } from '../../test/protocol/batch-rows.ts';

/** The partitions of every topic here. */
const partitions = 4;
/** The batch size that the Java client has unless told otherwise. */
const batchTarget = 16_384;
const inFlight = 5;
/** Versions that name topics: both brokers speak them. */
const [produceVersion, fetchVersion] = [9, 12];
const fetchBytes = 1 << 20;
const header = { correlationId: 1, clientId: 'bench' };

/** A batch that is written again and again. */
export interface Load {
  readonly batch: Buffer;
  readonly records: number;
}

/** Makes a batch of records of so many bytes, 8 of them the key, as large as the Java client makes them. */
export function loadOf(recordBytes: number): Load {
  const records = Math.floor(batchTarget / recordBytes);
  const timestamp = Date.now();
  const rows = Array.from({ length: records }, (_, n) => ({
    key: Buffer.from(String(n).padStart(8, '0')),
    value: Buffer.alloc(recordBytes - 8, 'x'),
    timestamp,
    headers: [],
  }));
  return { batch: writeBatch(rowsOf(rows), {}), records };
}

/** Waits until a broker takes a topic and acknowledges a record of it; resolves with the time of that. */
export async function firstAcknowledged(bootstrap: string): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    const client = await WireClient.open(bootstrap).catch(() => null);
    try {
      if (client !== null) {
        await makeTopic(client, 'first', {});
        await produce(client, 'first', loadOf(100), 1);
        return performance.now();
      }
    } catch (error) {
      if (attempt > 10_000) throw error;
    } finally {
      client?.close();
    }
    await wait(5);
  }
}

/** Makes a topic of four partitions, unless it is there, and waits until all are served. */
export async function makeTopic(
  client: WireClient,
  name: string,
  config: Readonly<Record<string, string>>,
): Promise<void> {
  const configs = Object.entries(config).map(([key, value]) => ({ name: key, value }));
  const topic = { name, numPartitions: partitions, replicationFactor: 1, assignments: [], configs };
  await client.send(createTopicsApi, { topics: [topic], timeoutMs: 30_000, validateOnly: false });
  const wanted = Array.from({ length: partitions }, (_, partitionIndex) => ({ partitionIndex, timestamp: -1 }));
  const ends = { replicaId: -1, isolationLevel: 0, topics: [{ name, partitions: wanted }] };
  for (let attempt = 0; ; attempt++) {
    const { topics } = await client.send(listOffsetsApi, ends);
    const codes = topics[0]?.partitions.map(({ errorCode }) => errorCode) ?? [];
    if (codes.length === partitions && codes.every((code) => code === 0)) return;
    if (attempt > 2000) throw new Error(`Topic "${name}" is not served: ${codes.join(', ')}.`);
    await wait(5);
  }
}

/** Writes at least so many records, five requests of one batch under way; returns how many. Rejects at the first refusal. */
export async function produce(client: WireClient, topic: string, load: Load, records: number): Promise<number> {
  const requests = Array.from({ length: partitions }, (_, index) =>
    writeRequest(
      produceApi,
      { ...header, version: produceVersion },
      {
        transactionalId: null,
        acks: -1,
        timeoutMs: 30_000,
        topicData: [{ name: topic, partitionData: [{ index, records: load.batch }] }],
      },
    ),
  );
  const count = Math.ceil(records / load.records);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const request = requests[next++ % partitions] as Buffer;
      const { responses } = readResponse(produceApi, produceVersion, await client.sendRaw(request));
      const code = responses[0]?.partitionResponses[0]?.errorCode;
      if (code !== 0) throw new Error(`A batch was refused with ${String(code)}.`);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return count * load.records;
}

/** Reads a topic again and again, a partition and 1 MiB in each request, until at least so many records have come; returns how many. */
export async function consume(client: WireClient, topic: string, load: Load, records: number): Promise<number> {
  const offsets = Array.from({ length: partitions }, () => 0);
  let seen = 0;
  for (let turn = 0; seen < records; turn++) {
    const partition = turn % partitions;
    const fetchOffset = offsets[partition] as number;
    const body = {
      maxWaitMs: 0,
      minBytes: 1,
      maxBytes: 50 << 20,
      isolationLevel: 0,
      topics: [{ topic, partitions: [{ partition, fetchOffset, partitionMaxBytes: fetchBytes }] }],
      forgottenTopicsData: [],
      rackId: '',
    };
    const answer = (await client.send(fetchApi, body, fetchVersion)).responses[0]?.partitions[0];
    if (answer?.errorCode !== 0) throw new Error(`A fetch was refused with ${String(answer?.errorCode)}.`);
    // Kafka may cut the last batch off.
    const count = Math.floor((answer.records?.length ?? 0) / load.batch.length) * load.records;
    if (count === 0 && fetchOffset === 0) throw new Error('There is nothing to read.');
    offsets[partition] = count === 0 ? 0 : fetchOffset + count;
    seen += count;
  }
  return seen;
}

import { readFileSync } from 'node:fs';
import {
  apiOf,
  fetchApi,
  produceApi,
  readRequest,
  readRequestFrame,
  readResponse,
  writeRequest,
  writeResponse,
  type ApiDefinition,
} from '@headrace/protocol';
import { describe, expect, it } from 'vitest';
import { readBatch } from './batch-rows.ts';

const frames = readFileSync(new URL('../golden/protocol/java-captures.tsv', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => {
    const [key, side, version, frame] = line.split('\t') as [string, string, string, string];
    const api = apiOf(Number(key)) as ApiDefinition;
    return { name: `${api.name} ${side} ${version}`, api, side, version: Number(version), frame: Buffer.from(frame, 'base64') };
  }); // prettier-ignore

type Captured = (typeof frames)[number];

const read = ({ api, side, version, frame }: Captured): Record<string, unknown> =>
  side === 'request' ? readRequest(api, readRequestFrame(frame)) : readResponse(api, version, frame);

const writeAgain = (captured: Captured): Buffer => {
  const { api, side, version, frame } = captured;
  const body = read(captured);
  if (side === 'response') return writeResponse(api, { version, correlationId: frame.readInt32BE(0) }, body);
  const { correlationId, clientId } = readRequestFrame(frame).header;
  return writeRequest(api, { version, correlationId, clientId }, body);
};

/** What a record batch begins with: its offset, and its length without both. */
const headBytes = 12;

function batchesOf(records: Buffer): Buffer[] {
  const batches: Buffer[] = [];
  for (let at = 0; at + headBytes <= records.length;) {
    const end = at + headBytes + records.readInt32BE(at + 8);
    if (end > records.length) break;
    batches.push(records.subarray(at, end));
    at = end;
  }
  return batches;
}

const recordsIn = (api: ApiDefinition, side: string, listName: string, partsName: string): Buffer[] =>
  frames
    .filter((one) => one.api === api && one.side === side)
    .flatMap((one) => read(one)[listName] as Record<string, { records: Buffer | null }[]>[])
    .flatMap((topic) => (topic[partsName] ?? []).flatMap(({ records }) => (records === null ? [] : [records])));

describe('what a Java application and Apache Kafka said to each other', () => {
  it('has the requests of reading, writing, groups of both kinds, transactions and administration', () => {
    const names = new Set(frames.map(({ api }) => api.name));
    const wanted =
      'ApiVersions Metadata Produce Fetch ListOffsets InitProducerId FindCoordinator JoinGroup SyncGroup Heartbeat LeaveGroup OffsetCommit OffsetFetch ConsumerGroupHeartbeat ConsumerGroupDescribe EndTxn ' +
      'TxnOffsetCommit CreateTopics CreatePartitions DeleteTopics DeleteRecords DescribeConfigs IncrementalAlterConfigs DescribeCluster DescribeTopicPartitions ListGroups DescribeGroups DeleteGroups DescribeProducers ListTransactions';
    for (const name of wanted.split(' ')) expect(names, name).toContain(name);
    for (const { api, version } of frames)
      for (const side of ['request', 'response'])
        expect(frames.some((one) => one.api === api && one.version === version && one.side === side)).toBe(true);
  });

  it('is read, and written again byte for byte', () => {
    for (const captured of frames) {
      const again = writeAgain(captured);
      expect(again.readInt32BE(0)).toBe(again.length - 4);
      expect(again.subarray(4).toString('hex'), captured.name).toBe(captured.frame.toString('hex'));
    }
  });

  it.each([
    ['written', () => recordsIn(produceApi, 'request', 'topicData', 'partitionData')],
    ['read', () => recordsIn(fetchApi, 'response', 'responses', 'partitions')],
  ])('has records that were %s, each as the application made it', (_, records) => {
    const batches = records().flatMap(batchesOf).map(readBatch);
    const rows = batches.filter(({ header }) => !header.isControl).flatMap((batch) => batch.rows);
    const own = rows.filter(({ headers }) => headers.length > 0);
    expect(own.length).toBeGreaterThan(10);
    for (const { key, value, timestamp, headers } of own) {
      const number = timestamp - 1000;
      expect(key?.toString()).toBe(`k${number}`);
      expect(value?.toString()).toMatch(new RegExp(`^(plain|zipped|committed|aborted)${number}$`));
      expect(headers).toEqual([
        { name: 'h', value: Buffer.from([number]) },
        { name: 'null', value: null },
      ]);
    }
  });
});

import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import {
  apiVersionsApi,
  BatchHeader,
  metadataApi,
  produceApi,
  readBatchHeader,
  readRecords,
  readRequest,
  readRequestFrame,
  RecordColumns,
  verifyCrc,
  writeResponse,
} from '@headrace/protocol';
import type { RequestFrame } from '@headrace/protocol';
import { Kafka, logLevel } from 'kafkajs';
import { expect, it } from 'vitest';

const host = '127.0.0.1';

/** Answers the three keys that a producer needs, in the versions that kafkajs speaks, and keeps the values that came. */
function answer(frame: RequestFrame, port: number, values: string[]): Buffer {
  const { key, version, correlationId } = frame.header;
  const header = { version, correlationId };
  if (key === apiVersionsApi.key) {
    const apiKeys = [produceApi, metadataApi, apiVersionsApi].map((api) => {
      return { apiKey: api.key, minVersion: api.versions[0], maxVersion: api.versions[1] };
    });
    return writeResponse(apiVersionsApi, header, { errorCode: 0, apiKeys });
  }
  if (key === metadataApi.key) {
    readRequest(metadataApi, frame);
    const partition = { errorCode: 0, partitionIndex: 0, leaderId: 1, replicaNodes: [1], isrNodes: [1] };
    const topics = [{ errorCode: 0, name: 'orders', partitions: [partition] }];
    const brokers = [{ nodeId: 1, host, port }];
    return writeResponse(metadataApi, header, { brokers, controllerId: 1, clusterId: 'c', topics });
  }
  const { topicData } = readRequest(produceApi, frame);
  values.push(...valuesOf(topicData[0]?.partitionData[0]?.records as Buffer));
  const partitionResponses = [{ index: 0, errorCode: 0, baseOffset: 7, logStartOffset: 0 }];
  return writeResponse(produceApi, header, { responses: [{ name: 'orders', partitionResponses }], throttleTimeMs: 0 });
}

function valuesOf(batch: Buffer): string[] {
  const header = new BatchHeader();
  const columns = new RecordColumns();
  expect(readBatchHeader(batch, 0, batch.length, header)).toBe(true);
  verifyCrc(batch, header);
  readRecords(batch, header, columns, { compressions: {}, maxExpandedBytes: 0 });
  return Array.from({ length: columns.count }, (_, row) => {
    return columns.buffer.toString('utf8', columns.valueStarts[row], columns.valueEnds[row]);
  });
}

function serve(socket: Socket, port: number, values: string[]): void {
  let waiting = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= 4 && waiting.length >= 4 + waiting.readInt32BE(0)) {
      const end = 4 + waiting.readInt32BE(0);
      socket.write(answer(readRequestFrame(waiting.subarray(4, end)), port, values));
      waiting = waiting.subarray(end);
    }
  });
}

it('understands what a kafkajs producer sends and is understood by it', async () => {
  const values: string[] = [];
  const server = createServer((socket) => serve(socket, (server.address() as AddressInfo).port, values));
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  const producer = new Kafka({
    brokers: [`${host}:${port}`],
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  }).producer();
  await producer.connect();
  const messages = [{ key: 'k', value: 'first', headers: { h: 'x' } }, { value: 'second' }];
  const [result] = await producer.send({ topic: 'orders', messages });
  await producer.disconnect();
  await new Promise((resolve) => server.close(resolve));
  expect(result).toMatchObject({ topicName: 'orders', partition: 0, errorCode: 0, baseOffset: '7' });
  expect(values).toEqual(['first', 'second']);
});

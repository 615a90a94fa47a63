import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import {
  apiOf,
  BatchHeader,
  ProtocolError,
  readBatchHeader,
  readRecords,
  readRequest,
  readRequestFrame,
  readResponse,
  RecordColumns,
  writeRequest,
  writeResponse,
} from '@headrace/protocol';
import type { ApiDefinition } from '@headrace/protocol';
import { Random } from '../avro/random.ts';
import { compressions } from './batch-rows.ts';

const golden = (name: string): string[][] =>
  readFileSync(new URL(`../golden/protocol/${name}`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('\t'));

const frames = golden('java-messages.tsv').map(([key, side, version, frame]) => ({
  api: apiOf(Number(key)) as ApiDefinition,
  isRequest: side === 'request',
  version: Number(version),
  frame: Buffer.from(frame as string, 'base64'),
}));
const batches = golden('java-batches.tsv').map(([, batch]) => Buffer.from(batch as string, 'base64'));
const columns = new RecordColumns();

/** Spoils a frame and a batch as the seed says. Each is read or refused with a code; what is read of a frame is written and read again. */
export function fuzzCase(seed: number): void {
  const random = new Random(seed);
  const { api, isRequest, version, frame } = random.pick(frames);
  unlessRefused(() => {
    const spoiled = spoil(frame, random);
    if (isRequest) requestAgain(api, spoiled);
    else responseAgain(api, version, spoiled);
  });
  unlessRefused(() => {
    const batch = spoil(random.pick(batches), random);
    const header = new BatchHeader();
    if (!readBatchHeader(batch, 0, batch.length, header)) return;
    readRecords(batch, header, columns, { compressions, maxExpandedBytes: 1 << 20 });
  });
}

function requestAgain(api: ApiDefinition, bytes: Buffer): void {
  const frame = readRequestFrame(bytes);
  if (frame.api !== api) return;
  const value = readRequest(api, frame);
  const { version, correlationId, clientId } = frame.header;
  const again = readRequest(
    api,
    readRequestFrame(writeRequest(api, { version, correlationId, clientId }, value).subarray(4)),
  );
  if (!isDeepStrictEqual(again, value)) throw new Error(`a request of ${api.name} ${version} changes`);
}

function responseAgain(api: ApiDefinition, version: number, bytes: Buffer): void {
  const value = readResponse(api, version, bytes);
  if (api.name === 'ApiVersions' && (value as { errorCode?: unknown }).errorCode === 35) return;
  const again = readResponse(api, version, writeResponse(api, { version, correlationId: 1 }, value).subarray(4));
  if (!isDeepStrictEqual(again, value)) throw new Error(`a response of ${api.name} ${version} changes`);
}

function spoil(bytes: Buffer, random: Random): Buffer {
  const spoiled = Buffer.from(bytes);
  for (let left = 1 + random.below(4); left > 0; left--)
    spoiled[random.below(spoiled.length)] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)]);
  return random.oneIn(4) ? spoiled.subarray(0, random.below(spoiled.length)) : spoiled;
}

function unlessRefused(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
}

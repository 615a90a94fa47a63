// Prints, as JSON, what comes of frames and batches that are made to take time or memory; run by hostile.test.ts.
import { gzipSync } from 'node:zlib';
import {
  BatchHeader,
  fetchApi,
  metadataApi,
  produceApi,
  ProtocolError,
  readBatchHeader,
  readRecords,
  readRequest,
  readRequestFrame,
  readResponse,
  RecordColumns,
  verifyCrc,
  writeBatch,
} from '@headrace/protocol';
import { compressions, rowsOf } from './batch-rows.ts';

const large = 4 << 20;
const columns = new RecordColumns();
const row = { timestamp: 1, key: null, value: Buffer.alloc(200), headers: [] };

function batch(change: (batch: Buffer) => Buffer | void): Buffer {
  const made = writeBatch(rowsOf([row, row]));
  return change(made) ?? made;
}

function read(bytes: Buffer): void {
  const header = new BatchHeader();
  if (!readBatchHeader(bytes, 0, bytes.length, header)) throw new Error('cut off');
  readRecords(bytes, header, columns, { compressions, maxExpandedBytes: 1 << 20 });
}

function withRecords(attributes: number, count: number, records: Buffer): Buffer {
  const made = Buffer.concat([batch(() => undefined).subarray(0, 61), records]);
  made.writeInt32BE(made.length - 12, 8);
  made.writeInt16BE(attributes, 21);
  made.writeInt32BE(0x7ffffffe, 23);
  made.writeInt32BE(count, 57);
  return made;
}

const hex = (text: string, rest = 0): Buffer => Buffer.concat([Buffer.from(text, 'hex'), Buffer.alloc(rest, 0xff)]);

const cases: Record<string, () => unknown> = {
  'a count of two thousand millions': () => readResponse(metadataApi, 1, hex('000000017fffffff', large)),
  'a compact count that is a lie': () => readResponse(metadataApi, 12, hex('0000000100000000008880808001', large)),
  'tags without end': () => readRequest(produceApi, readRequestFrame(hex('00000009000000010000ffffffff0f', large))),
  'records longer than the frame': () =>
    readResponse(
      fetchApi,
      4,
      hex('000000010000000000000001000161000000010000000000000000000000000000000000000000000000000000007fffffff'),
    ),
  'a varint without end': () => readResponse(metadataApi, 12, hex('00000001', large)),
  'a count of records that is a lie': () => read(withRecords(0, 0x7fffffff, Buffer.alloc(large))),
  'records of length zero': () => read(withRecords(0, 500_000, Buffer.alloc(large))),
  'headers without end': () => read(withRecords(0, 1, hex('140000000101feffffff0f'))),
  'a gzip bomb': () => read(withRecords(1, 2, gzipSync(Buffer.alloc(64 << 20)))),
  'gzip that is not gzip': () => read(withRecords(1, 2, Buffer.alloc(100, 7))),
  'a compression that is not at hand': () => read(withRecords(4, 2, Buffer.alloc(100, 7))),
  'a compression that does not exist': () => read(withRecords(7, 2, Buffer.alloc(100, 7))),
  'a length below the header': () => read(batch((made) => void made.writeInt32BE(5, 8))),
  'a negative length': () => read(batch((made) => void made.writeInt32BE(-1, 8))),
  'more records than offsets': () => read(batch((made) => void made.writeInt32BE(3, 57))),
  'a negative count': () => read(batch((made) => void made.writeInt32BE(-1, 57))),
  'offsets that do not grow': () => read(batch((made) => void made.writeUInt8(0, 61 + 209 + 4))),
  'magic 0': () => read(batch((made) => void made.writeInt8(0, 16))),
  'magic 1': () => read(batch((made) => void made.writeInt8(1, 16))),
  'magic 3': () => read(batch((made) => void made.writeInt8(3, 16))),
  'a wrong checksum': () => {
    const bytes = batch((made) => void made.writeUInt8(9, 100));
    const header = new BatchHeader();
    readBatchHeader(bytes, 0, bytes.length, header);
    verifyCrc(bytes, header);
  },
};

const outcomes: Record<string, string> = {};
for (const [name, run] of Object.entries(cases)) {
  try {
    run();
    outcomes[name] = 'read';
  } catch (error) {
    outcomes[name] = error instanceof ProtocolError ? error.code : String(error);
  }
}
console.log(JSON.stringify({ outcomes, megabytes: Math.round(process.memoryUsage().rss / 2 ** 20) }));

import {
  BatchHeader,
  readBatchHeader,
  readRecords,
  RecordColumns,
  verifyCrc,
  writeEndMarker,
} from '@headrace/protocol';
import { expect, it } from 'vitest';
import { compactSegments, type CompactionOptions } from './compact-segments.ts';
import type { StoredBatch } from './stored-batch.ts';

type Row = readonly [key: string | null, value: string | null];

/** Writes a batch by hand, byte for byte as the format says: an oracle of its own for what compaction rewrites. */
const batch = (baseOffset: number, rows: readonly Row[], change: (bytes: Buffer) => void = () => {}): StoredBatch => {
  const varint = (value: number): number[] => {
    const zigzag = value < 0 ? -value * 2 - 1 : value * 2;
    return zigzag < 128 ? [zigzag] : [(zigzag & 127) | 128, zigzag >> 7];
  };
  const field = (text: string | null): number[] =>
    text === null ? varint(-1) : [...varint(text.length), ...Buffer.from(text)];
  const records = rows.flatMap(([key, value], index) => {
    const body = [0, ...varint(index), ...varint(index), ...field(key), ...field(value), 0];
    return [...varint(body.length), ...body];
  });
  const bytes = Buffer.concat([Buffer.alloc(61), Buffer.from(records)]);
  bytes.writeBigInt64BE(BigInt(baseOffset), 0);
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes.writeInt8(2, 16);
  bytes.writeInt32BE(rows.length - 1, 23);
  bytes.writeBigInt64BE(1000n, 27);
  bytes.writeBigInt64BE(1000n, 35);
  bytes.writeBigInt64BE(-1n, 43);
  bytes.writeInt16BE(-1, 51);
  bytes.writeInt32BE(-1, 53);
  bytes.writeInt32BE(rows.length, 57);
  change(bytes);
  return { bytes, baseOffset, lastOffset: baseOffset + rows.length - 1, leaderEpoch: 0, maxTimestamp: 1000 };
};

const ofProducer = (producerId: number) => (bytes: Buffer) => {
  bytes.writeInt16BE(0x10, 21);
  bytes.writeBigInt64BE(BigInt(producerId), 43);
};

const options: CompactionOptions = {
  now: 2000,
  deleteRetentionMs: 100_000,
  minDirtyRatio: 0,
  cleanEnd: 0,
  aborted: [],
  isNeeded: () => false,
};

const rowsOf = (batches: readonly StoredBatch[]): string[] =>
  batches.flatMap(({ bytes, baseOffset, lastOffset }) => {
    const header = new BatchHeader();
    expect(readBatchHeader(bytes, 0, bytes.length, header)).toBe(true);
    expect([header.baseOffset, header.lastOffset, header.end]).toEqual([baseOffset, lastOffset, bytes.length]);
    if (header.isControl) return ['marker'];
    const columns = new RecordColumns();
    readRecords(bytes, header, columns, { compressions: {}, maxExpandedBytes: 0 });
    return Array.from({ length: columns.count }, (_, row) => {
      const start = columns.valueStarts[row] as number;
      const value = start < 0 ? 'null' : columns.buffer.toString('utf8', start, columns.valueEnds[row]);
      return `${columns.offsets[row]}:${value}`;
    });
  });

it('keeps the last record of each key with its offset, in batches whose checksums are right', () => {
  const long = 'x'.repeat(100);
  const segments = [
    [batch(0, [['a', '1'], ['b', long], ['a', '2']]), batch(3, [['c', '3']])],
    [batch(4, [['a', '4'], ['d', '5']]), batch(6, [['c', '6']])],
  ]; // prettier-ignore
  const compacted = compactSegments(segments, options) ?? [];
  expect(compacted.map(rowsOf)).toEqual([[`1:${long}`], ['4:4', '5:5', '6:6']]);
  const [cut] = compacted[0] as [StoredBatch];
  const header = new BatchHeader();
  readBatchHeader(cut.bytes, 0, cut.bytes.length, header);
  expect(() => verifyCrc(cut.bytes, header)).not.toThrow();
  expect([header.count, header.lastOffset]).toEqual([1, 2]);
  // What stays whole stays as it is.
  expect(compacted[1]?.[0]).toBe(segments[1]?.[0]);
  expect(compactSegments(compacted, options)?.map(rowsOf)).toEqual(compacted.map(rowsOf));
});

it('keeps a deletion for its time, and drops records without a key', () => {
  const segments = [[batch(0, [['a', '1'], [null, 'x'], ['a', null]])]]; // prettier-ignore
  expect(compactSegments(segments, options)?.map(rowsOf)).toEqual([['2:null']]);
  expect(compactSegments(segments, { ...options, deleteRetentionMs: 500 })).toEqual([[]]);
});

it('drops what was aborted, whose keys supersede nothing, and keeps markers and the last batch of a producer', () => {
  const marker = writeEndMarker({ result: 'abort', coordinatorEpoch: 0, producerId: 7, producerEpoch: 0, baseOffset: 2, partitionLeaderEpoch: 0, timestamp: 1000 }); // prettier-ignore
  const end = { bytes: marker, baseOffset: 2, lastOffset: 2, leaderEpoch: 0, maxTimestamp: 1000 };
  const segments = [[batch(0, [['a', 'kept']]), batch(1, [['a', 'aborted']], ofProducer(7)), end, batch(3, [['b', '3']], ofProducer(7))]]; // prettier-ignore
  const aborted = [{ producerId: 7, firstOffset: 1, lastOffset: 2 }];
  expect(compactSegments(segments, { ...options, aborted })?.map(rowsOf)).toEqual([['0:kept', 'marker', '3:3']]);
  const needed = { ...options, aborted, isNeeded: ({ baseOffset }: StoredBatch) => baseOffset === 1 };
  expect(compactSegments(segments, needed)?.map(rowsOf)).toEqual([['0:kept', '1:aborted', 'marker', '3:3']]);
});

it('waits until enough is new, and leaves compressed batches alone', () => {
  const segments = [[batch(0, [['a', '1']]), batch(1, [['a', '2']]), batch(2, [['a', '3']])]];
  expect(compactSegments(segments, { ...options, cleanEnd: 2, minDirtyRatio: 0.5 })).toBeNull();
  expect(compactSegments(segments, { ...options, cleanEnd: 3 })).toBeNull();
  expect(compactSegments(segments, { ...options, cleanEnd: 1, minDirtyRatio: 0.5 })?.map(rowsOf)).toEqual([['2:3']]);
  const compressed = batch(0, [['a', '1']], (bytes) => bytes.writeInt16BE(1, 21));
  expect(compactSegments([[compressed, batch(1, [['a', '2']])]], options)?.[0]?.[0]).toBe(compressed);
});

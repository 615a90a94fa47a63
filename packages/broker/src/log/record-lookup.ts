import { BatchHeader, readBatchHeader, readRecords, RecordColumns, type Compressions } from '@headrace/protocol';
import type { StoredBatch } from './stored-batch.ts';

/** The offset and the time of a record. */
export interface TimedOffset {
  readonly offset: number;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly leaderEpoch: number;
}

const header = new BatchHeader();
const columns = new RecordColumns();
const maxExpandedBytes = 256 * 1024 * 1024;

/**
 * Returns the first record of a batch that is not older than a time. Of a batch in a compression that is not at hand only the header
 * is known: its first offset with its greatest time.
 */
export function recordAt(batch: StoredBatch, time: number, compressions: Compressions): TimedOffset | undefined {
  const { bytes, leaderEpoch } = batch;
  readBatchHeader(bytes, 0, bytes.length, header);
  const name = header.compression;
  if (name !== 'none' && compressions[name] === undefined)
    return { offset: batch.baseOffset, timestamp: batch.maxTimestamp, leaderEpoch };
  readRecords(bytes, header, columns, { compressions, maxExpandedBytes });
  for (let row = 0; row < columns.count; row++) {
    const timestamp = columns.timestamps[row] as number;
    if (timestamp >= time) return { offset: columns.offsets[row] as number, timestamp, leaderEpoch };
  }
  return undefined;
}

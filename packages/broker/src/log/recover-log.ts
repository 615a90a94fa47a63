import {
  BatchHeader,
  ProtocolError,
  readBatchHeader,
  readEndMarker,
  readRecords,
  RecordColumns,
  verifyCrc,
} from '@headrace/protocol';
import { DataDirectoryError } from '../storage/data-directory-error.ts';
import type { SegmentFiles } from '../storage/segment-files.ts';
import type { PartitionLog } from './partition-log.ts';
import type { StoredBatch } from './stored-batch.ts';

const header = new BatchHeader();
const columns = new RecordColumns();

/**
 * Reads a partition from its files: batches, and what follows from them of producers and transactions. The last segment is cut off
 * where its last whole batch ends, since a crash may have left half of one; an earlier one that is not whole is an error.
 */
export function recoverLog(log: PartitionLog, files: SegmentFiles, start: number, now: number): void {
  const bases = files.bases();
  for (const [index, base] of bases.entries()) {
    const bytes = files.read(base);
    const batches: StoredBatch[] = [];
    let at = 0;
    for (; isBatch(bytes, at, Math.max(base, log.end)); at = header.end) {
      const { baseOffset, lastOffset, partitionLeaderEpoch: leaderEpoch, maxTimestamp } = header;
      if (baseOffset < (batches.at(-1)?.lastOffset ?? -1) + 1) break;
      batches.push({ bytes: bytes.subarray(at, header.end), baseOffset, lastOffset, leaderEpoch, maxTimestamp });
      follow(log, bytes, now);
    }
    if (at < bytes.length) cutOff(files, base, at, index === bases.length - 1);
    log.restore(base, batches, now);
  }
  log.restoreStart(start);
}

/** Reads the header of the batch at a place; false where there is no whole one. */
function isBatch(bytes: Buffer, at: number, least: number): boolean {
  try {
    if (!readBatchHeader(bytes, at, bytes.length, header)) return false;
    verifyCrc(bytes, header);
    return header.baseOffset >= least;
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}

function cutOff(files: SegmentFiles, base: number, at: number, isLast: boolean): void {
  if (isLast) return files.truncate(base, at);
  const file = files.fileOf(base);
  throw new DataDirectoryError(
    'BROKER_DATA_UNREADABLE',
    file,
    `"${file}" has no whole batch at ${at}, and is not the last.`,
  );
}

/** Takes in what a batch says of its producer. */
function follow(log: PartitionLog, bytes: Buffer, now: number): void {
  if (header.producerId < 0) return;
  const state = log.producer(header.producerId, now);
  if (!header.isControl) {
    const { producerEpoch, baseSequence, isTransactional, maxTimestamp, baseOffset, lastOffset } = header;
    // Compaction may have left fewer records than the batch had sequences.
    const count = lastOffset - baseOffset + 1;
    const appendTime = header.isLogAppendTime ? maxTimestamp : -1;
    state.appended({ producerEpoch, baseSequence, isTransactional, maxTimestamp, count }, baseOffset, appendTime);
    return;
  }
  readRecords(bytes, header, columns, { compressions: {}, maxExpandedBytes: 0 });
  const { result, coordinatorEpoch } = readEndMarker(columns, 0);
  log.transactionEnded(state, header, coordinatorEpoch, result === 'abort');
}

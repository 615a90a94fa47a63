import type { Columns } from '@headrace/core';
import {
  BatchHeader,
  readBatchHeader,
  readEndMarker,
  readRecords,
  RecordColumns,
  verifyCrc,
  type ReadRecordsOptions,
} from '@headrace/protocol';
import { AbortedTransactions, type AbortedTransaction } from './aborted-transactions.ts';
import { ColumnsBuilder } from './columns-builder.ts';
import type { EpochStart } from './position-epochs.ts';

/** What an answer to Fetch holds of one partition. */
export interface FetchedBytes {
  /** Whole record batches, the last of which may be cut off. */
  readonly bytes: Buffer;
  /** The offset from which on was asked: a batch may begin before it. */
  readonly from: number;
  /** The aborted transactions of the range; null to read what is not committed as well. */
  readonly aborted: readonly AbortedTransaction[] | null;
}

/** Records that may be seen, and the offset behind all that was fetched, seen or not. */
export interface DecodedFetch {
  readonly columns: readonly Columns[];
  readonly next: number;
  /** The epoch of the leader that wrote the last batch; -1 where there was none. */
  readonly leaderEpoch: number;
  /** Where batches of another epoch than that of the batch before begin, the first batch included. */
  readonly epochs: readonly EpochStart[];
}

const header = new BatchHeader();
const records = new RecordColumns();
const builder = new ColumnsBuilder();

/**
 * Reads record batches into columns over the bytes. Checksums are verified; markers and, where they are listed, aborted records are
 * left out; offsets that compaction took are passed over, and so is what comes again, since offsets only grow. Throws a `ProtocolError` for bytes that are no batches.
 */
export function decodeFetch({ bytes, from, aborted }: FetchedBytes, options: ReadRecordsOptions): DecodedFetch {
  const transactions = new AbortedTransactions(aborted);
  let next = from;
  let leaderEpoch = -1;
  const epochs: EpochStart[] = [];
  try {
    for (let at = 0; readBatchHeader(bytes, at, bytes.length, header); at = header.end) {
      if (header.lastOffset < next) continue;
      verifyCrc(bytes, header);
      const first = next;
      next = header.lastOffset + 1;
      if (epochs.length === 0 || header.partitionLeaderEpoch !== leaderEpoch) {
        leaderEpoch = header.partitionLeaderEpoch;
        epochs.push({ from: header.baseOffset, epoch: leaderEpoch });
      }
      if (header.isControl) {
        readRecords(bytes, header, records, options);
        if (records.count > 0 && readEndMarker(records, 0).result === 'abort')
          transactions.end(header.producerId, header.lastOffset);
        continue;
      }
      if (header.isTransactional && transactions.has(header.producerId, header.lastOffset)) continue;
      readRecords(bytes, header, records, options);
      builder.add(records, first);
    }
    return { columns: builder.take(), next, leaderEpoch, epochs };
  } finally {
    builder.take();
  }
}

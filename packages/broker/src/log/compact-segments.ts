import { BatchHeader, batchHeaderBytes, crc32c, readBatchHeader, readRecords, RecordColumns } from '@headrace/protocol';
import type { AbortedTransaction } from './aborted-transactions.ts';
import type { StoredBatch } from './stored-batch.ts';

/** How a log is compacted; times in milliseconds. */
export interface CompactionOptions {
  readonly now: number;
  readonly deleteRetentionMs: number;
  readonly minDirtyRatio: number;
  /** Up to where the log has been compacted before. */
  readonly cleanEnd: number;
  readonly aborted: readonly AbortedTransaction[];
  /** Tells whether a batch stays although none of its records does: the last one of a producer, whose sequences are known by it. */
  readonly isNeeded: (batch: StoredBatch) => boolean;
}

const header = new BatchHeader();
const columns = new RecordColumns();

/**
 * Returns the batches of segments with only the last record of each key, offsets as they were, without what was aborted and without
 * records that have no value and are older than `deleteRetentionMs`; null where too little is new. Markers and compressed batches
 * stay as they are. The rules are those of Kafka's `Cleaner`.
 */
export function compactSegments(
  segments: readonly (readonly StoredBatch[])[],
  options: CompactionOptions,
): readonly (readonly StoredBatch[])[] | null {
  const all = segments.flat();
  const bytesOf = (batches: readonly StoredBatch[]): number =>
    batches.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const dirty = bytesOf(all.filter(({ baseOffset }) => baseOffset >= options.cleanEnd));
  if (dirty === 0 || dirty / bytesOf(all) < options.minDirtyRatio) return null;
  const newest = new Map<string, number>();
  for (const batch of all) {
    if (!isOpen(batch) || isAborted(batch, options)) continue;
    for (let row = 0; row < columns.count; row++) {
      const key = keyAt(row);
      if (key !== null) newest.set(key, columns.offsets[row] as number);
    }
  }
  return segments.map((batches) => batches.flatMap((batch) => compactBatch(batch, newest, options)));
}

/** Reads a batch into `header` and `columns`; false for one that stays as it is. */
function isOpen({ bytes }: StoredBatch): boolean {
  readBatchHeader(bytes, 0, bytes.length, header);
  if (header.isControl || header.compression !== 'none') return false;
  readRecords(bytes, header, columns, { compressions: {}, maxExpandedBytes: 0 });
  return true;
}

/** Returns the key of a row; null where it has none, as in a topic that was not compacted before: nothing supersedes it, and it goes. */
function keyAt(row: number): string | null {
  const start = columns.keyStarts[row] as number;
  return start < 0 ? null : columns.buffer.toString('latin1', start, columns.keyEnds[row]);
}

/** Only transactions that have ended are looked at. */
function isAborted({ baseOffset }: StoredBatch, { aborted }: CompactionOptions): boolean {
  const { producerId, isTransactional } = header;
  return (
    isTransactional &&
    aborted.some(
      (each) => each.producerId === producerId && each.firstOffset <= baseOffset && baseOffset < each.lastOffset,
    )
  );
}

function compactBatch(
  batch: StoredBatch,
  newest: ReadonlyMap<string, number>,
  options: CompactionOptions,
): readonly StoredBatch[] {
  if (!isOpen(batch)) return [batch];
  const isDropped = isAborted(batch, options);
  const seesDeletions = batch.maxTimestamp + options.deleteRetentionMs >= options.now;
  const { bytes } = batch;
  const kept: Buffer[] = [];
  for (let row = 0, at = batchHeaderBytes; row < columns.count; row++) {
    const end = endOfRecord(bytes, at);
    const key = keyAt(row);
    const isNewest = key !== null && newest.get(key) === columns.offsets[row];
    const hasValue = (columns.valueStarts[row] as number) >= 0;
    if (!isDropped && isNewest && (hasValue || seesDeletions)) kept.push(bytes.subarray(at, end));
    at = end;
  }
  if (kept.length === columns.count) return [batch];
  if (kept.length === 0) return options.isNeeded(batch) ? [batch] : [];
  return [{ ...batch, bytes: rewritten(bytes, kept) }];
}

/** Returns where the record ends that begins at a place: its length is a zigzag varint. */
function endOfRecord(bytes: Buffer, start: number): number {
  let at = start;
  let raw = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes.readUInt8(at++);
    raw += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return at + raw / 2;
  }
}

/** Puts fewer records under the header of a batch: deltas of offsets and times are from what stays. */
function rewritten(bytes: Buffer, records: readonly Buffer[]): Buffer {
  const next = Buffer.concat([bytes.subarray(0, batchHeaderBytes), ...records]);
  next.writeInt32BE(next.length - 12, 8);
  next.writeInt32BE(records.length, 57);
  next.writeUInt32BE(crc32c(next, 21), 17);
  return next;
}

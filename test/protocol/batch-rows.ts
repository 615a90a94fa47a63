import {
  BatchHeader,
  readBatchHeader,
  readRecordHeaders,
  readRecords,
  RecordColumns,
  verifyCrc,
  writeRecordHeaders,
} from '@headrace/protocol';
import type { Compressions, RecordRows, RowRanges } from '@headrace/protocol';
import { gunzipSync, gzipSync } from 'node:zlib';

/** One record as an object, for tests only. */
export interface Row {
  offset: number;
  timestamp: number;
  key: Buffer | null;
  value: Buffer | null;
  headers: { name: string; value: Buffer | null }[];
}

/** gzip through node:zlib, bounded. */
export const compressions: Compressions = {
  gzip: {
    compress: (records) => gzipSync(records),
    decompress: (compressed, maxBytes) => gunzipSync(compressed, { maxOutputLength: maxBytes }),
  },
};

function ranges(cells: readonly (Uint8Array | null)[]): RowRanges {
  const starts = new Int32Array(cells.length);
  const ends = new Int32Array(cells.length);
  let at = 0;
  cells.forEach((cell, index) => {
    starts[index] = cell === null ? -1 : at;
    ends[index] = cell === null ? -1 : (at += cell.length);
  });
  return { buffer: Buffer.concat(cells.filter((cell) => cell !== null)), starts, ends };
}

/** Lays records out as columns. */
export function rowsOf(rows: readonly Omit<Row, 'offset'>[]): RecordRows {
  return {
    rows: Int32Array.from(rows, (_, index) => index),
    timestamps: Float64Array.from(rows, (row) => row.timestamp),
    keys: ranges(rows.map((row) => row.key)),
    values: ranges(rows.map((row) => row.value)),
    headers: ranges(rows.map((row) => (row.headers.length === 0 ? null : writeRecordHeaders(row.headers)))),
  };
}

/** Reads one whole batch, checksum included. */
export function readBatch(batch: Buffer): { header: BatchHeader; columns: RecordColumns; rows: Row[] } {
  const header = new BatchHeader();
  if (!readBatchHeader(batch, 0, batch.length, header)) throw new Error('the batch is cut off');
  verifyCrc(batch, header);
  const columns = new RecordColumns();
  readRecords(batch, header, columns, { compressions, maxExpandedBytes: 1 << 20 });
  const cell = (starts: Int32Array, ends: Int32Array, row: number): Buffer | null =>
    (starts[row] as number) < 0 ? null : columns.buffer.subarray(starts[row], ends[row]);
  const rows = Array.from({ length: columns.count }, (_, row) => ({
    offset: columns.offsets[row] as number,
    timestamp: columns.timestamps[row] as number,
    key: cell(columns.keyStarts, columns.keyEnds, row),
    value: cell(columns.valueStarts, columns.valueEnds, row),
    headers: readRecordHeaders(
      columns.buffer,
      columns.headerStarts[row] as number,
      columns.headerEnds[row] as number,
    ) as Row['headers'],
  }));
  return { header, columns, rows };
}

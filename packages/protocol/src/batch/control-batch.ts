import { ProtocolError } from '../protocol-error.ts';
import { attribute } from './batch-header.ts';
import type { RecordColumns } from './record-columns.ts';
import { measureRows, writeRows } from './record-rows.ts';
import type { RecordRows } from './record-rows.ts';
import { finishBatch } from './write-batch.ts';
import { batchHeaderBytes } from './batch-header.ts';

/** The marker that ends a transaction, the one record of a control batch. */
export interface EndMarker {
  /** Null for a marker of a kind that is not known: it is stepped over like the others. */
  readonly result: 'commit' | 'abort' | null;
  readonly coordinatorEpoch: number;
}

/** Reads the marker in a row of a control batch: the key holds version and kind, the value version and coordinator epoch. */
export function readEndMarker(columns: RecordColumns, row: number): EndMarker {
  const { buffer } = columns;
  const start = columns.keyStarts[row] as number;
  if (start < 0 || (columns.keyEnds[row] as number) - start < 4)
    throw new ProtocolError('BAD_BATCH', 'The key of a control record is shorter than 4 bytes.');
  const kind = buffer.readInt16BE(start + 2);
  const value = columns.valueStarts[row] as number;
  const hasEpoch = value >= 0 && (columns.valueEnds[row] as number) - value >= 6;
  const result = kind === 0 ? 'abort' : kind === 1 ? 'commit' : null;
  if (result !== null && !hasEpoch)
    throw new ProtocolError('BAD_BATCH', 'The value of a control record is shorter than 6 bytes.');
  return { result, coordinatorEpoch: hasEpoch ? buffer.readInt32BE(value + 2) : -1 };
}

/** Says which transaction a marker ends and where the marker stands. */
export interface EndMarkerOptions {
  readonly result: 'commit' | 'abort';
  readonly coordinatorEpoch: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseOffset: number;
  readonly partitionLeaderEpoch: number;
  /** Epoch milliseconds. */
  readonly timestamp: number;
}

/** Writes the control batch that ends a transaction, as a broker appends it. */
export function writeEndMarker(options: EndMarkerOptions): Buffer {
  const bytes = Buffer.alloc(10);
  bytes.writeInt16BE(options.result === 'commit' ? 1 : 0, 2);
  bytes.writeInt32BE(options.coordinatorEpoch, 6);
  const rows: RecordRows = {
    rows: Int32Array.of(0),
    timestamps: Float64Array.of(options.timestamp),
    keys: { buffer: bytes, starts: Int32Array.of(0), ends: Int32Array.of(4) },
    values: { buffer: bytes, starts: Int32Array.of(4), ends: Int32Array.of(10) },
    headers: null,
  };
  const batch = Buffer.allocUnsafe(batchHeaderBytes + measureRows(rows).bytes);
  writeRows(batch, batchHeaderBytes, rows, options.timestamp);
  finishBatch(batch, {
    baseOffset: options.baseOffset,
    partitionLeaderEpoch: options.partitionLeaderEpoch,
    attributes: attribute.transactional | attribute.control,
    baseTimestamp: options.timestamp,
    maxTimestamp: options.timestamp,
    producerId: options.producerId,
    producerEpoch: options.producerEpoch,
    baseSequence: -1,
    count: 1,
  });
  return batch;
}

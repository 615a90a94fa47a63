import { ProtocolError } from '../protocol-error.ts';
import { attribute, batchHeaderBytes, place } from './batch-header.ts';
import { compressionNames } from './compression.ts';
import type { CompressionName, Compressions } from './compression.ts';
import { crc32c } from './crc32c.ts';
import { measureRows, writeRows } from './record-rows.ts';
import type { RecordRows } from './record-rows.ts';
import { ByteWriter } from '../wire/byte-writer.ts';

/** What a producer says of a batch. Without an idempotent producer id, epoch and sequence are -1. */
export interface BatchProducer {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** The sequence of the first record; it wraps at 2^31 to 0, record by record, as in the Java client. */
  readonly baseSequence: number;
  readonly transactional: boolean;
}

/** Says how a batch is written. */
export interface WriteBatchOptions {
  readonly producer?: BatchProducer;
  readonly compression?: CompressionName;
  readonly compressions?: Compressions;
  /** 0 when left out, as producers write it; a broker gives the real one. */
  readonly baseOffset?: number;
  /** -1 when left out, as producers write it. */
  readonly partitionLeaderEpoch?: number;
}

const notIdempotent: BatchProducer = { producerId: -1, producerEpoch: -1, baseSequence: -1, transactional: false };

/** Returns how many bytes a batch of these rows takes before compression. */
export function batchBytes(source: RecordRows): number {
  return batchHeaderBytes + measureRows(source).bytes;
}

/**
 * Writes rows as one record batch (version 2) into a buffer of its exact size. The first row gets offset delta 0, and so on.
 * Fails for no rows, ranges outside their buffer, and a compression that is not at hand.
 */
export function writeBatch(source: RecordRows, options: WriteBatchOptions = {}): Buffer {
  if (source.rows.length === 0) throw new ProtocolError('NOT_ENCODABLE', 'A batch has at least one record.');
  const extent = measureRows(source);
  const plain = Buffer.allocUnsafe(batchHeaderBytes + extent.bytes);
  writeRows(plain, batchHeaderBytes, source, extent.baseTimestamp);
  const batch = compressed(plain, options);
  const producer = options.producer ?? notIdempotent;
  const codec = compressionNames.indexOf(options.compression ?? 'none');
  finishBatch(batch, {
    baseOffset: options.baseOffset ?? 0,
    partitionLeaderEpoch: options.partitionLeaderEpoch ?? -1,
    attributes: codec | (producer.transactional ? attribute.transactional : 0),
    baseTimestamp: extent.baseTimestamp,
    maxTimestamp: extent.maxTimestamp,
    count: source.rows.length,
    ...producer,
  });
  return batch;
}

/** The fields of a batch's header that its bytes do not tell. */
export interface BatchFields extends Omit<BatchProducer, 'transactional'> {
  readonly baseOffset: number;
  readonly partitionLeaderEpoch: number;
  readonly attributes: number;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  readonly count: number;
}

/** Writes the header of a batch whose records stand from byte 61 on, its checksum last. */
export function finishBatch(batch: Buffer, fields: BatchFields): void {
  const writer = new ByteWriter(batch);
  writer.int64(fields.baseOffset);
  writer.int32(batch.length - place.leaderEpoch);
  writer.int32(fields.partitionLeaderEpoch);
  writer.int8(2);
  writer.at = place.attributes;
  writer.int16(fields.attributes);
  writer.int32(fields.count - 1);
  writer.int64(fields.baseTimestamp);
  writer.int64(fields.maxTimestamp);
  writer.int64(fields.producerId);
  writer.int16(fields.producerEpoch);
  writer.int32(fields.baseSequence);
  writer.int32(fields.count);
  batch.writeUInt32BE(crc32c(batch, place.attributes), place.crc);
}

function compressed(plain: Buffer, { compression = 'none', compressions }: WriteBatchOptions): Buffer {
  if (compression === 'none') return plain;
  const codec = compressions?.[compression];
  if (codec === undefined)
    throw new ProtocolError('UNSUPPORTED_COMPRESSION', `"${compression}" cannot be written here.`);
  const records = codec.compress(plain.subarray(batchHeaderBytes));
  const batch = Buffer.allocUnsafe(batchHeaderBytes + records.length);
  batch.set(records, batchHeaderBytes);
  return batch;
}

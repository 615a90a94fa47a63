import { ProtocolError } from '../protocol-error.ts';
import { compressionNames } from './compression.ts';
import type { CompressionName } from './compression.ts';
import { crc32c } from './crc32c.ts';

/** The bytes of a record batch before its records. */
export const batchHeaderBytes = 61;

/** The places of a batch's fields, from its start. */
export const place = {
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  count: 57,
} as const;

/** The bits of a batch's attributes above the compression. */
export const attribute = { logAppendTime: 0x08, transactional: 0x10, control: 0x20, deleteHorizon: 0x40 } as const;

/**
 * The header of a record batch (version 2, Kafka's implementation guide, "Message format"), read into again and again.
 * Offsets are numbers below 2^53; timestamps are epoch milliseconds, -1 for none.
 */
export class BatchHeader {
  /** The place of the batch in the buffer, and the place after its last byte. */
  start = 0;
  end = 0;
  baseOffset = 0;
  lastOffset = 0;
  partitionLeaderEpoch = 0;
  crc = 0;
  attributes = 0;
  baseTimestamp = 0;
  maxTimestamp = 0;
  producerId = -1;
  producerEpoch = -1;
  baseSequence = -1;
  count = 0;

  get compression(): CompressionName {
    return compressionNames[this.attributes & 7] as CompressionName;
  }

  get isTransactional(): boolean {
    return (this.attributes & attribute.transactional) !== 0;
  }

  /** True where the records are markers that end transactions, not anybody's data. */
  get isControl(): boolean {
    return (this.attributes & attribute.control) !== 0;
  }

  /** True where every record has the time at which the broker appended it. */
  get isLogAppendTime(): boolean {
    return (this.attributes & attribute.logAppendTime) !== 0;
  }
}

/**
 * Reads the header of the batch at `at` into `header`. Returns false where the batch is not whole before `end`: a fetch may cut its last one off.
 * Refuses batches of magic 0 and 1 and lengths, counts and attributes that cannot be.
 */
export function readBatchHeader(buffer: Buffer, at: number, end: number, header: BatchHeader): boolean {
  const left = Math.min(end, buffer.length) - at;
  if (left < place.magic + 1) return false;
  const magic = buffer.readInt8(at + place.magic);
  if (magic !== 2) throw unsupported(magic);
  const length = buffer.readInt32BE(at + place.length);
  if (length < batchHeaderBytes - place.leaderEpoch)
    throw new ProtocolError('BAD_BATCH', `A batch of ${length} bytes is shorter than its header.`);
  if (length > left - place.leaderEpoch) return false;
  header.start = at;
  header.end = at + place.leaderEpoch + length;
  readFields(buffer, at, header);
  return true;
}

/** Refuses a batch whose bytes are not those that its producer checked. */
export function verifyCrc(buffer: Buffer, header: BatchHeader): void {
  const crc = crc32c(buffer, header.start + place.attributes, header.end);
  if (crc !== header.crc)
    throw new ProtocolError('CRC_MISMATCH', `The batch at offset ${header.baseOffset} has a wrong checksum.`);
}

function readFields(buffer: Buffer, at: number, header: BatchHeader): void {
  const lastOffsetDelta = buffer.readInt32BE(at + place.lastOffsetDelta);
  header.baseOffset = offset(buffer, at);
  header.lastOffset = header.baseOffset + lastOffsetDelta;
  header.partitionLeaderEpoch = buffer.readInt32BE(at + place.leaderEpoch);
  header.crc = buffer.readUInt32BE(at + place.crc);
  header.attributes = buffer.readInt16BE(at + place.attributes);
  header.baseTimestamp = long(buffer, at + place.baseTimestamp);
  header.maxTimestamp = long(buffer, at + place.maxTimestamp);
  header.producerId = long(buffer, at + place.producerId);
  header.producerEpoch = buffer.readInt16BE(at + place.producerEpoch);
  header.baseSequence = buffer.readInt32BE(at + place.baseSequence);
  header.count = buffer.readInt32BE(at + place.count);
  if ((header.attributes & 7) >= compressionNames.length)
    throw new ProtocolError('UNSUPPORTED_COMPRESSION', `There is no compression ${header.attributes & 7}.`);
  // Compaction takes records out and keeps the last offset, so a batch may hold fewer, even none, but never more.
  if (lastOffsetDelta < 0 || header.count < 0 || header.count > lastOffsetDelta + 1)
    throw new ProtocolError('BAD_BATCH', `${header.count} records cannot have ${lastOffsetDelta + 1} offsets.`);
  if (!Number.isSafeInteger(header.lastOffset))
    throw new ProtocolError('LONG_NOT_SAFE', 'The offsets of a batch are beyond 2^53.');
}

function offset(buffer: Buffer, at: number): number {
  const value = long(buffer, at);
  if (value < 0 || !Number.isSafeInteger(value))
    throw new ProtocolError('BAD_BATCH', 'The first offset of a batch is negative or beyond 2^53.');
  return value;
}

/** Beyond 2^53 the nearest double: a strange time must not make a partition unreadable. */
function long(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at) * 4294967296 + buffer.readUInt32BE(at + 4);
}

function unsupported(magic: number): ProtocolError {
  const what =
    magic === 0 || magic === 1
      ? `A message set of magic ${magic}, as before Kafka 0.11, cannot be read; only record batches of magic 2 can.`
      : `A batch has magic ${magic}; only 2 is known.`;
  return new ProtocolError('UNSUPPORTED_MAGIC', what);
}

import {
  attribute,
  BatchHeader,
  crc32c,
  ProtocolError,
  readBatchHeader,
  readRecords,
  RecordColumns,
  verifyCrc,
} from '@headrace/protocol';
import { Refusal } from '../refusal.ts';
import type { LogSettings } from './log-settings.ts';
import type { PartitionLog } from './partition-log.ts';

/** Where a produced batch stands, whether it is new or had been appended before. */
export interface Appended {
  readonly baseOffset: number;
  /** The time of its append where the topic has LogAppendTime, else -1. */
  readonly appendTime: number;
}

/** What goes with a batch that is appended. */
export interface AppendContext {
  readonly leaderEpoch: number;
  readonly now: number;
  /** How long a producer is remembered that writes nothing; milliseconds. */
  readonly producerIdExpirationMs: number;
  /** Called for a transactional batch of a producer that has no transaction open here; throws unless it may begin. */
  readonly verifyTransaction: (header: BatchHeader) => void;
}

const header = new BatchHeader();
const columns = new RecordColumns();

/**
 * Checks the one batch of a produce request as a leader does and appends it; a batch of an idempotent producer that is here already
 * gets its old place. Throws a `Refusal` for what is not appended. The rules are those of Kafka's `LogValidator` and `UnifiedLog`.
 */
export function appendProduced(log: PartitionLog, records: Uint8Array, context: AppendContext): Appended {
  const bytes = Buffer.from(records);
  readOneBatch(bytes);
  checkBatch(bytes, log.settings, context.now);
  if (header.producerId < 0) {
    if (header.isTransactional) throw new Refusal('INVALID_RECORD', 'A transactional batch has no producer id.');
    const appended = store(log, bytes, context);
    log.wake();
    return appended;
  }
  log.expireProducers(context.now, context.producerIdExpirationMs);
  const known = log.producers.get(header.producerId);
  const isOpen = known !== undefined && known.transactionStart !== null && known.epoch === header.producerEpoch;
  if (header.isTransactional && !isOpen) context.verifyTransaction(header);
  const duplicate = known?.duplicateOf(header);
  if (duplicate !== undefined) return duplicate;
  known?.check(header);
  const appended = store(log, bytes, context);
  log.producer(header.producerId, context.now).appended(header, appended.baseOffset, appended.appendTime);
  log.wake();
  return appended;
}

/** Produce since version 3 carries exactly one batch of magic 2. */
function readOneBatch(bytes: Buffer): void {
  try {
    if (!readBatchHeader(bytes, 0, bytes.length, header)) throw corrupt('There is no whole batch.');
    if (header.end !== bytes.length) throw new Refusal('INVALID_RECORD', 'There is more than one batch.');
    verifyCrc(bytes, header);
  } catch (error) {
    throw refusalOf(error);
  }
}

function checkBatch(bytes: Buffer, settings: LogSettings, now: number): void {
  if (bytes.length > settings.maxMessageBytes)
    throw new Refusal('MESSAGE_TOO_LARGE', `A batch has ${bytes.length} bytes; ${settings.maxMessageBytes} are taken.`);
  if (header.baseOffset !== 0) throw new Refusal('INVALID_RECORD', 'The first offset of a produced batch is 0.');
  if (header.count === 0 || header.count !== header.lastOffset + 1)
    throw new Refusal('INVALID_RECORD', `A batch of ${header.lastOffset + 1} offsets has ${header.count} records.`);
  if (header.isControl) throw new Refusal('INVALID_RECORD', 'Clients do not write control batches.');
  if (header.producerId >= 0 && header.baseSequence < 0)
    throw new Refusal('INVALID_RECORD', `A batch of producer ${header.producerId} has no sequence.`);
  if (!settings.logAppendTime) checkTime(settings, now);
  if (header.compression === 'none') checkRecords(bytes, settings);
}

function checkTime({ timestampAfterMaxMs, timestampBeforeMaxMs }: LogSettings, now: number): void {
  const { maxTimestamp } = header;
  if (maxTimestamp < 0) return;
  if (maxTimestamp - now > timestampAfterMaxMs || now - maxTimestamp > timestampBeforeMaxMs)
    throw new Refusal('INVALID_TIMESTAMP', `The time ${maxTimestamp} is too far from the broker's.`);
}

/** A broker reads every record. Those of a compressed batch are checked by whoever reads them. */
function checkRecords(bytes: Buffer, { compacts }: LogSettings): void {
  try {
    readRecords(bytes, header, columns, { compressions: {}, maxExpandedBytes: 0 });
  } catch (error) {
    throw error instanceof ProtocolError ? new Refusal('INVALID_RECORD', error.message) : error;
  }
  for (let row = 0; compacts && row < columns.count; row++)
    if ((columns.keyStarts[row] as number) < 0)
      throw new Refusal('INVALID_RECORD', 'A topic that is compacted takes no record without a key.');
}

function store(log: PartitionLog, bytes: Buffer, { leaderEpoch, now }: AppendContext): Appended {
  const { logAppendTime } = log.settings;
  const baseOffset = log.end;
  bytes.writeBigInt64BE(BigInt(baseOffset), 0);
  bytes.writeInt32BE(leaderEpoch, 12);
  if (logAppendTime) stampAppendTime(bytes, now);
  const lastOffset = baseOffset + header.count - 1;
  log.append({ bytes, baseOffset, lastOffset, leaderEpoch, maxTimestamp: header.maxTimestamp }, now);
  return { baseOffset, appendTime: logAppendTime ? now : -1 };
}

/** The time lies inside what the checksum covers. */
function stampAppendTime(bytes: Buffer, now: number): void {
  bytes.writeInt16BE(header.attributes | attribute.logAppendTime, 21);
  bytes.writeBigInt64BE(BigInt(now), 35);
  bytes.writeUInt32BE(crc32c(bytes, 21), 17);
  header.maxTimestamp = now;
}

function corrupt(message: string): Refusal {
  return new Refusal('CORRUPT_MESSAGE', message);
}

function refusalOf(error: unknown): unknown {
  if (!(error instanceof ProtocolError)) return error;
  if (error.code === 'CRC_MISMATCH') return corrupt(error.message);
  if (error.code === 'UNSUPPORTED_MAGIC' || error.code === 'UNSUPPORTED_COMPRESSION')
    return new Refusal('INVALID_RECORD', error.message);
  return corrupt(error.message);
}

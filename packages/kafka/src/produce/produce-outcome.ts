import { kafkaError, type KafkaErrorName } from '@headrace/protocol';
import type { BatchOutcome } from './partition-queue.ts';

/** What an answer means for a batch, and what else there is to do about it. */
export interface ProduceOutcome {
  readonly outcome: BatchOutcome;
  /** Who leads the partition must be asked again. */
  readonly refresh?: boolean;
  /** The producer id is of no use any more. */
  readonly discard?: boolean;
  /** The records are at fault: fewer of them, or others, may be taken. */
  readonly records?: boolean;
}

const outcomes: Readonly<Partial<Record<KafkaErrorName, ProduceOutcome>>> = {
  NONE: { outcome: 'acked' },
  DUPLICATE_SEQUENCE_NUMBER: { outcome: 'acked' },
  OUT_OF_ORDER_SEQUENCE_NUMBER: { outcome: 'gap' },
  UNKNOWN_PRODUCER_ID: { outcome: 'gap' },
  INVALID_PRODUCER_EPOCH: { outcome: 'gap', discard: true },
  PRODUCER_FENCED: { outcome: 'gap', discard: true },
  MESSAGE_TOO_LARGE: { outcome: 'refused', records: true },
  RECORD_LIST_TOO_LARGE: { outcome: 'refused', records: true },
  INVALID_TIMESTAMP: { outcome: 'refused', records: true },
  INVALID_RECORD: { outcome: 'refused', records: true },
};

/** Says what the error code of a partition in an answer to Produce means. What nobody can do anything about refuses the batch. */
export function produceOutcome(code: number): ProduceOutcome {
  const { name, retriable } = kafkaError(code);
  return outcomes[name] ?? (retriable ? { outcome: 'again', refresh: true } : { outcome: 'refused' });
}

import { kafkaError, type KafkaErrorName } from '@headrace/protocol';

/**
 * What the error code of a partition in an answer to Fetch asks for. `records`: none, there may be some. `again`: ask again later, after
 * asking who leads, and whether the topic is still the same. `outOfRange`: the offset does not exist. `fail`: nothing helps.
 */
export type FetchOutcome = 'records' | 'again' | 'outOfRange' | 'fail';

const outcomes: Readonly<Partial<Record<KafkaErrorName, FetchOutcome>>> = {
  NONE: 'records',
  OFFSET_OUT_OF_RANGE: 'outOfRange',
};

/** Says what an error code means for a partition that is read. */
export function fetchOutcome(code: number): FetchOutcome {
  const { name, retriable } = kafkaError(code);
  return outcomes[name] ?? (retriable ? 'again' : 'fail');
}

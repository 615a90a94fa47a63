import { kafkaError, type KafkaErrorName } from '@headrace/protocol';

/**
 * What the error code of a partition in an answer to Fetch asks for. `records`: none, there may be some. `again`: ask again later, after
 * asking who leads. `outOfRange`: the offset does not exist. `gone`: the topic is another one than it was. `fail`: nothing helps.
 */
export type FetchOutcome = 'records' | 'again' | 'outOfRange' | 'gone' | 'fail';

const outcomes: Readonly<Partial<Record<KafkaErrorName, FetchOutcome>>> = {
  NONE: 'records',
  OFFSET_OUT_OF_RANGE: 'outOfRange',
  UNKNOWN_TOPIC_ID: 'gone',
  INCONSISTENT_TOPIC_ID: 'gone',
};

/** Says what an error code means for a partition that is read. */
export function fetchOutcome(code: number): FetchOutcome {
  const { name, retriable } = kafkaError(code);
  return outcomes[name] ?? (retriable ? 'again' : 'fail');
}

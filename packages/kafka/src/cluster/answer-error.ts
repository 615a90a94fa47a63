import { HeadraceError, type ErrorPlace } from '@headrace/core';
import { kafkaError, type KafkaErrorName } from '@headrace/protocol';
import { notAllowed } from './not-allowed.ts';

const unknownTopic: readonly KafkaErrorName[] = [
  'UNKNOWN_TOPIC_OR_PARTITION',
  'INVALID_TOPIC_EXCEPTION',
  'UNKNOWN_TOPIC_ID',
];

/** What is known beside the code: where it happened, what the broker said, and the right that it may be about. */
export interface AnswerDetails {
  readonly place?: ErrorPlace;
  readonly message?: string | null;
  readonly right?: string | null;
}

/**
 * Turns the code of an answer into an error; `what` completes the sentence "Kafka …". What the broker itself calls passing is
 * retryable, but for a topic that does not exist: waiting does not make one. `right` names the right that is missing where the broker
 * says that something is not allowed, such as `Read on topic "orders"`.
 */
export function answerError(
  code: number,
  what: string,
  { place = {}, message = null, right = null }: AnswerDetails = {},
): HeadraceError {
  const { name, retriable } = kafkaError(code);
  const reason = name === 'UNKNOWN_SERVER_ERROR' ? `${name} (${code})` : name;
  const text = `Kafka ${what}: ${reason}${message === null || message === '' ? '' : ` (${message})`}.`;
  if (unknownTopic.includes(name)) return new HeadraceError('UNKNOWN_TOPIC', text, { place });
  if (name.endsWith('_AUTHORIZATION_FAILED')) return notAllowed(text, right, { place });
  if (retriable) return new HeadraceError('KAFKA_UNAVAILABLE', text, { place, retryable: true });
  return new HeadraceError('KAFKA_FAILED', text, { place });
}

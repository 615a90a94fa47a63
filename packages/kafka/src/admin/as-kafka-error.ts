import { HeadraceError } from '@headrace/core';

/** Returns the error itself, or gives what was thrown a code; `what` completes the sentence "Kafka …". */
export function asKafkaError(thrown: unknown, what: string): HeadraceError {
  if (thrown instanceof HeadraceError) return thrown;
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new HeadraceError('KAFKA_FAILED', `Kafka ${what}: ${reason}`, { cause: thrown });
}

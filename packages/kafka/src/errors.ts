import { HeadraceError } from '@headrace/core';
import type { ErrorPlace } from '@headrace/core';

/** What kafkajs says about a failure, at the root of what it wrapped around it. */
interface Fault {
  readonly name: string;
  readonly message: string;
  /** The name of the broker's error code, such as `MESSAGE_TOO_LARGE`. */
  readonly type: string | null;
  /** The code of a socket's error, such as `ECONNREFUSED`. */
  readonly socketCode: string | null;
  readonly retriable: boolean;
}

const fencedFaults = ['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'REBALANCE_IN_PROGRESS', 'FENCED_INSTANCE_ID'];
const unknownTopicFaults = ['UNKNOWN_TOPIC_OR_PARTITION', 'INVALID_TOPIC_EXCEPTION'];
// kafkajs tries these again as if the network were at fault: the configuration is.
const certificateFault =
  /^(ERR_TLS|ERR_SSL|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_(GET|VERIFY)|HOSTNAME_MISMATCH|EPROTO)/;

/** Turns what kafkajs threw into an error with a code; `what` completes the sentence "Kafka …". */
export function kafkaError(thrown: unknown, what: string, place: ErrorPlace = {}): HeadraceError {
  if (thrown instanceof HeadraceError) return thrown;
  const fault = faultOf(thrown);
  const { code, retryable } = classify(fault);
  return new HeadraceError(code, `Kafka ${what}: ${fault.message}`, { place, retryable, cause: thrown });
}

/** Turns the failure of a commit into an error; one that the group refused is never tried again. */
export function commitError(thrown: unknown, group: string): HeadraceError {
  if (thrown instanceof HeadraceError) return thrown;
  const fault = faultOf(thrown);
  // Without a type it is kafkajs itself that refuses, because its consumer has just ended.
  const isRefused = fault.type === null ? fault.name === 'KafkaJSNonRetriableError' : fencedFaults.includes(fault.type);
  if (!isRefused) return kafkaError(thrown, `could not commit positions of group "${group}"`);
  return new HeadraceError('COMMIT_REFUSED', `Group "${group}" refused the commit: ${fault.message}`, {
    cause: thrown,
  });
}

function classify({ name, type, socketCode, retriable }: Fault): { code: string; retryable: boolean } {
  if (type !== null && unknownTopicFaults.includes(type)) return { code: 'UNKNOWN_TOPIC', retryable: false };
  if (name === 'KafkaJSSASLAuthenticationError') return { code: 'KAFKA_LOGIN_REFUSED', retryable: false };
  if (type?.endsWith('_AUTHORIZATION_FAILED') === true) return { code: 'KAFKA_NOT_ALLOWED', retryable: false };
  if (socketCode !== null && certificateFault.test(socketCode)) return { code: 'KAFKA_TLS_FAILED', retryable: false };
  if (retriable) return { code: 'KAFKA_UNAVAILABLE', retryable: true };
  return { code: 'KAFKA_FAILED', retryable: false };
}

// kafkajs wraps an error once for each layer; the innermost says what happened. `retriable` of the wrappers only says that kafkajs
// has given up.
function faultOf(thrown: unknown): Fault {
  let root: unknown = thrown;
  for (let depth = 0; depth < 10 && root instanceof Error && root.cause instanceof Error; depth++) root = root.cause;
  if (!(root instanceof Error)) {
    return { name: '', message: String(root), type: null, socketCode: null, retriable: false };
  }
  const { type, code, retriable } = root as Error & { type?: unknown; code?: unknown; retriable?: unknown };
  return {
    name: root.name,
    message: root.message,
    type: typeof type === 'string' ? type : null,
    socketCode: typeof code === 'string' ? code : null,
    retriable: retriable === true,
  };
}

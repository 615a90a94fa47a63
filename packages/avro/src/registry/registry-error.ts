/** Names why a schema registry did not give what was asked for. */
export type RegistryErrorCode =
  /** An option or an argument cannot be used. */
  | 'BAD_OPTION'
  /** The registry could not be reached, or the connection broke. */
  | 'UNREACHABLE'
  /** No whole answer came in time. */
  | 'TIMED_OUT'
  /** The registry answered with 5xx, 408 or 429, on every attempt. */
  | 'REGISTRY_FAILED'
  /** Credentials are missing, wrong or not enough. */
  | 'UNAUTHORIZED'
  | 'SUBJECT_NOT_FOUND'
  | 'VERSION_NOT_FOUND'
  /** No schema has the id, or the subject does not hold the schema. */
  | 'SCHEMA_NOT_FOUND'
  /** The registry refuses a schema that does not fit the earlier ones of its subject. */
  | 'INCOMPATIBLE_SCHEMA'
  /** The registry does not take the text for a schema. */
  | 'INVALID_SCHEMA'
  /** The registry refused the request for another reason. */
  | 'REFUSED'
  /** The answer sends the request to another host, or round in circles. */
  | 'REDIRECT_REFUSED'
  | 'RESPONSE_TOO_LARGE'
  /** The answer is not what the API promises. */
  | 'BAD_RESPONSE'
  /** The schema is one of JSON Schema or Protobuf. */
  | 'NOT_AVRO'
  /** The registry holds a schema that this package cannot use; the cause says why. */
  | 'UNUSABLE_SCHEMA'
  /** References form a cycle, disagree or are too many. */
  | 'BAD_REFERENCES'
  /** Too many ids turned out to be unknown, or too many wait: the look-up was not made. */
  | 'LOOKUPS_LIMITED'
  /** A datum was to be decoded before its writer's schema was fetched. */
  | 'SCHEMA_NOT_READY'
  /** The client was closed. */
  | 'CLOSED';

/** Holds what is known of a failure beside its code. */
export interface RegistryErrorFacts {
  /** The status of the answer. */
  readonly status?: number;
  /** The `error_code` inside the answer, such as 40403. */
  readonly registryCode?: number;
  /** How long to wait before the next try, if somebody said so. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

const PASSING: ReadonlySet<RegistryErrorCode> = new Set([
  'UNREACHABLE',
  'TIMED_OUT',
  'REGISTRY_FAILED',
  'LOOKUPS_LIMITED',
  'SCHEMA_NOT_READY',
]);

/** Reports that a schema registry did not give what was asked for. No message, cause or property holds a secret. */
export class RegistryError extends Error {
  readonly code: RegistryErrorCode;
  /** What was asked, `GET /schemas/ids/7`; empty where nothing was. */
  readonly request: string;
  readonly status: number | null;
  readonly registryCode: number | null;
  readonly retryAfterMs: number | null;
  /** Tells whether the same request may succeed later, with nothing changed on this side. */
  readonly retryable: boolean;

  constructor(code: RegistryErrorCode, request: string, message: string, facts: RegistryErrorFacts = {}) {
    super(message, facts.cause === undefined ? {} : { cause: facts.cause });
    this.name = 'RegistryError';
    this.code = code;
    this.request = request;
    this.status = facts.status ?? null;
    this.registryCode = facts.registryCode ?? null;
    this.retryAfterMs = facts.retryAfterMs ?? null;
    this.retryable = PASSING.has(code);
  }
}

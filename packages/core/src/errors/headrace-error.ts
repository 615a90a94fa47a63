/** Says where an error happened: the node of the topology and, where known, the record. */
export interface ErrorPlace {
  readonly node?: string;
  readonly task?: string;
  readonly split?: string;
  readonly offset?: number;
  readonly file?: string;
}

/** Carries what callers act upon: a code that never changes meaning, the place, whether trying again can help, and the cause. */
export class HeadraceError extends Error {
  readonly code: string;
  readonly place: ErrorPlace;
  readonly retryable: boolean;

  constructor(
    code: string,
    message: string,
    details: { place?: ErrorPlace; retryable?: boolean; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'HeadraceError';
    this.code = code;
    this.place = details.place ?? {};
    this.retryable = details.retryable ?? false;
  }
}

/** Returns the error itself, or wraps what was thrown so that it has a code. */
export function asHeadraceError(thrown: unknown, code: string, place: ErrorPlace = {}): HeadraceError {
  if (thrown instanceof HeadraceError) {
    return Object.keys(thrown.place).length > 0
      ? thrown
      : new HeadraceError(thrown.code, thrown.message, { place, retryable: thrown.retryable, cause: thrown });
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new HeadraceError(code, message, { place, cause: thrown });
}

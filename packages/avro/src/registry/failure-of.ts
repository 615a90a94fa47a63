import { RegistryError, type RegistryErrorCode } from './registry-error.ts';
import { retryAfterMs } from './retry-after.ts';
import type { Secrets } from './secrets.ts';

/** Holds an answer that was read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly text: string;
}

/** Codes inside an answer (Confluent's API reference, "Errors"). */
const BY_REGISTRY_CODE: ReadonlyMap<number | null, RegistryErrorCode> = new Map([
  [40401, 'SUBJECT_NOT_FOUND'],
  [40402, 'VERSION_NOT_FOUND'],
  [40403, 'SCHEMA_NOT_FOUND'],
  [42201, 'INVALID_SCHEMA'],
]);

const BY_STATUS: ReadonlyMap<number, RegistryErrorCode> = new Map([
  [401, 'UNAUTHORIZED'],
  [403, 'UNAUTHORIZED'],
  [408, 'REGISTRY_FAILED'],
  [409, 'INCOMPATIBLE_SCHEMA'],
  [429, 'REGISTRY_FAILED'],
]);

/**
 * Turns an answer that is no success into an error. A 404 without one of the registry's own codes is not taken for a
 * missing schema: it comes from a wrong path or from a proxy.
 */
export function failureOf({ status, headers, text }: Answer, request: string, secrets: Secrets): RegistryError {
  const said = explanationOf(text);
  const code = BY_STATUS.get(status) ?? (status >= 500 ? 'REGISTRY_FAILED' : BY_REGISTRY_CODE.get(said.registryCode));
  const reason = said.message === null ? '' : `: ${secrets.clean(said.message)}`;
  const wait = retryAfterMs(headers);
  return new RegistryError(code ?? 'REFUSED', request, `The registry answered ${status} to ${request}${reason}`, {
    status,
    ...(said.registryCode === null ? {} : { registryCode: said.registryCode }),
    ...(wait === null ? {} : { retryAfterMs: wait }),
  });
}

function explanationOf(text: string): { registryCode: number | null; message: string | null } {
  try {
    const json = Object(JSON.parse(text)) as { error_code?: unknown; message?: unknown };
    return {
      registryCode: Number.isInteger(json.error_code) ? (json.error_code as number) : null,
      message: typeof json.message === 'string' ? json.message : null,
    };
  } catch {
    // A page of a proxy: its status has to do.
    return { registryCode: null, message: null };
  }
}

import type { RegistryError } from '@headrace/avro';
import { HeadraceError } from '../errors/headrace-error.ts';

const codes: Readonly<Partial<Record<RegistryError['code'], string>>> = {
  SCHEMA_NOT_FOUND: 'UNKNOWN_SCHEMA_ID',
  NOT_AVRO: 'UNUSABLE_SCHEMA',
  UNUSABLE_SCHEMA: 'UNUSABLE_SCHEMA',
  BAD_REFERENCES: 'UNUSABLE_SCHEMA',
  RESPONSE_TOO_LARGE: 'UNUSABLE_SCHEMA',
};

/** Turns what a registry's client reports into an error with a code of ours: passing, of one schema, or of the registry as a whole. */
export function registryFault(error: RegistryError): HeadraceError {
  const { message, retryable, retryAfterMs } = error;
  const code = retryable ? 'REGISTRY_UNAVAILABLE' : (codes[error.code] ?? 'REGISTRY_REFUSED');
  const wait = retryAfterMs === null ? '' : ` It may be asked again in ${Math.ceil(retryAfterMs)} ms.`;
  return new HeadraceError(code, `The schema registry: ${message}${wait}`, { retryable, cause: error });
}

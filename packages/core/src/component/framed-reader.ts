import type { Decoder } from './encoding.ts';

/** Decodes values that carry the id of their writer's schema. Decoding never waits: what an id needs is fetched before. */
export interface FramedReader {
  /**
   * Fetches what values of a schema id need; null where nothing is to be fetched, since it is there or known to give no schema. Rejects where
   * the registry cannot say: retryable, or for good.
   */
  prepare(id: number, signal: AbortSignal): Promise<void> | null;
  /** Throws for values that cannot be read, and a retryable `SCHEMA_NOT_READY` for an id that was not prepared. */
  readonly decode: Decoder;
}

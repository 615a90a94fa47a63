/** Holds what the client reads of an answer; the `Response` of the Fetch standard fits. */
export interface RegistryResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** Makes one request and follows no redirect; the `fetch` of Node, of undici and of the Fetch standard fit. */
export type RegistryFetch = (url: string, init: Record<string, unknown>) => Promise<RegistryResponse>;

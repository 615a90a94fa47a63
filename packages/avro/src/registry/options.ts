import { RegistryError } from './registry-error.ts';
import type { RegistryFetch } from './registry-fetch.ts';

/** Time as the client sees it: it reads no other clock. */
export interface RegistryClock {
  /** Returns milliseconds that never go backwards. */
  monotonic(): number;
  /** Calls `run` once after `delayMs`; the result cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

/** Says who asks. A token that is a function is asked for before each request, so that it may be renewed. */
export type RegistryAuth =
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  | { readonly type: 'bearer'; readonly token: string | (() => string | Promise<string>) };

/** Says how a failed request is repeated: after a random part of `delayMs`, twice as much each time, up to `maxDelayMs`. */
export interface RegistryRetry {
  /** How often a request is made at most, the first time included. Default 5. */
  readonly attempts?: number;
  /** Default 100. */
  readonly delayMs?: number;
  /** Default 10000; an answer that asks to wait longer ends the attempts. */
  readonly maxDelayMs?: number;
}

/** Options of a registry client; only the first two are needed. */
export interface RegistryOptions {
  /** Where the API is, `https://registry:8081` or with a path before `/subjects`; no credentials, query or fragment. */
  readonly url: string;
  readonly clock: RegistryClock;
  readonly auth?: RegistryAuth;
  /** Headers that every request has. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: the global one. */
  readonly fetch?: RegistryFetch;
  /** Passed to `fetch` beside what the client sets: in Node, a `dispatcher` of undici carries TLS options. */
  readonly fetchOptions?: Readonly<Record<string, unknown>>;
  /** How long one attempt may take until its answer is read whole. Default 10000. */
  readonly timeoutMs?: number;
  readonly retry?: RegistryRetry;
  /** How many bytes an answer may have, unpacked. Default 4 MiB. */
  readonly maxResponseBytes?: number;
  /** How many requests run at the same time; others wait. Default 8. */
  readonly maxConcurrent?: number;
  /** How many requests may wait for their turn. Default 1000. */
  readonly maxWaiting?: number;
  /** How many schemas and subjects' versions are remembered. Default 1000. */
  readonly maxSchemas?: number;
  readonly failedIds?: FailedIdsOptions;
  /** Returns a number from 0 up to 1, for the jitter. Default `Math.random`. */
  readonly random?: () => number;
}

/** Says how ids are treated that give no schema that can be used, so that damaged records cause no storm of requests. */
export interface FailedIdsOptions {
  /** How many are remembered. Default 10000. */
  readonly max?: number;
  /** How long one is remembered. Default 10000. */
  readonly rememberMs?: number;
  /** How many may turn up at once. Default 100. */
  readonly burst?: number;
  /** How many may turn up in a second, after that. Default 10. */
  readonly perSecond?: number;
}

/** Holds the options with their defaults, checked. */
export interface RegistrySettings {
  readonly base: URL;
  readonly clock: RegistryClock;
  readonly auth: RegistryAuth | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: RegistryFetch;
  readonly fetchOptions: Readonly<Record<string, unknown>>;
  readonly timeoutMs: number;
  readonly retry: Required<RegistryRetry>;
  readonly maxResponseBytes: number;
  readonly maxConcurrent: number;
  readonly maxWaiting: number;
  readonly maxSchemas: number;
  readonly failedIds: Required<FailedIdsOptions>;
  readonly random: () => number;
}

/** Checks options and completes them. Throws RegistryError BAD_OPTION, which quotes neither the URL nor any secret. */
export function settingsOf(options: RegistryOptions): RegistrySettings {
  const { auth = null, headers = {}, retry = {}, failedIds = {} } = options;
  checkAuth(auth);
  for (const [name, value] of Object.entries(headers)) checkHeader(name, value);
  return {
    base: baseOf(options.url),
    clock: options.clock,
    auth,
    headers: { ...headers },
    fetch: options.fetch ?? globalThis.fetch,
    fetchOptions: { ...options.fetchOptions },
    timeoutMs: atLeast(1, 'timeoutMs', options.timeoutMs ?? 10_000),
    retry: {
      attempts: atLeast(1, 'retry.attempts', retry.attempts ?? 5),
      delayMs: atLeast(0, 'retry.delayMs', retry.delayMs ?? 100),
      maxDelayMs: atLeast(0, 'retry.maxDelayMs', retry.maxDelayMs ?? 10_000),
    },
    maxResponseBytes: atLeast(1, 'maxResponseBytes', options.maxResponseBytes ?? 4 * 1024 * 1024),
    maxConcurrent: atLeast(1, 'maxConcurrent', options.maxConcurrent ?? 8),
    maxWaiting: atLeast(0, 'maxWaiting', options.maxWaiting ?? 1_000),
    maxSchemas: atLeast(1, 'maxSchemas', options.maxSchemas ?? 1_000),
    failedIds: {
      max: atLeast(1, 'failedIds.max', failedIds.max ?? 10_000),
      rememberMs: atLeast(0, 'failedIds.rememberMs', failedIds.rememberMs ?? 10_000),
      burst: atLeast(1, 'failedIds.burst', failedIds.burst ?? 100),
      perSecond: atLeast(0.001, 'failedIds.perSecond', failedIds.perSecond ?? 10),
    },
    random: options.random ?? Math.random,
  };
}

function baseOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) return bad('The URL of the registry is not a URL.');
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    bad('The URL of the registry must begin with http or https.');
  if (url.username !== '' || url.password !== '')
    bad('The URL of the registry holds credentials: give them as "auth".');
  if (url.search !== '' || url.hash !== '') bad('The URL of the registry has a query or a fragment.');
  return url;
}

function checkAuth(auth: RegistryAuth | null): void {
  if (auth?.type === 'basic' && auth.username.includes(':')) bad('The name of the user has a colon.');
  if (auth?.type === 'bearer' && typeof auth.token === 'string') checkToken(auth.token);
}

/** Checks what stands in a header; throws RegistryError BAD_OPTION without quoting it. */
export function checkToken(token: unknown): string {
  if (typeof token === 'string' && /^[\x21-\x7e]+$/.test(token)) return token;
  return bad('The bearer token is empty, or has characters that cannot stand in a header.');
}

function checkHeader(name: string, value: string): void {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) bad(`${JSON.stringify(name)} is not the name of a header.`);
  if (typeof value !== 'string' || !/^[\x20-\x7e\t]*$/.test(value)) {
    bad(`The header "${name}" has characters that cannot stand there.`);
  }
}

function atLeast(least: number, name: string, value: number): number {
  if (Number.isFinite(value) && value >= least) return value;
  return bad(`"${name}" must be a number, at least ${least}.`);
}

function bad(message: string): never {
  throw new RegistryError('BAD_OPTION', '', message);
}

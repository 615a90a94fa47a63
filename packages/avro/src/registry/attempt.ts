import { basicToken, type Secrets } from './secrets.ts';
import { checkToken, type RegistrySettings } from './options.ts';
import type { Answer } from './failure-of.ts';
import { readBody } from './read-body.ts';
import { RegistryError } from './registry-error.ts';
import type { RegistryResponse } from './registry-fetch.ts';
import { unlessAborted } from './unless-aborted.ts';

/** Describes one request of the API. */
export interface RegistryRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Below the URL of the registry, with its query, encoded. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** How messages name the request, `GET /schemas/ids/7`. */
  readonly label: string;
}

const MEDIA_TYPE = 'application/vnd.schemaregistry.v1+json';
const MAX_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Makes a request once and reads its answer whole, within the time for one attempt and below `closing`. Follows
 * redirects of the same origin only, so that credentials go nowhere else. Throws RegistryError.
 */
export async function attempt(
  request: RegistryRequest,
  settings: RegistrySettings,
  secrets: Secrets,
  closing: AbortSignal,
): Promise<Answer> {
  const ending = new AbortController();
  const { signal } = ending;
  const end = (): void => ending.abort();
  const cancel = settings.clock.after(settings.timeoutMs, end);
  if (closing.aborted) end();
  else closing.addEventListener('abort', end, { once: true });
  try {
    return await unlessAborted(exchange(request, settings, secrets, signal), signal);
  } catch (thrown) {
    if (closing.aborted) throw new RegistryError('CLOSED', request.label, 'The client of the registry was closed.');
    if (signal.aborted) {
      const message = `The registry did not answer ${request.label} within ${settings.timeoutMs} ms.`;
      throw new RegistryError('TIMED_OUT', request.label, message);
    }
    if (thrown instanceof RegistryError) throw thrown;
    const cause = secrets.cleanError(thrown);
    const { host } = settings.base;
    const message = `The registry at ${host} could not be reached for ${request.label}: ${innermost(cause)}`;
    throw new RegistryError('UNREACHABLE', request.label, message, { cause });
  } finally {
    closing.removeEventListener('abort', end);
    cancel();
  }
}

async function exchange(
  request: RegistryRequest,
  settings: RegistrySettings,
  secrets: Secrets,
  signal: AbortSignal,
): Promise<Answer> {
  const { base, fetch, fetchOptions, maxResponseBytes } = settings;
  const body = request.body === undefined ? {} : { body: JSON.stringify(request.body) };
  const headers = {
    accept: `${MEDIA_TYPE}, application/json`,
    ...('body' in body ? { 'content-type': MEDIA_TYPE } : {}),
    ...settings.headers,
    ...(await authorization(request, settings, secrets)),
  };
  let url = new URL(`${base.origin}${base.pathname.replace(/\/+$/, '')}${request.path}`);
  for (let hops = 0; ; hops++) {
    const init = { ...fetchOptions, method: request.method, headers, ...body, redirect: 'manual', signal };
    const response = await fetch(url.href, init);
    if (!REDIRECTS.has(response.status)) {
      const text = await readBody(response, maxResponseBytes, request.label);
      return { status: response.status, headers: response.headers, text };
    }
    url = target(response, url, request, hops);
    await response.body?.[Symbol.asyncIterator]().return?.();
  }
}

async function authorization(
  { label }: RegistryRequest,
  { auth }: RegistrySettings,
  secrets: Secrets,
): Promise<{ authorization?: string }> {
  if (auth === null) return {};
  if (auth.type === 'basic') return { authorization: `Basic ${basicToken(auth.username, auth.password)}` };
  if (typeof auth.token === 'string') return { authorization: `Bearer ${auth.token}` };
  let token: unknown;
  try {
    token = await auth.token();
  } catch (thrown) {
    const cause = secrets.cleanError(thrown);
    throw new RegistryError('UNREACHABLE', label, 'No token for the registry could be had.', { cause });
  }
  const checked = checkToken(token);
  secrets.add(checked);
  return { authorization: `Bearer ${checked}` };
}

function target(response: RegistryResponse, from: URL, { method, label }: RegistryRequest, hops: number): URL {
  const { status } = response;
  const refuse = (why: string): never => {
    const message = `The registry answered ${label} with a redirect ${why}, which is not followed.`;
    throw new RegistryError('REDIRECT_REFUSED', label, message, { status });
  };
  const location = response.headers.get('location') ?? '';
  if (!URL.canParse(location, from.href)) return refuse('to nowhere');
  const to = new URL(location, from);
  if (to.origin !== from.origin) return refuse('to another host, port or scheme');
  if (to.username !== '' || to.password !== '') return refuse('with credentials');
  if (hops >= MAX_REDIRECTS) return refuse(`after ${MAX_REDIRECTS} others`);
  if (method !== 'GET' && status !== 307 && status !== 308) return refuse('that forgets what was sent');
  return to;
}

/** Says what is under a "fetch failed". */
function innermost(error: Error): string {
  return error.cause instanceof Error ? innermost(error.cause) : error.message;
}

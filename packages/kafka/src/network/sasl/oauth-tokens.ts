import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { HeadraceError, type Clock, type OAuthDefinition } from '@headrace/core';
import type { OAuthToken } from './oauth-bearer.ts';

/** What fetching tokens needs from outside. */
export interface OAuthContext {
  /** Where paths begin. */
  readonly folder: string;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly fetch?: typeof fetch;
}

const timeoutMs = 10_000;
const mostBytes = 1 << 20;

/**
 * Makes what gives a token for each login: the file is read anew; a token of an endpoint (client credentials, RFC 6749 4.4) is kept for four
 * fifths of its life. Fails with OAUTH_TOKEN_FAILED, which holds no secret.
 */
export function oauthTokens(written: OAuthDefinition, context: OAuthContext): () => Promise<OAuthToken> {
  const { tokenFile, tokenUrl } = written;
  if (tokenFile !== undefined) return () => fromFile(path.resolve(context.folder, tokenFile));
  if (tokenUrl === undefined) throw failed('neither "tokenFile" nor "tokenUrl" is given', false);
  const url = endpoint(tokenUrl);
  let kept: { readonly token: OAuthToken; readonly until: number } | null = null;
  return async () => {
    if (kept !== null && context.clock.monotonic() < kept.until) return kept.token;
    const { value, lifeMs } = await fromEndpoint(url, written, context.fetch ?? fetch);
    kept = { token: { value }, until: context.clock.monotonic() + lifeMs * 0.8 };
    return kept.token;
  };
}

async function fromFile(file: string): Promise<OAuthToken> {
  try {
    return { value: (await readFile(file, 'utf8')).trim() };
  } catch (cause) {
    throw failed(`the file "${file}" cannot be read`, false, cause);
  }
}

// Whoever reads the way to the endpoint has the secret: only this machine may be asked without TLS.
function endpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isLocal = url !== null && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url === null || !(url.protocol === 'https:' || (url.protocol === 'http:' && isLocal)))
    throw failed('"tokenUrl" must begin with https', false);
  if (url.username !== '' || url.password !== '') throw failed('"tokenUrl" must not hold credentials', false);
  return url;
}

async function fromEndpoint(
  url: URL,
  written: OAuthDefinition,
  ask: typeof fetch,
): Promise<{ value: string; lifeMs: number }> {
  const { clientId = '', clientSecret = '', scope } = written;
  const user = [clientId, clientSecret].map((part) => encodeURIComponent(part)).join(':');
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== undefined && { scope }) });
  const headers = { authorization: `Basic ${Buffer.from(user).toString('base64')}`, accept: 'application/json' };
  const signal = AbortSignal.timeout(timeoutMs);
  let answer: Response;
  let text: string;
  try {
    answer = await ask(url, { method: 'POST', body, headers, redirect: 'error', signal });
    text = await answer.text();
  } catch (cause) {
    throw failed('its endpoint does not answer', true, cause);
  }
  const mayPass = answer.status >= 500 || answer.status === 429;
  if (!answer.ok) throw failed(`its endpoint answers with status ${answer.status}`, mayPass);
  const { access_token: value, expires_in: seconds } = parsed(text);
  if (typeof value !== 'string' || value === '') throw failed('its endpoint gives no "access_token"', false);
  return { value, lifeMs: typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : 0 };
}

function parsed(text: string): { readonly access_token?: unknown; readonly expires_in?: unknown } {
  try {
    if (text.length <= mostBytes) return Object(JSON.parse(text)) as object;
  } catch {
    // The same as an answer without a token.
  }
  return {};
}

function failed(what: string, retryable: boolean, cause?: unknown): HeadraceError {
  return new HeadraceError('OAUTH_TOKEN_FAILED', `There is no token for SASL "oauthbearer": ${what}.`, {
    retryable,
    cause,
  });
}

import { HeadraceError } from '../../errors/headrace-error.ts';
import { AskLater } from './attempts.ts';

/** A request that the expressions of a lookup made. */
export interface HttpRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

const mostBytes = 16 * 1024 * 1024;
const passing = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Puts a request together; throws where the parts are none. A null in the query is left out. */
export function httpRequest(
  url: unknown,
  method: string,
  query: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, unknown>>,
  body: string | null,
): HttpRequest {
  const target = typeof url === 'string' && URL.canParse(url) ? new URL(url) : null;
  if (target === null || !/^https?:$/.test(target.protocol))
    throw new HeadraceError('LOOKUP_FAILED', 'The expression "url" gives no address of HTTP.', { retryable: false });
  for (const [name, value] of Object.entries(query))
    if (value !== null) target.searchParams.append(name, textOf(value));
  const texts = Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [[name.toLowerCase(), textOf(value)]])),
  );
  return { url: target.href, method, headers: texts, body };
}

/** Sends a request and returns the bytes of the answer; null where it has none. What may pass is tried again, `Retry-After` respected. */
export async function sendRequest(request: HttpRequest, signal: AbortSignal): Promise<Uint8Array | null> {
  const { url, method, headers, body } = request;
  let response: Response;
  try {
    response = await fetch(url, { method, headers, signal, ...(body !== null && { body }) });
  } catch (cause) {
    signal.throwIfAborted();
    const reason =
      cause instanceof Error ? ((cause.cause as Error | undefined)?.message ?? cause.message) : String(cause);
    throw new HeadraceError('LOOKUP_FAILED', `The request failed: ${reason}.`, { retryable: true, cause });
  }
  if (response.ok) return readBody(response);
  await response.body?.cancel();
  const message = `The answer has the status ${String(response.status)}.`;
  if (passing.has(response.status)) throw new AskLater(message, retryAfterMs(response.headers.get('retry-after')));
  throw new HeadraceError('LOOKUP_FAILED', message, { retryable: false });
}

async function readBody(response: Response): Promise<Uint8Array | null> {
  if (response.body === null) return null;
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body as AsyncIterable<Uint8Array>) {
    size += piece.length;
    if (size > mostBytes)
      throw new HeadraceError('LOOKUP_FAILED', `The answer is larger than ${String(mostBytes)} bytes.`, {
        retryable: false,
      });
    pieces.push(piece);
  }
  return size === 0 ? null : Buffer.concat(pieces);
}

/** Reads seconds; a date would need a clock that agrees with the server's. */
function retryAfterMs(header: string | null): number {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : 0;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  throw new HeadraceError('LOOKUP_FAILED', 'A part of the query or of the headers is neither text nor a number.', {
    retryable: false,
  });
}

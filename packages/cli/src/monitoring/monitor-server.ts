import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HeadraceError } from '@headrace/core';
import type { MonitorAddress } from './monitor-address.ts';

/** An answer: text, and why if it is not 200. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly contentType?: string;
}

/** What is served, by path. */
export type Routes = Readonly<Record<string, () => Answer | Promise<Answer>>>;

/** A server that listens. */
export interface MonitorServer {
  /** Where, as a URL without a path. */
  readonly url: string;
  close(): void;
}

/** How many ports after the default one are tried before any free one is taken. */
const nextPorts = 15;
const loopback = /^(?:127\.|::1$|localhost$)/;
/** Who asks a server on loopback names it so; a page of the web that was made to resolve to it does not. */
const loopbackNames = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i;

/**
 * Serves routes by GET and HEAD. Throws `ADDRESS_NOT_AVAILABLE` where the chosen address cannot be had; where nobody chose, it goes on to
 * the next ports. It takes no bodies, few connections, and slow requests not for long.
 */
export async function serveMonitor(address: MonitorAddress, routes: Routes): Promise<MonitorServer> {
  const server = createServer(
    { maxHeaderSize: 8192, headersTimeout: 5000, requestTimeout: 5000, keepAliveTimeout: 5000 },
    (request, response) => void answer(request, response, routes, loopback.test(address.host)),
  );
  server.maxConnections = 64;
  await listen(server, address);
  // A server must not keep a process that is done.
  server.unref();
  const { address: host, family, port } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${host}]` : host}:${String(port)}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function listen(server: Server, { host, port, chosen }: MonitorAddress): Promise<void> {
  const ports = chosen ? [port] : [...Array.from({ length: nextPorts + 1 }, (_, more) => port + more), 0];
  let failure: unknown;
  for (const one of ports) {
    try {
      await listenOnce(server, host, one);
      return;
    } catch (error) {
      failure = error;
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') break;
    }
  }
  throw new HeadraceError(
    'ADDRESS_NOT_AVAILABLE',
    `Health and metrics cannot be served on ${host}:${String(port)}: ${(failure as Error).message}.`,
    { cause: failure },
  );
}

function listenOnce(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => reject(error);
    server.once('error', failed);
    server.listen({ host, port }, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  routes: Routes,
  isLoopback: boolean,
): Promise<void> {
  const { status, text, contentType = 'text/plain; charset=utf-8' } = await answerOf(request, routes, isLoopback);
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 405 && { allow: 'GET, HEAD' }),
    // What a request brings beside its head is not read.
    ...(request.method !== 'GET' && request.method !== 'HEAD' && { connection: 'close' }),
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}

async function answerOf(
  { method, url = '', headers }: IncomingMessage,
  routes: Routes,
  isLoopback: boolean,
): Promise<Answer> {
  if (isLoopback && !loopbackNames.test(headers.host ?? '')) return { status: 403, text: 'not for this host\n' };
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, text: 'only GET and HEAD\n' };
  const path = url.replace(/\?.*$/s, '');
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (route === undefined) return { status: 404, text: 'not found\n' };
  try {
    return await route();
  } catch {
    return { status: 500, text: 'failed\n' };
  }
}

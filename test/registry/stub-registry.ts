import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it arrived. */
export interface StubRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers one request; `number` counts from 1. */
export type StubHandler = (request: StubRequest, response: ServerResponse, number: number) => void;

/** A server on the loopback interface that answers as a test says. */
export interface StubRegistry {
  readonly url: string;
  readonly requests: readonly StubRequest[];
  close(): Promise<void>;
}

/** Starts a server; `create` may make one of https. */
export async function startStub(
  handler: StubHandler,
  create: (listener: (request: IncomingMessage, response: ServerResponse) => void) => Server = createServer,
): Promise<StubRegistry> {
  const requests: StubRequest[] = [];
  const server = create((message, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      const request: StubRequest = {
        method: message.method ?? '',
        path: message.url ?? '',
        headers: message.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      requests.push(request);
      handler(request, response, requests.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const scheme = create === createServer ? 'http' : 'https';
  return {
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Answers with JSON. */
export function json(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json', ...headers });
  response.end(JSON.stringify(value));
}

/** Answers as a registry does that lacks an id. */
export function unknownId(response: ServerResponse): void {
  json(response, 404, { error_code: 40403, message: 'Schema not found' });
}

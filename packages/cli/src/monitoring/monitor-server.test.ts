import { createServer, request } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { serveMonitor, type MonitorServer, type Routes } from './monitor-server.ts';

const routes: Routes = {
  '/livez': () => ({ status: 200, text: 'live\n' }),
  '/broken': () => Promise.reject(new Error('at /secret/path.ts:1')),
};

interface Asked {
  readonly status: number | undefined;
  readonly body: string;
  readonly allow: string | undefined;
}

/** Asks as no library would: any method, path and header. */
function ask(url: string, path: string, method = 'GET', headers: Record<string, string> = {}): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const asking = request({ hostname: hostname.replace(/[[\]]/g, ''), port, path, method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode, body, allow: response.headers.allow }));
    });
    asking.on('error', reject).end();
  });
}

describe('the server of health and metrics', () => {
  const servers: MonitorServer[] = [];
  const serve = async (host = '127.0.0.1', port = 0, chosen = true): Promise<MonitorServer> => {
    const server = await serveMonitor({ host, port, chosen }, routes);
    servers.push(server);
    return server;
  };
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  it('answers what it has, by GET and by HEAD', async () => {
    const { url } = await serve();
    expect(await ask(url, '/livez')).toMatchObject({ status: 200, body: 'live\n' });
    expect(await ask(url, '/livez?verbose')).toMatchObject({ status: 200 });
    expect(await ask(url, '/livez', 'HEAD')).toMatchObject({ status: 200, body: '' });
  });

  it.each(['/', '/livez/', '/../../etc/passwd', '/%2e%2e%2fetc/passwd', '//evil', '/__proto__', '/constructor'])(
    'has nothing at %s',
    async (path) => {
      expect(await ask((await serve()).url, path)).toMatchObject({ status: 404, body: 'not found\n' });
    },
  );

  it('changes nothing by any method', async () => {
    const { url } = await serve();
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])
      expect(await ask(url, '/livez', method, { 'x-http-method-override': 'GET' })).toMatchObject({
        status: 405,
        allow: 'GET, HEAD',
      });
  });

  it('tells nothing of what went wrong inside', async () => {
    expect(await ask((await serve()).url, '/broken')).toEqual({ status: 500, body: 'failed\n', allow: undefined });
  });

  it('answers on loopback only who names it so: a page of the web cannot read it by a name of its own', async () => {
    const { url } = await serve();
    expect(await ask(url, '/livez', 'GET', { host: 'evil.example' })).toMatchObject({ status: 403 });
    expect(await ask(url, '/livez', 'GET', { host: '127.0.0.1.evil.example' })).toMatchObject({ status: 403 });
    expect(await ask(url, '/livez', 'GET', { host: 'LOCALHOST:9464' })).toMatchObject({ status: 200 });
    const everywhere = await serve('0.0.0.0');
    expect(await ask(everywhere.url, '/livez', 'GET', { host: 'metrics.internal' })).toMatchObject({ status: 200 });
  });

  it('refuses a head that is too large, and what is no HTTP', async () => {
    const { url } = await serve();
    expect((await ask(url, '/livez', 'GET', { 'x-long': 'a'.repeat(10_000) })).status).toBe(431);
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const said = await new Promise<string>((resolve, reject) => {
      let text = '';
      socket.setEncoding('utf8').on('data', (part: string) => (text += part));
      socket.on('close', () => resolve(text)).on('error', reject);
      socket.write(
        'GET /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      );
    });
    expect(said).toMatch(/^HTTP\/1\.1 400 /);
    expect(await ask(url, '/livez')).toMatchObject({ status: 200 });
  });

  it('goes on to another port where the default one is taken, and fails where the user chose it', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = other.address() as AddressInfo;
      await expect(serve('127.0.0.1', port, true)).rejects.toMatchObject({ code: 'ADDRESS_NOT_AVAILABLE' });
      const { url } = await serve('127.0.0.1', port, false);
      expect(new URL(url).port).not.toBe(String(port));
      expect(await ask(url, '/livez')).toMatchObject({ status: 200 });
    } finally {
      other.close();
    }
  });

  it('refuses a host that is not of this machine', async () => {
    await expect(serve('192.0.2.1')).rejects.toMatchObject({ code: 'ADDRESS_NOT_AVAILABLE' });
  });
});

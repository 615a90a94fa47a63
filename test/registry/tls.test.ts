import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { createRegistryClient, type RegistryFetch } from '@headrace/avro';
import { Agent, fetch as undiciFetch } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { json, startStub, type StubRegistry } from './stub-registry.ts';
import { realClock } from './test-clock.ts';

// A key and a certificate of its own for 127.0.0.1, made for this test, of use nowhere else.
const key = readFileSync(new URL('./tls/key.pem', import.meta.url));
const cert = readFileSync(new URL('./tls/cert.pem', import.meta.url));

const stubs: StubRegistry[] = [];
afterEach(() => Promise.all(stubs.splice(0).map((stub) => stub.close())));

async function startTls(options: { requestCert?: boolean; ca?: Buffer } = {}): Promise<StubRegistry> {
  const server = await startStub(
    (_request, response) => json(response, 200, ['a']),
    (listener) => createServer({ key, cert, rejectUnauthorized: true, ...options }, listener),
  );
  stubs.push(server);
  return server;
}

const fetch = undiciFetch as unknown as RegistryFetch;

describe('TLS', () => {
  it('is checked: a certificate that nobody vouches for is not talked to', async () => {
    const { url, requests } = await startTls();
    const client = createRegistryClient({ url, clock: realClock, retry: { attempts: 1 } });
    await expect(client.subjects()).rejects.toMatchObject({
      code: 'UNREACHABLE',
      cause: { cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } },
    });
    expect(requests).toEqual([]);
  });

  it('takes an authority and a certificate of the client from the options of fetch', async () => {
    const { url } = await startTls({ requestCert: true, ca: cert });
    const withCertificate = new Agent({ connect: { ca: cert, key, cert } });
    const without = new Agent({ connect: { ca: cert } });
    const clientWith = (dispatcher: Agent) =>
      createRegistryClient({ url, clock: realClock, fetch, fetchOptions: { dispatcher }, retry: { attempts: 1 } });
    await expect(clientWith(withCertificate).subjects()).resolves.toEqual(['a']);
    await expect(clientWith(without).subjects()).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await Promise.all([withCertificate.close(), without.close()]);
  });
});

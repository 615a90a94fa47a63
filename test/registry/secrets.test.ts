import { inspect } from 'node:util';
import { createRegistryClient, RegistryError, type RegistryAuth, type RegistryOptions } from '@headrace/avro';
import { afterEach, describe, expect, it } from 'vitest';
import { json, startStub, type StubHandler, type StubRegistry } from './stub-registry.ts';
import { TestClock, TIMEOUT_MS } from './test-clock.ts';

const CANARY = 'canary%"s3cret\\';
const BASIC = Buffer.from(`etl:${CANARY}`, 'utf8').toString('base64');
const TOKEN = 'canary.bearer.token';

const stubs: StubRegistry[] = [];
afterEach(() => Promise.all(stubs.splice(0).map((stub) => stub.close())));

async function setUp(handler: StubHandler, options: Partial<RegistryOptions> = {}) {
  const server = await startStub(handler);
  stubs.push(server);
  const client = createRegistryClient({
    url: server.url,
    clock: new TestClock(),
    timeoutMs: TIMEOUT_MS,
    retry: { attempts: 2 },
    ...options,
  });
  return { server, client };
}

/** Writes down all that a log could show of an error. */
function everything(thrown: unknown): string {
  const error = thrown as Error;
  const inner = error.cause === undefined ? '' : everything(error.cause);
  return [inspect(error, { depth: 20, showHidden: true }), JSON.stringify(error), String(error.stack), inner].join(
    '\n',
  );
}

const leaks = (text: string): string[] =>
  [CANARY, 's3cret', BASIC, TOKEN, encodeURIComponent(CANARY), 'canary-header'].filter((secret) =>
    text.includes(secret),
  );

/** All that a client with these credentials must not show, in the forms in which it may come back. */
const secretsOf = ({ type }: RegistryAuth): string =>
  (type === 'basic' ? [BASIC, CANARY, encodeURIComponent(CANARY), JSON.stringify(CANARY)] : [TOKEN]).join(', ');

const auths: RegistryAuth[] = [
  { type: 'basic', username: 'etl', password: CANARY },
  { type: 'bearer', token: TOKEN },
  { type: 'bearer', token: async () => TOKEN },
];
const headers = { 'x-api-key': 'canary-header' };

describe('credentials', () => {
  it.each(auths)('are sent with every request, again for each attempt: $type', async (auth) => {
    const { server, client } = await setUp(
      (_request, response, number) => json(response, number === 1 ? 503 : 200, ['a']),
      { auth, headers },
    );
    await client.subjects();
    const expected = auth.type === 'basic' ? `Basic ${BASIC}` : `Bearer ${TOKEN}`;
    expect(server.requests.map((request) => request.headers.authorization)).toEqual([expected, expected]);
    expect(server.requests.map((request) => request.headers['x-api-key'])).toEqual(Array(2).fill('canary-header'));
  });

  it('may be renewed', async () => {
    let number = 0;
    const { server, client } = await setUp((_request, response) => json(response, 200, []), {
      auth: { type: 'bearer', token: () => `token-${++number}` },
    });
    await client.subjects();
    await client.subjects();
    expect(server.requests.map((request) => request.headers.authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ]);
  });
});

describe('no secret stands in an error', () => {
  it.each(auths)('that the registry sends back: $type', async (auth) => {
    const { client } = await setUp(
      (request, response, number) => {
        const said = `Wrong: ${request.headers.authorization} for ${secretsOf(auth)}, canary-header`;
        const status = [401, 500, 418, 422][number % 4] ?? 401;
        if (number % 5 === 0) response.socket?.destroy();
        else json(response, status, { error_code: status, message: said });
      },
      { auth, headers },
    );
    for (let round = 0; round < 10; round++) {
      const error = await client.schemaById(round).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(RegistryError);
      expect(leaks(everything(error))).toEqual([]);
    }
  });

  it.each(auths)('that fetch throws: $type', async (auth) => {
    const { client } = await setUp(() => {}, {
      auth,
      headers,
      fetch: (_url, init) => {
        const cause = Object.assign(new Error(`in ${JSON.stringify(init['headers'])}`), {
          code: 'EFAIL',
          headers: init,
        });
        return Promise.reject(new TypeError(`fetch failed with ${secretsOf(auth)}`, { cause }));
      },
    });
    const error = await client.subjects().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'UNREACHABLE', cause: { cause: { code: 'EFAIL' } } });
    expect(leaks(everything(error))).toEqual([]);
  });

  it('that a redirect names', async () => {
    const { client } = await setUp((_request, response) =>
      response.writeHead(302, { location: 'http://etl:s3cret@127.0.0.1/' }).end(),
    );
    const error = await client.subjects().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'REDIRECT_REFUSED' });
    expect(leaks(everything(error))).toEqual([]);
  });

  it('that stands in an option which is refused, nor in the client', () => {
    const options = (rest: Partial<RegistryOptions>): RegistryOptions => ({
      url: 'http://127.0.0.1:1',
      clock: new TestClock(),
      ...rest,
    });
    const refused: Partial<RegistryOptions>[] = [
      { url: `http://etl:s3cret@registry/` },
      { url: `http://s3cret@registry/` },
      { url: `ftp://registry/s3cret` },
      { url: `http://registry/?token=s3cret` },
      { url: `s3cret` },
      { auth: { type: 'bearer', token: `${CANARY}\r\nHost: evil` } },
      { auth: { type: 'bearer', token: '' } },
      { auth: { type: 'basic', username: `a:${CANARY}`, password: CANARY } },
      { headers: { 'x-key': `${CANARY}\r\nHost: evil` } },
      { timeoutMs: Number.NaN },
      { retry: { attempts: 0 } },
    ];
    for (const rest of refused) {
      let thrown: unknown = null;
      try {
        createRegistryClient(options(rest));
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toMatchObject({ code: 'BAD_OPTION' });
      expect(leaks(everything(thrown))).toEqual([]);
    }
    const client = createRegistryClient(options({ auth: auths[0]!, headers }));
    expect(leaks(inspect(client, { depth: 20, showHidden: true }) + JSON.stringify(client))).toEqual([]);
  });

  it('where no token is to be had, or one that cannot stand in a header', async () => {
    const tokens = [
      () => Promise.reject(new Error(`${TOKEN} has expired`)),
      () => `${TOKEN}\r\nHost: evil`,
      () => undefined as unknown as string,
    ];
    const codes = [];
    for (const token of tokens) {
      const { client, server } = await setUp(() => {}, { auth: { type: 'bearer', token } });
      const error = await client.subjects().catch((thrown: unknown) => thrown as RegistryError);
      codes.push((error as RegistryError).code);
      expect(server.requests).toEqual([]);
      if (token === tokens[1]) expect(leaks(everything(error))).toEqual([]);
    }
    expect(codes).toEqual(['UNREACHABLE', 'BAD_OPTION', 'BAD_OPTION']);
  });
});

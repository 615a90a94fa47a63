import { gzipSync } from 'node:zlib';
import { createRegistryClient, RegistryError, type RegistryOptions } from '@headrace/avro';
import { afterEach, describe, expect, it } from 'vitest';
import { json, startStub, unknownId, type StubHandler, type StubRegistry } from './stub-registry.ts';
import { realClock, TestClock, TIMEOUT_MS } from './test-clock.ts';

const stubs: StubRegistry[] = [];
afterEach(() => Promise.all(stubs.splice(0).map((stub) => stub.close())));

async function stub(handler: StubHandler): Promise<StubRegistry> {
  const started = await startStub(handler);
  stubs.push(started);
  return started;
}

async function setUp(handler: StubHandler, options: Partial<RegistryOptions> = {}) {
  const server = await stub(handler);
  const clock = new TestClock();
  const client = createRegistryClient({ url: server.url, clock, timeoutMs: TIMEOUT_MS, random: () => 0.5, ...options });
  return { server, clock, client };
}

async function failure(work: Promise<unknown>): Promise<RegistryError> {
  const outcome = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (outcome instanceof RegistryError) return outcome;
  throw new Error(`Expected a RegistryError, found ${String(outcome)}`, { cause: outcome });
}

const INT = { schema: '"int"' };

describe('a registry that fails', () => {
  it.each([408, 429, 500, 502, 503, 504])('is asked again after %i, later each time', async (status) => {
    const { server, clock, client } = await setUp((_request, response, number) =>
      number < 4 ? json(response, status, { error_code: status, message: 'later' }) : json(response, 200, INT),
    );
    await expect(client.schemaById(7)).resolves.toMatchObject({ id: 7, schema: { kind: 'int' } });
    expect(server.requests.map((request) => request.path)).toEqual(Array(4).fill('/schemas/ids/7'));
    expect(clock.pauses).toEqual([50, 100, 200]);
  });

  it('is left alone after the last attempt, and the failure says what it said', async () => {
    const { server, client } = await setUp(
      (_request, response) => json(response, 500, { error_code: 50001, message: 'store\u001b[31m\nis down' }),
      { retry: { attempts: 3 } },
    );
    const error = await failure(client.schemaById(7));
    expect(error).toMatchObject({ code: 'REGISTRY_FAILED', status: 500, registryCode: 50001, retryable: true });
    expect(error.message).toBe('The registry answered 500 to GET /schemas/ids/7: store [31m is down');
    expect(server.requests).toHaveLength(3);
  });

  it('is waited for as long as it asks, and left alone where that is too long', async () => {
    const seconds = ['2', '700'];
    const { server, clock, client } = await setUp((_request, response, number) =>
      json(response, 429, {}, { 'retry-after': seconds[number - 1] ?? '0' }),
    );
    await expect(failure(client.schemaById(7))).resolves.toMatchObject({ status: 429, retryAfterMs: 700_000 });
    expect(clock.pauses).toEqual([2_050]);
    expect(server.requests).toHaveLength(2);
  });

  it('is asked again when it closes the connection, in the middle of an answer too', async () => {
    const { server, client } = await setUp((_request, response, number) => {
      if (number === 1) response.socket?.destroy();
      else if (number === 2) {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"schema":', () => response.socket?.destroy());
      } else json(response, 200, INT);
    });
    await expect(client.schemaById(7)).resolves.toMatchObject({ id: 7 });
    expect(server.requests).toHaveLength(3);
  });

  it('is unreachable where nobody listens', async () => {
    const { server, client } = await setUp(() => {}, { retry: { attempts: 2 } });
    await server.close();
    const error = await failure(client.subjects());
    expect(error).toMatchObject({ code: 'UNREACHABLE', retryable: true, status: null, request: 'GET /subjects' });
    expect(error.message).toMatch(/127\.0\.0\.1:\d+ could not be reached for GET \/subjects: connect ECONNREFUSED/);
  });

  it('times out before its answer begins, and in the middle of it', async () => {
    // Time is up when the test says so, which it does when the request has arrived.
    const deadlines: (() => void)[] = [];
    const clock = {
      monotonic: () => 0,
      after(delayMs: number, run: () => void) {
        if (delayMs === TIMEOUT_MS) deadlines.push(run);
        else setImmediate(run);
        return () => {};
      },
    };
    const { server, client } = await setUp(
      (_request, response, number) => {
        if (number === 2) response.writeHead(200).write('{', () => deadlines[1]?.());
        else deadlines[0]?.();
      },
      { clock, retry: { attempts: 2 } },
    );
    await expect(failure(client.schemaById(7))).resolves.toMatchObject({ code: 'TIMED_OUT', retryable: true });
    expect(server.requests).toHaveLength(2);
  });

  it('times out under a fetch that does not listen to its signal', async () => {
    const { client } = await setUp(() => {}, {
      clock: realClock,
      timeoutMs: 20,
      retry: { attempts: 1 },
      fetch: () => new Promise(() => {}),
    });
    await expect(failure(client.schemaById(7))).resolves.toMatchObject({ code: 'TIMED_OUT' });
  });
});

describe('an answer that is no answer', () => {
  it.each([
    ['a page', '<html>Sign in</html>', 'BAD_RESPONSE'],
    ['nothing', '', 'BAD_RESPONSE'],
    ['no object', '[]', 'BAD_RESPONSE'],
    ['null', 'null', 'BAD_RESPONSE'],
    ['a schema that is no text', '{"schema":{"type":"int"}}', 'BAD_RESPONSE'],
    ['a schema that is not JSON', '{"schema":"int"}', 'UNUSABLE_SCHEMA'],
    ['a schema that is none', '{"schema":"{\\"type\\":\\"nope\\"}"}', 'UNUSABLE_SCHEMA'],
    ['a schema that is not Avro', '{"schemaType":"JSON","schema":"{}"}', 'NOT_AVRO'],
    ['references that are none', '{"schema":"\\"int\\"","references":[{"name":"A"}]}', 'BAD_RESPONSE'],
    [
      'a reference without a version',
      '{"schema":"\\"int\\"","references":[{"name":"A","subject":"a"}]}',
      'BAD_RESPONSE',
    ],
    ['the prototype', '{"__proto__":{"schema":"\\"int\\""}}', 'BAD_RESPONSE'],
  ])('is refused: %s', async (_what, body, code) => {
    const { server, client } = await setUp((_request, response) => response.end(body));
    await expect(failure(client.schemaById(7))).resolves.toMatchObject({ code, retryable: false });
    await expect(failure(client.schemaById(7))).resolves.toMatchObject({ code });
    expect(server.requests).toHaveLength(1);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('is refused: bytes that are not UTF-8', async () => {
    const { client } = await setUp((_request, response) => response.end(Buffer.from([0x22, 0xff, 0x22])));
    await expect(failure(client.subjects())).resolves.toMatchObject({ code: 'BAD_RESPONSE' });
  });

  it.each([
    ['announced', false],
    ['packed', true],
  ])('is not read to its end where it is too long: %s', async (_what, packed) => {
    const body = Buffer.alloc(64 * 1024 * 1024, 0x20);
    const sent = packed ? gzipSync(body) : body;
    const { client } = await setUp((_request, response) => {
      response.writeHead(200, packed ? { 'content-encoding': 'gzip' } : {});
      response.on('error', () => {});
      response.end(sent);
    });
    await expect(failure(client.schemaById(7))).resolves.toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
  });

  it('is cut off where it never ends', async () => {
    let closed = false;
    const { client } = await setUp((_request, response) => {
      const chunk = Buffer.alloc(65_536, 0x20);
      const write = (): void => {
        while (!closed && response.write(chunk));
        if (!closed) response.once('drain', write);
      };
      response.on('close', () => (closed = true));
      write();
    });
    await expect(failure(client.schemaById(7))).resolves.toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
    await expect.poll(() => closed).toBe(true);
  });

  it('is refused: a schema of 5 MB, one of 100 000 fields, one that nests without end', async () => {
    const field = (index: number) => ({ name: `f${index}`, type: 'int' });
    const schemas = [
      JSON.stringify({ type: 'record', name: 'R', doc: 'x'.repeat(3 * 1024 * 1024), fields: [] }),
      JSON.stringify({ type: 'record', name: 'R', fields: Array.from({ length: 20_001 }, (_, index) => field(index)) }),
      `${'{"type":"array","items":'.repeat(20_000)}"int"${'}'.repeat(20_000)}`,
      JSON.stringify({
        type: 'record',
        name: 'R',
        fields: Array.from({ length: 100_000 }, (_, index) => field(index)),
      }),
      JSON.stringify({ type: 'record', name: 'R', doc: 'x'.repeat(5_000_000), fields: [] }),
    ];
    const { client } = await setUp((_request, response, number) =>
      json(response, 200, { schema: schemas[number - 1] ?? '' }),
    );
    const codes = [];
    for (const id of schemas.keys()) codes.push((await failure(client.schemaById(id))).code);
    expect(codes).toEqual([...Array<string>(4).fill('UNUSABLE_SCHEMA'), 'RESPONSE_TOO_LARGE']);
  });
});

describe('a redirect', () => {
  it('is followed to the same origin', async () => {
    const { client, server } = await setUp(
      (request, response) => {
        if (request.path === '/v7/schemas/ids/7')
          response.writeHead(308, { location: '/new/schemas/ids/7' }).end('moved');
        else json(response, 200, INT);
      },
      { auth: { type: 'bearer', token: 'abc123' } },
    );
    const below = createRegistryClient({ url: `${server.url}/v7/`, clock: new TestClock(), timeoutMs: TIMEOUT_MS });
    await expect(below.schemaById(7)).resolves.toMatchObject({ id: 7 });
    expect(server.requests.map((request) => request.path)).toEqual(['/v7/schemas/ids/7', '/new/schemas/ids/7']);
    client.close();
  });

  it.each([
    'http://169.254.169.254/latest/meta-data',
    'http://localhost:1/',
    'file:///etc/passwd',
    'gopher://127.0.0.1/',
    'https://127.0.0.1/',
    '//evil.example/x',
    'http://',
  ])('is not followed to %s', async (location) => {
    const { client, server } = await setUp((_request, response) => response.writeHead(302, { location }).end(), {
      auth: { type: 'basic', username: 'etl', password: 'canary-secret' },
    });
    const error = await failure(client.schemaById(7));
    expect(error).toMatchObject({ code: 'REDIRECT_REFUSED', status: 302, retryable: false });
    expect(server.requests).toHaveLength(1);
  });

  it('takes credentials to no other port of the same host', async () => {
    const other = await stub((_request, response) => json(response, 200, INT));
    const { client } = await setUp((_request, response) =>
      response.writeHead(307, { location: `${other.url}/schemas/ids/7` }).end(),
    );
    await expect(failure(client.schemaById(7))).resolves.toMatchObject({ code: 'REDIRECT_REFUSED' });
    expect(other.requests).toEqual([]);
  });

  it('is given up when it goes round in circles', async () => {
    const { client, server } = await setUp((_request, response) =>
      response.writeHead(302, { location: '/loop' }).end(),
    );
    await expect(failure(client.schemaById(7))).resolves.toMatchObject({ code: 'REDIRECT_REFUSED' });
    expect(server.requests).toHaveLength(4);
  });

  it('does not turn a registration into something else', async () => {
    const { client, server } = await setUp((_request, response) =>
      response.writeHead(303, { location: '/other' }).end(),
    );
    await expect(failure(client.register('s', INT))).resolves.toMatchObject({ code: 'REDIRECT_REFUSED' });
    expect(server.requests).toHaveLength(1);
  });

  it('keeps what was sent where it says so', async () => {
    const { client, server } = await setUp((request, response) =>
      request.path === '/to' ? json(response, 200, { id: 3 }) : response.writeHead(307, { location: '/to' }).end(),
    );
    await expect(client.register('s', INT)).resolves.toBe(3);
    expect(server.requests.map(({ method, body }) => [method, body])).toEqual(
      Array(2).fill(['POST', '{"schema":"\\"int\\""}']),
    );
  });
});

describe('what a registry says no to', () => {
  it.each([
    [404, 40401, 'SUBJECT_NOT_FOUND'],
    [404, 40402, 'VERSION_NOT_FOUND'],
    [404, 40403, 'SCHEMA_NOT_FOUND'],
    [404, 404, 'REFUSED'],
    [409, 409, 'INCOMPATIBLE_SCHEMA'],
    [422, 42201, 'INVALID_SCHEMA'],
    [422, 42202, 'REFUSED'],
    [401, 40101, 'UNAUTHORIZED'],
    [403, 40301, 'UNAUTHORIZED'],
    [418, 0, 'REFUSED'],
  ])('is an error at once: %i with %i is %s', async (status, registryCode, code) => {
    const { client, server } = await setUp((_request, response) =>
      json(response, status, { error_code: registryCode, message: 'No.' }),
    );
    await expect(failure(client.register('s', INT))).resolves.toMatchObject({
      code,
      status,
      registryCode,
      retryable: false,
    });
    expect(server.requests).toHaveLength(1);
  });

  it('is not that an id is unknown, when a proxy has no such page', async () => {
    const { client } = await setUp((_request, response) => response.writeHead(404).end('<h1>404</h1>'));
    await expect(failure(client.schemaById(7))).resolves.toMatchObject({ code: 'REFUSED', registryCode: null });
  });
});

describe('closing', () => {
  it('ends what is under way and what comes', async () => {
    const { client, server } = await setUp(() => {});
    const waiting = failure(client.schemaById(7));
    await expect.poll(() => server.requests.length).toBe(1);
    client.close();
    await expect(waiting).resolves.toMatchObject({ code: 'CLOSED', retryable: false });
    await expect(failure(client.schemaById(7))).resolves.toMatchObject({ code: 'CLOSED' });
    await expect(failure(client.subjects())).resolves.toMatchObject({ code: 'CLOSED' });
  });

  it('ends a pause between two attempts', async () => {
    const pauses: (() => void)[] = [];
    const clock = { monotonic: () => 0, after: (_delayMs: number, run: () => void) => (pauses.push(run), () => {}) };
    const { client } = await setUp((_request, response) => json(response, 503, {}), { clock });
    const waiting = failure(client.schemaById(7));
    // The first is the time for the attempt.
    await expect.poll(() => pauses.length).toBe(2);
    client.close();
    await expect(waiting).resolves.toMatchObject({ code: 'CLOSED' });
  });

  it('of one who waits leaves the others their answer', async () => {
    let answer = (): void => {};
    const { client, server } = await setUp((_request, response) => (answer = () => json(response, 200, INT)));
    const leaving = new AbortController();
    const left = client.schemaById(7, { signal: leaving.signal });
    const stays = client.schemaById(7);
    await expect.poll(() => server.requests.length).toBe(1);
    leaving.abort(new Error('the partition was lost'));
    await expect(left).rejects.toThrow('the partition was lost');
    answer();
    await expect(stays).resolves.toMatchObject({ id: 7 });
  });
});

describe('fetch', () => {
  it('is passed its options, and what the client sets wins', async () => {
    const seen: Record<string, unknown>[] = [];
    const { client } = await setUp(unknownIdHandler, {
      fetchOptions: { dispatcher: 'of undici', redirect: 'follow', method: 'DELETE' },
      fetch: async (url, init) => {
        seen.push({ url, ...init });
        return { status: 200, headers: new Headers(), body: asBody('["a"]') };
      },
    });
    await expect(client.subjects()).resolves.toEqual(['a']);
    expect(seen).toMatchObject([{ dispatcher: 'of undici', redirect: 'manual', method: 'GET' }]);
  });
});

const unknownIdHandler: StubHandler = (_request, response) => unknownId(response);

async function* asBody(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

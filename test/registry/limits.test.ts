import { createRegistryClient, RegistryError, type RegistryOptions } from '@headrace/avro';
import { afterEach, describe, expect, it } from 'vitest';
import { json, startStub, unknownId, type StubHandler, type StubRegistry } from './stub-registry.ts';
import { TestClock, TIMEOUT_MS } from './test-clock.ts';

const stubs: StubRegistry[] = [];
afterEach(() => Promise.all(stubs.splice(0).map((stub) => stub.close())));

async function setUp(handler: StubHandler, options: Partial<RegistryOptions> = {}) {
  const server = await startStub(handler);
  stubs.push(server);
  const clock = new TestClock();
  const client = createRegistryClient({ url: server.url, clock, timeoutMs: TIMEOUT_MS, ...options });
  return { server, clock, client };
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'ok',
    (error: unknown) => (error instanceof RegistryError ? error.code : String(error)),
  );

async function countCodes(work: readonly Promise<unknown>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const code of await Promise.all(work.map(codeOf))) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

const INT = { schema: '"int"' };
const ids = (count: number, first = 1): number[] => Array.from({ length: count }, (_, index) => first + index);

describe('requests for one id', () => {
  it('are one while it is under way, and none after', async () => {
    const { server, client } = await setUp((_request, response) => json(response, 200, INT));
    const all = await Promise.all(ids(1_000).map(() => client.schemaById(7)));
    expect(new Set(all.map(({ schema }) => schema)).size).toBe(1);
    expect(client.knownSchema(7)).toBe(all[0]);
    expect(await client.schemaById(7)).toBe(all[0]);
    expect(client.knownSchema(8)).toBeUndefined();
    expect(server.requests).toHaveLength(1);
  });

  it('share a failure that passes, and ask anew after it', async () => {
    const { server, client } = await setUp(
      (_request, response, number) => json(response, number === 1 ? 500 : 200, INT),
      { retry: { attempts: 1 } },
    );
    expect(await countCodes(ids(50).map(() => client.schemaById(7)))).toEqual({ REGISTRY_FAILED: 50 });
    expect(await codeOf(client.schemaById(7))).toBe('ok');
    expect(server.requests).toHaveLength(2);
  });

  it('are none for a time where it was unknown, and then one', async () => {
    const { server, clock, client } = await setUp((_request, response, number) =>
      number === 1 ? unknownId(response) : json(response, 200, INT),
    );
    expect(await countCodes(ids(10_000).map(() => client.schemaById(7)))).toEqual({ SCHEMA_NOT_FOUND: 10_000 });
    clock.advance(9_999);
    expect(await codeOf(client.schemaById(7))).toBe('SCHEMA_NOT_FOUND');
    expect(server.requests).toHaveLength(1);
    clock.advance(1);
    expect(await codeOf(client.schemaById(7))).toBe('ok');
    expect(server.requests).toHaveLength(2);
  });
});

describe('requests for many ids', () => {
  it('that are unknown cause no storm: five seconds of ten thousand each', async () => {
    const { server, clock, client } = await setUp((_request, response) => unknownId(response));
    let limited = 0;
    for (let second = 0; second < 5; second++) {
      const counts = await countCodes(ids(10_000, 1 + second * 10_000).map((id) => client.schemaById(id)));
      expect(Object.keys(counts).toSorted()).toEqual(['LOOKUPS_LIMITED', 'SCHEMA_NOT_FOUND']);
      limited += counts['LOOKUPS_LIMITED'] ?? 0;
      clock.advance(1_000);
    }
    // A burst of 100, then 10 in each of 4 seconds.
    expect(server.requests).toHaveLength(140);
    expect(limited).toBe(50_000 - 140);
  });

  it('that are unknown keep one that is known back for a time only, which the failure tells', async () => {
    const { clock, client } = await setUp(
      (request, response) => (request.path.endsWith('/7') ? json(response, 200, INT) : unknownId(response)),
      { failedIds: { burst: 5, perSecond: 2 } },
    );
    await countCodes(ids(5, 100).map((id) => client.schemaById(id)));
    const error = await client.schemaById(7).catch((thrown: unknown) => thrown as RegistryError);
    expect(error).toMatchObject({ code: 'LOOKUPS_LIMITED', retryable: true, retryAfterMs: 500 });
    clock.advance(500);
    expect(await codeOf(client.schemaById(7))).toBe('ok');
    // Known ones cost nothing: there is still a token.
    expect(await codeOf(client.schemaById(200))).toBe('SCHEMA_NOT_FOUND');
  });

  it('that are known are made a few at a time, however many come', async () => {
    let running = 0;
    let most = 0;
    const { server, client } = await setUp((_request, response) => {
      most = Math.max(most, ++running);
      setImmediate(() => {
        running--;
        json(response, 200, INT);
      });
    });
    expect(await countCodes(ids(200).map((id) => client.schemaById(id)))).toEqual({ ok: 200 });
    expect(server.requests).toHaveLength(200);
    expect(most).toBeLessThanOrEqual(8);
  });

  it('are refused where too many wait', async () => {
    const { client } = await setUp((_request, response) => json(response, 200, INT), {
      maxConcurrent: 2,
      maxWaiting: 3,
    });
    expect(await countCodes(ids(10).map((id) => client.schemaById(id)))).toEqual({ ok: 5, LOOKUPS_LIMITED: 5 });
  });

  it('are remembered up to a number', async () => {
    const { server, client } = await setUp((_request, response) => json(response, 200, INT), { maxSchemas: 2 });
    for (const id of [1, 2, 1, 3, 1, 2]) await client.schemaById(id);
    expect(server.requests.map(({ path }) => path.split('/').at(-1))).toEqual(['1', '2', '3', '2']);
  });
});

describe('references', () => {
  const record = (name: string, ...types: string[]): string =>
    JSON.stringify({ type: 'record', name, fields: types.map((type, index) => ({ name: `f${index}`, type })) });
  const reference = (name: string, version = 1) => ({ name, subject: name, version });

  interface Stored {
    schema: string;
    references?: unknown[];
  }

  async function withSubjects(byId: Record<string, Stored>, bySubject: Record<string, Stored>) {
    return setUp(({ path }, response) => {
      const [, kind, name = '', , version] = path.split('/');
      const id = path.split('/').at(-1) ?? '';
      const stored = kind === 'schemas' ? byId[id] : bySubject[`${name}/${version}`];
      if (stored === undefined) json(response, 404, { error_code: kind === 'schemas' ? 40403 : 40402, message: 'No.' });
      else json(response, 200, { ...stored, subject: name, version: Number(version), id: 100 });
    });
  }

  it('are resolved, each fetched once, in whatever order they stand', async () => {
    const { server, client } = await withSubjects(
      {
        7: {
          schema: record('n.Top', 'n.Left', 'n.Right', 'n.Leaf'),
          references: ['n.Right', 'n.Left', 'n.Leaf'].map((name) => reference(name)),
        },
      },
      {
        'n.Left/1': { schema: record('n.Left', 'n.Leaf'), references: [reference('n.Leaf')] },
        'n.Right/1': { schema: record('n.Right', 'n.Leaf'), references: [reference('n.Leaf')] },
        'n.Leaf/1': { schema: JSON.stringify({ type: 'enum', name: 'n.Leaf', symbols: ['A'] }) },
      },
    );
    const { schema, references } = await client.schemaById(7);
    expect(schema).toMatchObject({
      kind: 'record',
      name: 'n.Top',
      fields: [
        { type: { kind: 'record', name: 'n.Left', fields: [{ type: { kind: 'enum', name: 'n.Leaf' } }] } },
        { type: { kind: 'record', name: 'n.Right', fields: [{ type: { kind: 'enum', name: 'n.Leaf' } }] } },
        { type: { kind: 'enum', symbols: ['A'] } },
      ],
    });
    expect(references).toHaveLength(3);
    expect(server.requests).toHaveLength(4);
  });

  it('in a cycle are refused', async () => {
    const { client } = await withSubjects(
      { 7: { schema: record('T', 'A'), references: [reference('A')] } },
      {
        'A/1': { schema: record('A', 'B'), references: [reference('B')] },
        'B/1': { schema: record('B', 'A'), references: [reference('A')] },
      },
    );
    expect(await codeOf(client.schemaById(7))).toBe('BAD_REFERENCES');
  });

  it('that give two meanings to one name are refused', async () => {
    const { client } = await withSubjects(
      { 7: { schema: record('T', 'A', 'B'), references: [reference('A', 2), reference('B')] } },
      {
        'A/1': { schema: record('A') },
        'A/2': { schema: record('A', 'int') },
        'B/1': { schema: record('B', 'A'), references: [reference('A', 1)] },
      },
    );
    expect(await codeOf(client.schemaById(7))).toBe('BAD_REFERENCES');
  });

  it('without end, in depth or number, are refused', async () => {
    const { client, server } = await setUp(({ path }, response) => {
      const [, , name = '', , version] = path.split('/');
      const number = Number(name.slice(1));
      const next = path.startsWith('/schemas')
        ? path.endsWith('/1')
          ? [reference('D0')]
          : ids(1_000).map((index) => reference(`W${index}`))
        : name.startsWith('D')
          ? [reference(`D${number + 1}`)]
          : [];
      json(response, 200, {
        schema: record(name === 'ids' ? 'T' : name),
        references: next,
        subject: name,
        version: Number(version),
        id: 9,
      });
    });
    expect(await codeOf(client.schemaById(1))).toBe('BAD_REFERENCES');
    expect(server.requests.length).toBeLessThan(40);
    expect(await codeOf(client.schemaById(2))).toBe('BAD_REFERENCES');
    expect(server.requests.length).toBeLessThan(240);
  });

  it('that are missing are an error that is remembered', async () => {
    const { client, server } = await withSubjects(
      { 7: { schema: record('T', 'A'), references: [reference('A')] } },
      {},
    );
    expect(await codeOf(client.schemaById(7))).toBe('VERSION_NOT_FOUND');
    expect(await codeOf(client.schemaById(7))).toBe('VERSION_NOT_FOUND');
    expect(server.requests).toHaveLength(2);
  });

  it('to a schema with a fault are refused with its place', async () => {
    const { client } = await withSubjects(
      {
        7: { schema: record('T', 'A'), references: [reference('A')] },
        8: { schema: record('T', 'A', 'Nope'), references: [reference('C')] },
      },
      { 'A/1': { schema: record('A', 'Nope') }, 'C/1': { schema: record('A') } },
    );
    await expect(client.schemaById(7)).rejects.toThrow(
      'The schema of GET /schemas/ids/7 cannot be used: in a schema to which it refers, /fields/0/type: There is no type "Nope".',
    );
    await expect(client.schemaById(8)).rejects.toThrow(
      'The schema of GET /schemas/ids/8 cannot be used: /fields/1/type: There is no type "Nope".',
    );
  });
});

import { readFile } from 'node:fs/promises';
import {
  createCodec,
  createFramedDecoder,
  createRegistryClient,
  FRAME_BYTES,
  parseSchema,
  readFrame,
  subjectOf,
  writeFrame,
} from '@headrace/avro';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { json, startStub, type StubRegistry } from './stub-registry.ts';

const guide = new URL('../../docs/schema-registry.md', import.meta.url);

describe('the guide to the registry', () => {
  let server: StubRegistry;
  const registered: string[] = [];
  beforeAll(async () => {
    server = await startStub(({ method, path, body }, response) => {
      if (method === 'POST') registered.push((JSON.parse(body) as { schema: string }).schema);
      if (method === 'POST') json(response, 200, { id: registered.length, version: 1 });
      else json(response, 200, { schema: registered[Number(path.split('/').at(-1)) - 1] });
    });
  });
  afterAll(() => server.close());

  it('shows code that does what it says', async () => {
    const url = server.url;
    const password = 'secret';
    const sent: Uint8Array[] = [];
    const send = (bytes: Uint8Array): number => sent.push(bytes);

    // guide: open
    const clock = {
      monotonic: () => performance.now(),
      after(delayMs: number, run: () => void) {
        const timer = setTimeout(run, delayMs);
        return () => clearTimeout(timer);
      },
    };
    const registry = createRegistryClient({ url, clock, auth: { type: 'basic', username: 'etl', password } });
    // guide: write
    const schema = parseSchema({ type: 'record', name: 'Order', fields: [{ name: 'id', type: 'long' }] });
    const subject = subjectOf('topic', { topic: 'orders', part: 'value', schema });
    const id = await registry.register(subject, { schema });
    const codec = createCodec(schema);
    const datum = codec.encode({ id: 7 });
    const bytes = new Uint8Array(FRAME_BYTES + datum.length);
    bytes.set(datum, writeFrame(bytes, 0, id));
    send(bytes);
    // guide: read
    const decoder = createFramedDecoder(registry, { reader: schema });
    const batch = sent;
    const ids = new Set(batch.map((frame) => readFrame(frame, 0, frame.length)));
    for (const unseen of ids) await decoder.prepare(unseen);
    const orders = batch.map((frame) => decoder.decode(frame, 0, frame.length));
    // guide: end

    expect(orders).toEqual([{ id: 7 }]);
    expect(server.requests.map(({ path }) => path)).toEqual(['/subjects/orders-value/versions', `/schemas/ids/${id}`]);
  });

  it('shows the code of this test', async () => {
    const dedent = (text: string): string => text.replaceAll(/^ {4}/gm, '').trim();
    const source = await readFile(import.meta.filename, 'utf8');
    const parts = source.split(/^ {4}\/\/ guide: \w+$/m).slice(1, -1);
    const blocks = [...(await readFile(guide, 'utf8')).matchAll(/```ts\n([^]*?)```/g)].map(([, code = '']) =>
      code.trim(),
    );
    expect(blocks).toEqual(parts.map(dedent));
  });

  it('names every option and every code of an error', async () => {
    const text = await readFile(guide, 'utf8');
    const folder = new URL('../../packages/avro/src/registry/', import.meta.url);
    const options = await readFile(new URL('options.ts', folder), 'utf8');
    const interfaces = options.slice(0, options.indexOf('export interface RegistrySettings'));
    const codes = await readFile(new URL('registry-error.ts', folder), 'utf8');
    const names = [
      ...[...interfaces.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name = '']) => name),
      ...[...codes.slice(0, codes.indexOf(';')).matchAll(/^ {2}\| '(\w+)'/gm)].map(([, name = '']) => name),
    ];
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });
});

import {
  createCodec,
  FRAME_BYTES,
  parseSchema,
  readFrame,
  RegistryError,
  writeFrame,
  type Schema,
} from '@headrace/avro';
import { builtInComponents, createRegistry } from '@headrace/core';
import { kafkaComponents } from '@headrace/kafka/components';
import { TopologyTestDriver } from '@headrace/testing';
import { afterEach, describe, expect, it } from 'vitest';

const field = (name: string, type: unknown = 'string', more: object = {}) => ({ name, type, ...more });
const order = (...fields: object[]) => ({ type: 'record', name: 'Order', fields: [field('id'), ...fields] });
const ours = order(field('n', 'long'), field('note', 'string', { default: '-' }));
const older = parseSchema(order(field('n', 'int')));
const newer = parseSchema(order(field('n', 'long'), field('note'), field('more', 'boolean')));
const other = parseSchema(order(field('n', 'string')));
const registry = createRegistry([...builtInComponents, ...kafkaComponents]);

const framed = (id: number, schema: Schema, value: unknown): Uint8Array => {
  const datum = createCodec(schema).encode(value);
  const bytes = new Uint8Array(FRAME_BYTES + datum.length);
  bytes.set(datum, writeFrame(bytes, 0, id));
  return bytes;
};

describe('values with the ids of their schemas before them', () => {
  let driver: TopologyTestDriver | null = null;
  afterEach(async () => {
    await driver?.stop().catch(() => undefined);
    driver = null;
  });

  const drive = async (parts: { source?: object; sink?: object; run?: object; partitions?: number } = {}) => {
    const topology = {
      headrace: 1,
      name: 'framed',
      clusters: { main: { brokers: ['localhost:1'], registry: { url: 'http://localhost:1' } } },
      run: { onError: { decode: 'skip' }, ...parts.run },
      sources: { in: { type: 'kafka', topic: 'in', value: { codec: 'avro', schema: ours, ...parts.source } } },
      sinks: { out: { type: 'kafka', input: 'in', topic: 'out', value: 'avro', ...parts.sink } },
    };
    driver = await TopologyTestDriver.create({
      text: JSON.stringify(topology),
      registry,
      partitions: { in: parts.partitions ?? 1 },
    });
    return driver;
  };
  const values = (test: TopologyTestDriver) => test.read('out').map(({ value }) => value);

  it('are read by the schema of their writer and shown in that of the topology, whatever their order', async () => {
    const test = await drive();
    const ids = { old: test.schemas.add('s', older), new: test.schemas.add('s', newer) };
    await test.send('in', [
      { raw: framed(ids.old, older, { id: 'a', n: 1 }) },
      { raw: framed(ids.new, newer, { id: 'b', n: 2n, note: 'x', more: true }) },
      { raw: framed(ids.old, older, { id: 'c', n: 3 }) },
    ]);
    await test.settle();
    expect(values(test)).toEqual([
      { id: 'a', n: 1, note: '-' },
      { id: 'b', n: 2, note: 'x' },
      { id: 'c', n: 3, note: '-' },
    ]);
    expect(test.schemas.asked).toHaveLength(2);
    expect(new Set(test.schemas.asked)).toEqual(new Set([ids.old, ids.new]));
  });

  it('are written behind the id that the subject of the topic has', async () => {
    const test = await drive();
    await test.send('in', { value: { id: 'a', n: 1, note: 'x' } });
    await test.settle();
    const [record] = test.read('out');
    const { id } = await test.schemas.lookUp('out-value', { schema: parseSchema(ours) });
    const bytes = record?.bytes.value as Uint8Array;
    expect(readFrame(bytes, 0, bytes.length)).toBe(id);
  });

  it('are shown in the schema of each writer where the topology has none', async () => {
    const test = await drive({ source: { schema: undefined, subject: 's' }, sink: { value: 'json' } });
    const id = test.schemas.add('s', newer);
    await test.send('in', { raw: framed(id, newer, { id: 'b', n: 2n, note: 'x', more: true }) });
    await test.settle();
    expect(values(test)).toEqual([{ id: 'b', n: 2, note: 'x', more: true }]);
  });

  it('are forwarded as they were read, id and all', async () => {
    const test = await drive({ sink: { value: 'asRead' } });
    const raw = framed(test.schemas.add('s', older), older, { id: 'a', n: 1 });
    await test.send('in', { raw });
    await test.settle();
    expect(Buffer.from(test.read('out')[0]?.bytes.value ?? [])).toEqual(Buffer.from(raw));
  });

  it('fail one by one where they are no frame, or their schema is unknown or of another kind, with their bytes as dead letters', async () => {
    const test = await drive({ run: { onError: { decode: 'deadLetter' }, deadLetter: { topic: 'letters' } } });
    const good = test.schemas.add('s', older);
    const bad = test.schemas.add('s', other);
    const broken = [
      Buffer.from('x'),
      Buffer.from([1, 0, 0, 0, 1, 2]),
      framed(999, older, { id: 'u', n: 1 }),
      framed(bad, other, { id: 'o', n: 'text' }),
    ];
    await test.send('in', [
      ...broken.map((raw) => ({ raw })),
      { raw: framed(good, older, { id: 'a', n: 1 }) },
      { raw: framed(999, older, { id: 'v', n: 1 }) },
    ]);
    await test.settle();
    expect(values(test)).toEqual([{ id: 'a', n: 1, note: '-' }]);
    const letters = test.deadLetters();
    expect(letters.map(({ headers }) => headers['__headrace.errors.code'])).toEqual([
      'BAD_FRAME',
      'BAD_FRAME',
      'UNKNOWN_SCHEMA_ID',
      'RESOLUTION_FAILED',
      'UNKNOWN_SCHEMA_ID',
    ]);
    expect(letters.slice(0, 4).map(({ bytes }) => Buffer.from(bytes.value ?? []))).toEqual(
      broken.map((raw) => Buffer.from(raw)),
    );
    // An id that gives no schema is asked for once, however many records name it.
    expect(test.schemas.asked.filter((id) => id === 999)).toHaveLength(1);
  });

  it('are asked for again after a while where the registry did not know their id', async () => {
    const test = await drive();
    const raw = framed(2, older, { id: 'late', n: 1 });
    await test.send('in', { raw });
    await test.settle();
    expect(values(test)).toEqual([]);
    expect(test.schemas.add('s', older)).toBe(2);
    await test.send('in', { raw });
    await test.settle();
    expect(values(test)).toEqual([]);
    await test.advance('11s');
    await test.send('in', { raw });
    await test.settle();
    expect(values(test)).toEqual([{ id: 'late', n: 1, note: '-' }]);
  });

  it('wait while the registry is down, those behind them in their partition too; others pass, and none is lost', async () => {
    const test = await drive({ partitions: 2, run: { onError: {} } });
    const seen = test.schemas.add('s', older);
    const unseen = test.schemas.add('s', newer);
    const known = (id: string) => framed(seen, older, { id, n: 1 });
    await test.send('in', [
      { raw: known('a'), partition: 0 },
      { raw: known('b'), partition: 1 },
    ]);
    await test.settle();
    test.schemas.failure = new RegistryError('UNREACHABLE', '', 'it is down');
    await test.send('in', { raw: framed(unseen, newer, { id: 'c', n: 2n, note: 'x', more: true }), partition: 0 });
    await test.send('in', { raw: known('d'), partition: 0 });
    await test.send('in', { raw: known('e'), partition: 1 });
    await test.advance('60s');
    const ids = () => values(test).map((value) => (value as { id: string }).id);
    expect(ids()).toEqual(['a', 'b', 'e']);
    // A registry that is down is asked less and less often.
    expect(test.schemas.asked.length).toBeLessThan(20);
    test.schemas.failure = null;
    await test.advance('20s');
    expect(ids()).toEqual(['c', 'd']);
    expect(test.committed()).toEqual({ 'in/0': 3, 'in/1': 2 });
  });

  it('end a run that the registry refuses, and make no dead letters of it', async () => {
    const test = await drive({ run: { onError: { decode: 'deadLetter' }, deadLetter: { topic: 'letters' } } });
    test.schemas.failure = new RegistryError('UNAUTHORIZED', '', 'wrong password');
    await test.send('in', { raw: framed(1, older, { id: 'a', n: 1 }) });
    await expect(test.settle()).rejects.toMatchObject({ code: 'REGISTRY_REFUSED' });
    expect(test.deadLetters()).toEqual([]);
    expect(test.committed()).toEqual({});
  });
});

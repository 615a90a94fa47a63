import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {
  createCodec,
  createFramedDecoder,
  createRegistryClient,
  FRAME_BYTES,
  parseSchema,
  writeFrame,
} from '@headrace/avro';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWarmCommand } from '../../command/warm-command.ts';
import { consumeAll } from '../../kafka/consume-all.ts';
import { describeKafka } from '../../kafka/require-kafka.ts';
import { uniqueName } from '../../kafka/topics.ts';
import { realClock } from '../test-clock.ts';
import { startRegistry, type Registry } from './apicurio.ts';

const text = (name: string, ...fields: object[]): string => JSON.stringify({ type: 'record', name, fields });
const id = { name: 'id', type: 'long' };

// Ids and messages are the registry's own: nothing is said of them here.
describeKafka('a real schema registry', (bootstrap) => {
  let registry: Registry;
  const open = () => createRegistryClient({ url: registry.url, clock: realClock });
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry?.stop());

  it('gives back by id, version and as the latest what was registered', async () => {
    const client = open();
    const schema = text('n.Order', id);
    const first = await client.register('orders-value', { schema });
    const second = await client.register('orders-value', {
      schema: text('n.Order', id, { name: 'note', type: 'string', default: '' }),
    });
    expect(second).not.toBe(first);
    expect(await client.register('copies-value', { schema })).toBe(first);
    const other = open();
    expect(await other.schemaById(first)).toMatchObject({ id: first, text: schema, schema: { name: 'n.Order' } });
    expect(await other.versions('orders-value')).toEqual([1, 2]);
    expect(await other.version('orders-value', 1)).toMatchObject({ id: first, version: 1, subject: 'orders-value' });
    expect(await other.version('orders-value', 'latest')).toMatchObject({ id: second, version: 2 });
    expect((await other.version('orders-value', 1)).schema).toBe((await other.schemaById(first)).schema);
    expect(await other.lookUp('orders-value', { schema })).toEqual({ id: first, version: 1 });
    expect(await other.subjects()).toEqual(expect.arrayContaining(['orders-value', 'copies-value']));
  });

  it('takes a schema that was parsed here for the same', async () => {
    const client = open();
    const schema = text(
      'n.Parsed',
      { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
      { name: 'note', type: ['null', 'string'], default: null },
    );
    const registered = await client.register('parsed-value', { schema, normalize: true });
    const parsed = { schema: parseSchema(JSON.parse(schema)), normalize: true };
    expect(await open().register('parsed-value', parsed)).toBe(registered);
    expect(await open().lookUp('parsed-value', parsed)).toEqual({ id: registered, version: 1 });
  });

  it('says what it lacks', async () => {
    const client = open();
    await client.register('lacking-value', { schema: text('Lacking', id) });
    await expect(client.schemaById(999_999)).rejects.toMatchObject({ code: 'SCHEMA_NOT_FOUND', registryCode: 40403 });
    await expect(client.versions('nowhere')).rejects.toMatchObject({ code: 'SUBJECT_NOT_FOUND' });
    await expect(client.version('lacking-value', 9)).rejects.toMatchObject({ code: 'VERSION_NOT_FOUND' });
    await expect(client.lookUp('lacking-value', { schema: '"int"' })).rejects.toMatchObject({
      code: 'SCHEMA_NOT_FOUND',
    });
    await expect(client.lookUp('nowhere', { schema: '"int"' })).rejects.toMatchObject({ code: 'SUBJECT_NOT_FOUND' });
    await expect(client.register('lacking-value', { schema: '{"type":"nope"}' })).rejects.toMatchObject({
      code: 'INVALID_SCHEMA',
    });
    const wrongPath = createRegistryClient({ url: `${registry.url}/nowhere`, clock: realClock });
    await expect(wrongPath.schemaById(1)).rejects.toMatchObject({ code: 'REFUSED' });
  });

  it('holds a subject to its level of compatibility', async () => {
    const client = open();
    const next = text('n.Level', id, { name: 'must', type: 'string' });
    await client.register('level-value', { schema: text('n.Level', id) });
    await client.setCompatibility('BACKWARD', 'level-value');
    expect(await client.compatibility('level-value')).toBe('BACKWARD');
    expect(typeof (await client.compatibility())).toBe('string');
    for (const against of ['latest', 1, 'all'] as const) {
      expect((await client.checkCompatibility('level-value', { schema: next }, against)).compatible).toBe(false);
    }
    await expect(client.register('level-value', { schema: next })).rejects.toMatchObject({
      code: 'INCOMPATIBLE_SCHEMA',
      status: 409,
    });
    await client.setCompatibility('FORWARD', 'level-value');
    expect((await client.checkCompatibility('level-value', { schema: next })).compatible).toBe(true);
    await expect(client.register('level-value', { schema: next })).resolves.toEqual(expect.any(Number));
  });

  it('resolves references, of a diamond too', async () => {
    const client = open();
    const leaf = await client.register('leaf', {
      schema: JSON.stringify({ type: 'enum', name: 'n.Leaf', symbols: ['A', 'B'] }),
    });
    const leafReference = { name: 'n.Leaf', subject: 'leaf', version: 1 };
    const side = (name: string) => ({
      schema: text(name, { name: 'leaf', type: 'n.Leaf' }),
      references: [leafReference],
    });
    await client.register('left', side('n.Left'));
    await client.register('right', side('n.Right'));
    const schema = text('n.Top', { name: 'l', type: 'n.Left' }, { name: 'r', type: 'n.Right' });
    const references = ['Left', 'Right'].map((name) => ({
      name: `n.${name}`,
      subject: name.toLowerCase(),
      version: 1,
    }));
    const top = await client.register('top', { schema, references });
    const found = await open().schemaById(top);
    expect(found.references).toEqual(references);
    const value = { l: { leaf: 'A' }, r: { leaf: 'B' } };
    const codec = createCodec(found.schema);
    const bytes = codec.encode(value);
    expect(codec.decode(bytes, 0, bytes.length)).toEqual(value);
    expect(await client.lookUp('top', { schema, references })).toEqual({ id: top, version: 1 });
    expect(await client.referencedBy('leaf', 1)).toHaveLength(2);
    expect((await client.schemaById(leaf)).schema).toMatchObject({ kind: 'enum', name: 'n.Leaf' });
  });

  it('takes subjects of any characters', async () => {
    const client = open();
    const subject = 'a/b c?d#e%2F ü';
    await client.register(subject, { schema: '"int"' });
    expect(await client.versions(subject)).toEqual([1]);
    expect(await client.subjects()).toContain(subject);
    for (const impossible of ['', '.', '..', '\ud800']) {
      await expect(client.versions(impossible)).rejects.toMatchObject({ code: 'BAD_OPTION' });
    }
  });

  it('lets what was written in an older schema be read in a newer one, by its id', async () => {
    const client = open();
    const old = parseSchema(JSON.parse(text('n.Wire', id)));
    const reader = parseSchema(JSON.parse(text('n.Wire', id, { name: 'note', type: 'string', default: '-' })));
    const oldId = await client.register('wire-value', { schema: old });
    const datum = createCodec(old).encode({ id: 7 });
    const bytes = new Uint8Array(FRAME_BYTES + datum.length);
    bytes.set(datum, writeFrame(bytes, 0, oldId));
    const decoder = createFramedDecoder(open(), { reader });
    await decoder.prepare(oldId);
    expect(decoder.decode(bytes, 0, bytes.length)).toEqual({ id: 7, note: '-' });
  });

  it('gets the schemas of a topology by "apply", as "plan --online" says, and a run then finds them', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-subjects-'));
    const command = await startWarmCommand();
    const headrace = (...args: string[]) => command.run(folder, ...args);
    const topic = uniqueName('subjects');
    const topology = {
      headrace: 1,
      name: topic,
      clusters: { main: { brokers: [bootstrap], registry: { url: registry.url } } },
      sources: { made: { type: 'generate', count: 3, select: { n: 'index' } } },
      sinks: { out: { type: 'kafka', input: 'made', topic, value: 'avro' } },
    };
    try {
      await writeFile(path.join(folder, 'topology.json'), JSON.stringify(topology));
      const found = async () => {
        const { code, stdout } = await headrace('plan', 'topology.json', '--online', '--format', 'json');
        const { online } = JSON.parse(stdout) as { online: { items: { kind: string; name: string; state: string }[] } };
        return { code, items: online.items.map(({ kind, name, state }) => `${kind} ${name} ${state}`) };
      };
      const value = `${topic}-value`;
      expect(await found()).toEqual({ code: 1, items: [`topic ${topic} missing`, `subject ${value} missing`] });
      const validated = await headrace('validate', 'topology.json', '--online');
      expect(validated.code).toBe(2);
      expect(validated.stdout).toMatch(/error SUBJECT_LACKS_SCHEMA {2}sinks\.out\.value: /);
      const dry = await headrace('apply', 'topology.json', '--dry-run');
      expect(dry.stdout).toContain(`subject "${value}" would be registered: the schema of the values of "out"\n`);
      await expect(open().versions(value)).rejects.toMatchObject({ code: 'SUBJECT_NOT_FOUND' });
      const applied = await headrace('apply', 'topology.json');
      expect(applied, applied.stderr).toMatchObject({ code: 0 });
      const { id: registered, schema } = await open().version(value, 'latest');
      expect(applied.stdout).toContain(
        `subject "${value}" registered: the schema of the values of "out", its id is ${registered}\n`,
      );
      expect(await headrace('apply', 'topology.json')).toMatchObject({
        code: 0,
        stdout: 'There is nothing to make.\n',
      });
      expect(await found()).toEqual({ code: 0, items: [`topic ${topic} fine`, `subject ${value} fine`] });
      const ran = await headrace('run', 'topology.json', '--metrics-address', 'off');
      expect(ran.code, ran.stderr).toBe(0);
      const codec = createCodec(schema);
      const written = (await consumeAll(bootstrap, topic)).map(({ value: bytes }) => bytes as Buffer);
      expect(written.map((bytes) => bytes.readUInt32BE(1))).toEqual([registered, registered, registered]);
      const values = written.map((bytes) => codec.decode(bytes, FRAME_BYTES, bytes.length));
      expect(values).toEqual(expect.arrayContaining([{ n: 0 }, { n: 1 }, { n: 2 }]));
    } finally {
      await command.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

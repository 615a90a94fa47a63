import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createContainerWriter, parseSchema, readContainer, type BlockCodecName } from '@headrace/avro';
import avsc from 'avsc';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesBelow, putFiles, runFiles } from './run-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-avro-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const written = {
  type: 'record',
  name: 'shop.Order',
  fields: [
    { name: 'id', type: 'int' },
    { name: 'gone', type: 'string' },
    { name: 'note', type: ['null', 'string'] },
  ],
};
/** What the records of `written` are read as: a wider number, a field less, one with a default more. */
const wanted = {
  type: 'record',
  name: 'shop.Order',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'note', type: ['null', 'string'] },
    { name: 'country', type: 'string', default: 'ZZ' },
  ],
};

/** Makes a container file, many blocks of few records each. */
function container(count: number, codec: BlockCodecName, from = 0, schema: object = written): Buffer {
  const writer = createContainerWriter(parseSchema(schema), { codec, blockBytes: 200 });
  const parts = [writer.begin()];
  for (let id = from; id < from + count; id++) {
    const block = writer.write({ id, gone: 'x', note: id % 3 === 0 ? null : `nóte ${id}` });
    if (block !== null) parts.push(block);
  }
  parts.push(writer.flush() ?? new Uint8Array(0));
  return Buffer.concat(parts);
}

const orders = { type: 'file', path: './in/*.avro', value: { codec: 'avro', schema: wanted } };
const expected = (count: number): object[] =>
  Array.from({ length: count }, (_, id) => ({ id, note: id % 3 === 0 ? null : `nóte ${id}`, country: 'ZZ' }));
const linesOf = async (name: string): Promise<unknown[]> =>
  String((await filesBelow(folder))[name])
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);

/** Reads a container file as avsc does, with the schema that it says. */
async function byAvsc(file: string): Promise<{ schema: unknown; records: unknown[] }> {
  return new Promise((resolve, reject) => {
    const records: unknown[] = [];
    let schema: unknown = null;
    const decoder = createReadStream(file).pipe(new avsc.streams.BlockDecoder());
    decoder.on('metadata', (type: { schema(): unknown }) => (schema = type.schema()));
    decoder.on('data', (record: object) => records.push({ ...record }));
    decoder.on('end', () => resolve({ schema, records }));
    decoder.on('error', reject);
  });
}

describe('container files of Avro', () => {
  it.each(['null', 'deflate', 'snappy'] as const)(
    'with blocks of %s are read as records of the declared schema, which theirs resolves to',
    async (codec) => {
      await putFiles(folder, { 'in/a.avro': container(100, codec), 'in/b.avro': container(50, codec, 100) });
      await runFiles({
        folder,
        sources: { orders },
        sinks: { out: { type: 'file', input: 'orders', path: './out.ndjson' } },
      });
      expect(await linesOf('out.ndjson')).toEqual(expected(150));
    },
  );

  it('may differ in their schemas from file to file, and say by which file and index a record is', async () => {
    await putFiles(folder, {
      'in/a.avro': container(2, 'null'),
      'in/b.avro': container(2, 'null', 2, { ...written, fields: [...written.fields].reverse() }),
    });
    await runFiles({
      folder,
      sources: { orders },
      operators: {
        placed: {
          type: 'map',
          input: 'orders',
          select: { id: 'id', file: "record.headers['file']", at: 'record.offset' },
        },
      },
      sinks: { out: { type: 'file', input: 'placed', path: './out.ndjson' } },
    });
    expect(await linesOf('out.ndjson')).toEqual(
      [0, 1, 2, 3].map((id) => ({ id, file: id < 2 ? 'in/a.avro' : 'in/b.avro', at: id })),
    );
  });

  it('go on after what is committed, also in a file that has grown', async () => {
    const sinks = { out: { type: 'file', input: 'orders', path: './out.ndjson' } };
    const whole = container(90, 'deflate');
    const { header, blocks } = await readContainer([whole]);
    const ends: number[] = [header.length];
    for await (const block of blocks) ends.push(block.next.offset);
    for (const end of [ends[0]!, ends[1]!, ends[4]!, ends.at(-1)!]) {
      await putFiles(folder, { 'in/a.avro': whole.subarray(0, end) });
      await runFiles({ folder, sources: { orders }, sinks });
    }
    expect(await linesOf('out.ndjson')).toEqual(expected(90));
  });

  it('are refused where no record could be read as the declared schema, are cut, or are none, naming the file', async () => {
    const sinks = { out: { type: 'file', input: 'orders', path: './out.ndjson' } };
    const run = async (bytes: Uint8Array): Promise<void> => {
      await rm(path.join(folder, 'state'), { recursive: true, force: true });
      await putFiles(folder, { 'in/a.avro': bytes });
      await runFiles({ folder, sources: { orders }, sinks });
    };
    const other = { type: 'record', name: 'shop.Order', fields: [{ name: 'id', type: 'string' }] };
    const writer = createContainerWriter(parseSchema(other));
    await expect(
      run(Buffer.concat([writer.begin(), writer.write({ id: 'x' }) ?? writer.flush()!])),
    ).rejects.toMatchObject({
      code: 'RESOLUTION_FAILED',
      message: expect.stringMatching(
        /^The records of "in\/a\.avro" cannot be read as those of source "orders": /,
      ) as string,
    });
    await expect(run(container(50, 'null').subarray(0, -5))).rejects.toMatchObject({ code: 'READ_FAILED' });
    await expect(run(Buffer.from('{"id":1}\n'))).rejects.toThrow(
      /is no container of Avro: it does not begin with "Obj" and 1\.$/,
    );
  });

  it('with a record that cannot be read as the declared schema send it to the port "error", and go on', async () => {
    const status = (symbols: string[]): object => ({
      type: 'record',
      name: 'S',
      fields: [{ name: 'status', type: { type: 'enum', name: 'Status', symbols } }],
    });
    const writer = createContainerWriter(parseSchema(status(['NEW', 'LOST', 'PAID'])));
    for (const symbol of ['NEW', 'LOST', 'PAID']) writer.write({ status: symbol });
    await putFiles(folder, { 'in/a.avro': Buffer.concat([writer.begin(), writer.flush()!]) });
    const value = { codec: 'avro', schema: status(['PAID', 'NEW']) };
    await runFiles({
      folder,
      sources: { orders: { ...orders, value } },
      operators: { why: { type: 'map', input: 'orders.error', select: { code: 'error.code', at: 'record.offset' } } },
      sinks: {
        out: { type: 'file', input: 'orders', path: './out.ndjson' },
        bad: { type: 'file', input: 'why', path: './bad.ndjson', value: 'json' },
      },
    });
    expect(await linesOf('out.ndjson')).toEqual([{ status: 'NEW' }, { status: 'PAID' }]);
    expect(await linesOf('bad.ndjson')).toEqual([{ code: expect.any(String) as string, at: 1 }]);
  });

  it('are refused while the topology is checked where their schema is not declared', async () => {
    const sinks = { out: { type: 'file', input: 'orders', path: './out.ndjson' } };
    const undeclared = { orders: { type: 'file', path: './in/a.avro' } };
    await expect(runFiles({ folder, sources: undeclared, sinks })).rejects.toThrow('SCHEMA_NEEDED');
  });

  it.each(['none', 'deflate', 'snappy'])(
    'that a sink wrote, its blocks compressed with %s, are read by avsc',
    async (compression) => {
      await putFiles(folder, { 'in/a.avro': container(100, 'deflate') });
      await runFiles({
        folder,
        sources: { orders },
        operators: { doubled: { type: 'map', input: 'orders', set: { twice: 'id * 2' }, remove: ['note'] } },
        sinks: { out: { type: 'file', input: 'doubled', path: './out/order-totals.avro', compression } },
      });
      if (compression === 'snappy') {
        const { blocks } = await readContainer(createReadStream(path.join(folder, 'out/order-totals.avro')));
        const records: unknown[] = [];
        for await (const block of blocks) records.push(...block.records());
        expect(records[99]).toEqual({ id: 99, country: 'ZZ', twice: 198 });
        return;
      }
      const { schema, records } = await byAvsc(path.join(folder, 'out/order-totals.avro'));
      expect(records).toEqual(expected(100).map((_, id) => ({ id, country: 'ZZ', twice: id * 2 })));
      expect(schema).toMatchObject({ type: 'record', name: 'order_totals' });
    },
  );

  it('go on where the last run ended, and not in another schema', async () => {
    await putFiles(folder, { 'in/a.avro': container(10, 'null') });
    const to = (schema: unknown) => ({
      out: { type: 'file', input: 'orders', path: './out.avro', value: { codec: 'avro', schema } },
    });
    await runFiles({ folder, sources: { orders }, sinks: to(wanted) });
    await putFiles(folder, { 'in/b.avro': container(10, 'null', 10) });
    const narrow = { ...wanted, fields: wanted.fields.slice(0, 1) };
    await expect(runFiles({ folder, sources: { orders }, sinks: to(narrow) })).rejects.toMatchObject({
      code: 'FILE_CHANGED',
    });
    await runFiles({ folder, sources: { orders }, sinks: to(wanted) });
    const { records } = await byAvsc(path.join(folder, 'out.avro'));
    expect(records).toEqual(expected(20).map((order) => ({ ...order })));
  });

  it('lie in folders of values, each a whole file', async () => {
    await putFiles(folder, { 'in/a.avro': container(30, 'null') });
    const sink = { type: 'file', input: 'orders', path: './out', value: 'avro', partitionBy: [{ rest: 'id % 3' }] };
    await runFiles({ folder, sources: { orders }, sinks: { out: sink } });
    const names = Object.keys(await filesBelow(path.join(folder, 'out')));
    expect(names.map((name) => name.slice(0, 7))).toEqual(['rest=0/', 'rest=1/', 'rest=2/']);
    for (const [rest, name] of names.entries()) {
      const { records } = await byAvsc(path.join(folder, 'out', name));
      expect(records.map((record) => (record as { id: number }).id % 3)).toEqual(Array(10).fill(rest));
    }
  });
});

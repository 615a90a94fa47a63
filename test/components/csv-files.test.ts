import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesBelow, putFiles, runFiles } from './run-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-csv-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const schema = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'amount', type: ['null', 'double'] },
  ],
};

interface Trial {
  readonly source?: object;
  readonly codec?: object;
  readonly from?: string;
  readonly to?: string;
  readonly sink?: object;
}

/** Reads a file of CSV, adds a field, and returns what was written. */
async function run(text: string | Uint8Array, { source, codec, from = 'in.csv', to = 'out.csv', sink }: Trial = {}) {
  await putFiles(folder, { [from]: text });
  await runFiles({
    folder,
    sources: { orders: { type: 'file', path: `./${from}`, value: { codec: 'csv', schema, ...codec }, ...source } },
    operators: { doubled: { type: 'map', input: 'orders', set: { twice: 'amount == null ? 0.0 : amount * 2.0' } } },
    sinks: { out: { type: 'file', input: 'doubled', path: `./${to}`, ...sink } },
  });
  const bytes = (await filesBelow(folder))[to] as Buffer;
  return (to.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
}

describe('files of CSV', () => {
  it('are read and written with a header', async () => {
    expect(await run('\uFEFFid,amount\r\n"a, b",1.5\r\n\r\nc,\r\n')).toBe('id,amount,twice\n"a, b",1.5,3\nc,,0\n');
  });

  it('may have line breaks within their cells, from the source to the sink', async () => {
    const text = 'id,amount\n"a\nb",1\n"c\r\n""d""",2\n"\n",3\n';
    const written = await run(text);
    expect(written).toBe('id,amount,twice\n"a\nb",1,2\n"c\r\n""d""",2,4\n"\n",3,6\n');
    await rm(path.join(folder, 'state'), { recursive: true });
    expect(await run(written, { sink: { existing: 'replace' } })).toBe(written);
  });

  it('may have their columns in another order, and more of them', async () => {
    expect(await run('amount,note,id\n1.5,x,a\n,"y\nz",b\n')).toBe('id,amount,twice\na,1.5,3\nb,,0\n');
  });

  it('may lack a column that may be null', async () => {
    expect(await run('id\na\nb\n')).toBe('id,amount,twice\na,,0\nb,,0\n');
  });

  it('are refused where a column is missing that is needed, or stands twice, naming the file', async () => {
    await expect(run('amount\n1\n')).rejects.toMatchObject({
      code: 'WRONG_HEADER',
      message:
        'The file "in.csv" of source "orders": The first line has no column "id", and that field takes neither null nor a default.',
    });
    await expect(run('id,amount,id\n')).rejects.toMatchObject({ code: 'WRONG_HEADER' });
    await expect(run('a,1\nb,2\n')).rejects.toThrow('"header": false');
  });

  it('may be without a header', async () => {
    expect(await run('x,1\n', { source: { header: false }, sink: { header: false } })).toBe('x,1,2\n');
  });

  it('may have other delimiters and quotes, read and written', async () => {
    const codec = { delimiter: ';', quote: "'" };
    const sink = { value: { codec: 'csv', delimiter: '\t' } };
    expect(await run("id;amount\n'a;''b''';1.5\n", { codec, sink })).toBe("id\tamount\ttwice\na;'b'\t1.5\t3\n");
    await expect(run('', { codec: { delimiter: ';', quote: ';' } })).rejects.toThrow('OPTIONS_CONFLICT');
    await expect(run('', { codec: { delimiter: '\n' } })).rejects.toThrow('NOT_ALLOWED_VALUE');
  });

  it('are packed where their name says so', async () => {
    const lines = Array.from({ length: 20_000 }, (_, n) => `k${n},${n}\n`).join('');
    const written = await run(`id,amount\n${lines}`, { to: 'out.csv.gz' });
    expect(written.split('\n')).toHaveLength(20_002);
    expect(written.startsWith('id,amount,twice\nk0,0,0\nk1,1,2\n')).toBe(true);
  });

  it('are unpacked where their name says so', async () => {
    await putFiles(folder, { 'in.csv': Array.from({ length: 9_000 }, (_, n) => `k${n},${n}\n`).join('') });
    const value = { codec: 'csv', schema };
    await runFiles({
      folder,
      sources: { orders: { type: 'file', path: './in.csv', header: false, value } },
      sinks: { out: { type: 'file', input: 'orders', path: './packed.csv.sz' } },
    });
    const packed = (await filesBelow(folder))['packed.csv.sz'] as Buffer;
    await rm(path.join(folder, 'state'), { recursive: true });
    const written = await run(packed, { from: 'in.csv.sz' });
    expect(written.split('\n')).toHaveLength(9_002);
    expect(written.endsWith('k8999,8999,17998\n')).toBe(true);
  });

  it('of a single cell that is null keep their records', async () => {
    const one = { type: 'record', name: 'One', fields: [{ name: 'a', type: ['null', 'string'] }] };
    await putFiles(folder, { 'in.ndjson': '{"a":null}\n{"a":"x"}\n{"a":null}\n' });
    await runFiles({
      folder,
      sources: { in: { type: 'file', path: './in.ndjson', value: { codec: 'json', schema: one } } },
      sinks: { out: { type: 'file', input: 'in', path: './one.csv' } },
    });
    expect(String((await filesBelow(folder))['one.csv'])).toBe('a\n""\nx\n""\n');
  });

  it('with a record that is none send it to the port "error", as it stands in the file', async () => {
    await putFiles(folder, { 'in.csv': 'id,amount\n"a"b,1\nc,2\nd\n' });
    await runFiles({
      folder,
      sources: { orders: { type: 'file', path: './in.csv', value: { codec: 'csv', schema } } },
      sinks: {
        out: { type: 'file', input: 'orders', path: './out.csv' },
        bad: { type: 'file', input: 'orders.error', path: './bad.txt', value: 'bytes' },
      },
    });
    const files = await filesBelow(folder);
    expect(String(files['out.csv'])).toBe('id,amount\nc,2\n');
    expect(String(files['bad.txt'])).toBe('"a"b,1\nd\n');
  });
});

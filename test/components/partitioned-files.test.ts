import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { builtInComponents, createRegistry, defineTopology, file, fileSink, json } from '@headrace/core';
import { TopologyTestDriver } from '@headrace/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesBelow, putFiles, runFiles } from './run-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-partitions-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const lines = (records: readonly object[]): string => records.map((record) => `${JSON.stringify(record)}\n`).join('');
const partitionBy = [
  { dt: "format(timestamp(placedAt), 'yyyy-MM-dd')" },
  { country: 'country' },
  { big: 'amount > 10.0' },
];
const order = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'placedAt', type: 'string' },
    { name: 'country', type: ['null', 'string'], default: null },
    { name: 'amount', type: 'double' },
  ],
};
const sources = { orders: { type: 'file', path: './in.ndjson', value: { codec: 'json', schema: order } } };
const textOf = async (below: string): Promise<Record<string, string>> =>
  Object.fromEntries(Object.entries(await filesBelow(path.join(folder, below))).map(([name, b]) => [name, String(b)]));

describe('a file sink with "partitionBy"', () => {
  it('writes each record to the folders of its values', async () => {
    const records = [
      { placedAt: '2026-01-31T23:59:59Z', country: 'DE', amount: 11 },
      { placedAt: '2026-02-01T00:00:00Z', country: null, amount: 1 },
      { placedAt: '2026-01-31T00:00:00Z', country: 'DE', amount: 12 },
      { placedAt: '2026-01-31T00:00:00Z', country: '../../../up', amount: 13 },
    ];
    await putFiles(folder, { 'in.ndjson': lines(records) });
    await runFiles({ folder, sources, sinks: { out: { type: 'file', input: 'orders', path: './out', partitionBy } } });
    const name = (offset: number): string => `out-orders-files-${String(offset).padStart(20, '0')}.ndjson`;
    const files = await textOf('out');
    expect(Object.keys(files).map((file) => file.replace(/out-[^/]*-(\d{20})/, 'out-orders-files-$1'))).toEqual([
      `dt=2026-01-31/country=..%2F..%2F..%2Fup/big=true/${name(3)}`,
      `dt=2026-01-31/country=DE/big=true/${name(0)}`,
      `dt=2026-02-01/country=__HIVE_DEFAULT_PARTITION__/big=false/${name(1)}`,
    ]);
    expect(Object.values(files)).toEqual([
      lines([records[3]!]),
      lines([records[0]!, records[2]!]),
      lines([records[1]!]),
    ]);
    expect((await readdir(folder)).sort((a, b) => (a < b ? -1 : 1))).toEqual(['in.ndjson', 'out', 'state']);
  });

  it('shows tests the record without what says to which folder it goes', async () => {
    const driver = await TopologyTestDriver.create({
      file: path.join(folder, 'topology.json'),
      definition: {
        headrace: 1,
        name: 'partitions',
        sources,
        sinks: { out: { type: 'file', input: 'orders', path: './out', partitionBy } },
      },
      registry: createRegistry(builtInComponents),
    });
    const value = { placedAt: '2026-01-31T00:00:00Z', country: 'DE', amount: 11 };
    await driver.send('orders', { value, headers: { trace: 'a' } });
    await driver.settle();
    const [received] = driver.read('out');
    expect(received).toMatchObject({ value });
    expect(received?.headers).toEqual({ trace: 'a' });
    await driver.stop();
  });

  it('goes on beside what it wrote before, and begins anew where it is told to', async () => {
    const all = [0, 1, 2, 3].map((n) => ({ placedAt: '2026-01-31T00:00:00Z', country: `c${n % 2}`, amount: n }));
    const sinks = { out: { type: 'file', input: 'orders', path: './out', partitionBy: [{ country: 'country' }] } };
    await putFiles(folder, { 'in.ndjson': lines(all.slice(0, 2)) });
    await runFiles({ folder, sources, sinks });
    await putFiles(folder, { 'in.ndjson': lines(all) });
    await runFiles({ folder, sources, sinks });
    expect(Object.values(await textOf('out')).join('')).toBe(lines([all[0]!, all[2]!, all[1]!, all[3]!]));
    expect(Object.keys(await textOf('out'))).toHaveLength(4);
    await rm(path.join(folder, 'state'), { recursive: true });
    await expect(runFiles({ folder, sources, sinks })).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    await runFiles({ folder, sources, sinks: { out: { ...sinks.out, existing: 'replace' } } });
    expect(Object.keys(await textOf('out'))).toHaveLength(2);
    expect(Object.values(await textOf('out')).join('')).toBe(lines([all[0]!, all[2]!, all[1]!, all[3]!]));
  });

  it('refuses values that are too long for a folder, and their letters say nothing of folders', async () => {
    const records = [
      { placedAt: '2026-01-31T00:00:00Z', country: 'x'.repeat(300), amount: 1 },
      { placedAt: '2026-01-31T00:00:00Z', country: 'DE', amount: 2 },
    ];
    await putFiles(folder, { 'in.ndjson': lines(records) });
    await runFiles({
      folder,
      sources,
      sinks: {
        out: {
          type: 'file',
          input: 'orders',
          path: './out',
          partitionBy: [{ country: 'country' }],
          onError: { deliver: 'deadLetter' },
        },
        letters: { type: 'file', path: './letters.ndjson' },
      },
      run: { deadLetter: { sink: 'letters' } },
    });
    expect(Object.values(await textOf('out'))).toEqual([lines([records[1]!])]);
    const letter = JSON.parse(String((await filesBelow(folder))['letters.ndjson'])) as Record<string, object>;
    expect(letter).toMatchObject({ headers: { file: 'in.ndjson' }, error: { code: 'FOLDER_NAME_TOO_LONG' } });
    expect(JSON.stringify(letter)).not.toContain('__headrace.route');
  });

  it('takes functions for values in TypeScript', async () => {
    await putFiles(folder, { 'in.ndjson': '{"id":"ab"}\n{"id":"c"}\n{"id":"de"}\n' });
    const schema = { type: 'record', name: 'Order', fields: [{ name: 'id', type: 'string' }] } as const;
    const definition = defineTopology('files', ({ source }) => {
      source('orders', file({ path: './in.ndjson', value: json(schema) })).to(
        'out',
        fileSink({
          path: './out',
          partitionBy: [{ length: ({ id }) => id.length }, { none: ({ id }) => (id === 'c' ? id : null) }],
        }),
      );
    });
    await runFiles({ folder, definition });
    expect(Object.entries(await textOf('out')).map(([name, text]) => [path.dirname(name), text])).toEqual([
      ['length=1/none=c', '{"id":"c"}\n'],
      ['length=2/none=__HIVE_DEFAULT_PARTITION__', '{"id":"ab"}\n{"id":"de"}\n'],
    ]);
  });

  it('takes values that have one form as text, each folder once', async () => {
    const check = (partitionBy: readonly object[]): Promise<void> =>
      runFiles({ folder, sources, sinks: { out: { type: 'file', input: 'orders', path: './out', partitionBy } } });
    await expect(check([{ all: '[country]' }])).rejects.toThrow(
      'EXPRESSION_TYPE "all" needs text, a number, a boolean or a time, but the expression gives list(string?).',
    );
    await expect(check([{ c: 'country' }, { c: 'amount' }])).rejects.toThrow(
      'DUPLICATE_FIELD the folder "c" stands twice',
    );
    await expect(check([{ 'a/b': 'country' }])).rejects.toThrow('UNKNOWN_KEY');
    await expect(check([])).rejects.toThrow();
    await expect(check([{ c: 'nowhere' }])).rejects.toThrow('UNKNOWN_FIELD');
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  builtInComponents,
  checkTopology,
  createRegistry,
  defineTopology,
  describeGraph,
  file,
  fileSink,
  json,
} from '@headrace/core';
import { filesBelow, putFiles, runFiles } from './run-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-widen-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const web = {
  type: 'record',
  name: 'Web',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'amount', type: 'int' },
    { name: 'page', type: 'string' },
  ],
} as const;
const shop = {
  type: 'record',
  name: 'Shop',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'amount', type: 'double' },
    { name: 'till', type: 'long' },
  ],
} as const;
const sources = {
  web: { type: 'file', path: './web.ndjson', value: { codec: 'json', schema: web } },
  shop: { type: 'file', path: './shop.ndjson', value: { codec: 'json', schema: shop } },
};
const both = { input: ['web', 'shop'], widen: true };
const put = (): Promise<void> =>
  putFiles(folder, {
    'web.ndjson': '{"id":"a","amount":1,"page":"/x"}\n{"id":"b","amount":2,"page":"/y"}\n',
    'shop.ndjson': '{"id":"c","amount":2.5,"till":7}\n',
  });

describe('a merge with "widen"', () => {
  it('gives an operator records of one type: missing fields are null, numbers are doubles', async () => {
    await put();
    await runFiles({
      folder,
      sources,
      operators: { all: { type: 'map', ...both, set: { half: 'amount / 2.0', known: 'page != null' } } },
      sinks: { out: { type: 'file', input: 'all', path: './out/', existing: 'append' } },
    });
    const files = Object.entries(await filesBelow(path.join(folder, 'out')));
    const records = files
      .flatMap(([, text]) => String(text).split('\n').slice(0, -1))
      .map((line) => JSON.parse(line) as { id: string });
    expect(records.sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
      { id: 'a', amount: 1, page: '/x', till: null, half: 0.5, known: true },
      { id: 'b', amount: 2, page: '/y', till: null, half: 1, known: true },
      { id: 'c', amount: 2.5, page: null, till: 7, half: 1.25, known: false },
    ]);
  });

  it('gives a sink records of one type, from within one stage, from others and from asynchronous nodes', async () => {
    await put();
    await runFiles({
      folder,
      sources,
      operators: {
        cheap: { type: 'filter', input: 'web', where: 'amount < 2' },
        short: { type: 'map', input: 'cheap.dropped', select: ['id'] },
        again: {
          type: 'lookup',
          input: 'shop',
          http: { url: "'http://127.0.0.1:9/none'" },
          as: 'name',
          returns: 'string',
          retry: { attempts: 0 },
          fallback: "'nobody'",
        },
        merged: { type: 'filter', input: ['cheap', 'short', 'again'], widen: true, where: 'true' },
      },
      sinks: { out: { type: 'file', input: 'merged', path: './out/' } },
    });
    const files = Object.entries(await filesBelow(path.join(folder, 'out')));
    const records = files
      .flatMap(([, text]) => String(text).split('\n').slice(0, -1))
      .map((line) => JSON.parse(line) as { id: string });
    expect(records.sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
      { id: 'a', amount: 1, page: '/x', till: null, name: null },
      { id: 'b', amount: null, page: null, till: null, name: null },
      { id: 'c', amount: 2.5, page: null, till: 7, name: 'nobody' },
    ]);
  });

  it('fails as the merging node does on a whole number that no double holds', async () => {
    const big = { ...web, fields: [web.fields[0], { name: 'amount', type: 'long' }] };
    await putFiles(folder, {
      'web.ndjson': '{"id":"a","amount":9007199254740993}\n{"id":"b","amount":9007199254740992}\n',
      'shop.ndjson': '',
    });
    await runFiles({
      folder,
      sources: { ...sources, web: { ...sources.web, value: { codec: 'json', schema: big } } },
      operators: { all: { type: 'map', ...both, select: ['id', 'amount'], onError: { process: 'deadLetter' } } },
      sinks: {
        out: { type: 'file', input: 'all', path: './out/' },
        letters: { type: 'file', path: './letters/', value: 'json' },
      },
      run: { deadLetter: { sink: 'letters' } },
    });
    const files = await filesBelow(folder);
    const texts = (part: string): string =>
      Object.entries(files)
        .filter(([name]) => name.startsWith(part))
        .map(([, text]) => String(text))
        .join('');
    expect(texts('out/')).toBe('{"id":"b","amount":9007199254740992}\n');
    expect(JSON.parse(texts('letters/'))).toMatchObject({
      error: { node: 'all', stage: 'process', code: 'VALUE_OUT_OF_RANGE' },
    });
  });

  it('is refused where no type takes both, or where it stands on a source', async () => {
    const texts = { ...shop, fields: [shop.fields[0], { name: 'amount', type: 'string' }] };
    const check = (parts: object): Promise<void> =>
      runFiles({ folder, sources, sinks: { out: { type: 'drop', ...both } }, ...parts });
    await expect(
      check({ sources: { ...sources, shop: { ...sources.shop, value: { codec: 'json', schema: texts } } } }),
    ).rejects.toThrow('MERGE_TYPES_DIFFER a merge needs types that one type can hold');
    await expect(check({ sources: { ...sources, web: { ...sources.web, widen: true } } })).rejects.toThrow(
      'UNKNOWN_KEY',
    );
    await expect(check({ sinks: { out: { type: 'drop', input: ['web', 'shop'] } } })).rejects.toThrow(
      'MERGE_TYPES_DIFFER',
    );
  });

  it('gives the same graph in both forms', () => {
    const definition = defineTopology('files', ({ source }) => {
      const fromWeb = source('web', file({ path: './web.ndjson', value: json(web) }));
      const fromShop = source('shop', file({ path: './shop.ndjson', value: json(shop) }));
      fromWeb.merge([fromShop], { widen: true }).to('out', fileSink({ path: './out.ndjson' }));
    });
    const text = JSON.stringify({
      headrace: 1,
      name: 'files',
      sources,
      sinks: { out: { type: 'file', ...both, path: './out.ndjson' } },
    });
    const options = {
      registry: createRegistry(builtInComponents),
      readFile: () => '',
      env: {},
      set: {},
      purpose: 'run',
    } as const;
    const graphs = [
      checkTopology({ file: '/x/topology.json', text }, options),
      checkTopology({ file: '/x/topology.json', definition }, options),
    ].map(({ graph, findings }) => {
      expect(findings).toEqual([]);
      return describeGraph(graph!, 'json');
    });
    expect(graphs[1]).toBe(graphs[0]);
    expect(graphs[0]).toContain('{ id: string, amount: double, page: string?, till: long? }');
  });
});

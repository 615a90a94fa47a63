import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  builtInComponents,
  checkTopology,
  createRegistry,
  planTopology,
  startTopology,
  systemClock,
} from '@headrace/core';

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

async function run(text: string, source: object = {}, out = 'out.csv'): Promise<string> {
  await writeFile(path.join(folder, 'in.csv'), text);
  const registry = createRegistry(builtInComponents);
  const { graph, findings } = checkTopology(
    {
      file: path.join(folder, 'topology.json'),
      text: JSON.stringify({
        headrace: 1,
        name: 'csv',
        sources: { orders: { type: 'file', path: './in.csv', value: { codec: 'csv', schema }, ...source } },
        operators: { doubled: { type: 'map', input: 'orders', set: { twice: 'amount == null ? 0.0 : amount * 2.0' } } },
        sinks: { out: { type: 'file', input: 'doubled', path: `./${out}` } },
      }),
    },
    { registry, readFile: () => '', env: {}, set: {}, purpose: 'run' },
  );
  if (graph === null) throw new Error(findings.map(({ code, message }) => `${code} ${message}`).join());
  const running = startTopology({
    plan: planTopology(graph),
    registry,
    clock: systemClock,
    stateDirectory: path.join(folder, 'state'),
  });
  const { error } = await running.finished;
  if (error !== null) throw error;
  const bytes = await readFile(path.join(folder, out));
  return (out.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
}

describe('files of CSV', () => {
  it('are read and written with a header', async () => {
    expect(await run('\uFEFFid,amount\r\n"a, b",1.5\n\nc,\n')).toBe('id,amount,twice\n"a, b",1.5,3\nc,,0\n');
  });

  it('are packed where their name says so', async () => {
    const lines = Array.from({ length: 20_000 }, (_, n) => `k${n},${n}\n`).join('');
    const written = await run(`id,amount\n${lines}`, {}, 'out.csv.gz');
    expect(written.split('\n')).toHaveLength(20_002);
    expect(written.startsWith('id,amount,twice\nk0,0,0\nk1,1,2\n')).toBe(true);
  });

  it('may be without one', async () => {
    expect(await run('x,1\n', { header: false })).toBe('id,amount,twice\nx,1,2\n');
  });

  it('are refused where the header is another one', async () => {
    await expect(run('amount,id\n1,x\n')).rejects.toMatchObject({ code: 'WRONG_HEADER' });
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesBelow, putFiles, runFiles } from './run-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-scope-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const record = (name: string, fields: Record<string, unknown>): string =>
  JSON.stringify({
    type: 'record',
    name,
    fields: Object.entries(fields).map(([field, type]) => ({ name: field, type })),
  });

describe('the schemas of a topology', () => {
  it('are in scope of every expression: named by a later node, by "output", and found beside a file that names them', async () => {
    await putFiles(folder, {
      'in.ndjson': '{"id":"a"}\n',
      'order.avsc': record('Order', { id: 'string' }),
      'schemas/placed.avsc': record('shop.Placed', { id: 'string', at: 'Geo' }),
      'schemas/Geo.avsc': record('shop.Geo', { country: 'string' }),
      'schemas/note.avsc': record('Note', { text: 'string' }),
    });
    await runFiles({
      folder,
      sources: { orders: { type: 'file', path: './in.ndjson', value: { codec: 'json', schema: './order.avsc' } } },
      operators: {
        placed: { type: 'map', input: 'orders', set: { at: "Geo{country: 'ZZ'}", note: 'Note{text: id}.text' } },
        fitted: { type: 'map', input: 'placed', select: { text: 'note' }, output: './schemas/note.avsc' },
      },
      sinks: {
        out: {
          type: 'file',
          input: 'placed',
          path: './out.ndjson',
          value: { codec: 'json', schema: './schemas/placed.avsc' },
        },
        notes: { type: 'drop', input: 'fitted' },
      },
    });
    expect(String((await filesBelow(folder))['out.ndjson'])).toBe('{"id":"a","at":{"country":"ZZ"}}\n');
  });
});

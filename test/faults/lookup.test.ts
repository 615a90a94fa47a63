import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { committedOffset, linesIn, partsIn, runThroughCrashes } from './crashing-runs.ts';

const records = 40_000;
const seed = Number(process.env['HEADRACE_SEED'] ?? 20_260_103);

// Each piece of the source is an epoch and each epoch a file: every start makes so many calls that change files.
const topology = {
  headrace: 1,
  name: 'asking',
  run: { commitInterval: '50ms', memory: '1MB' },
  sources: { lines: { type: 'file', path: './in.ndjson', value: { codec: 'json', schema: './numbered.avsc' } } },
  operators: {
    asked: { type: 'lookup', input: 'lines', $use: './ask.js#ask', as: 'answer', returns: 'long', concurrency: 64 },
    late: { type: 'map', input: 'asked.error', set: { answer: '-1' } },
  },
  sinks: { out: { type: 'file', input: ['asked', 'late'], path: './out', value: 'json', roll: { records: 1 } } },
};

// Answers come in any order; for some records none comes, however often it is asked for.
const ask = `export async function ask({ n }) {
  for (let turn = n % 4; turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve));
  if (n % 1000 === 7) throw Object.assign(new Error('There is no answer.'), { retryable: false });
  return n * 2;
}`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-lookup-'));
  await writeFile(path.join(folder, 'topology.json'), JSON.stringify(topology));
  await writeFile(
    path.join(folder, 'numbered.avsc'),
    JSON.stringify({ type: 'record', name: 'Numbered', fields: [{ name: 'n', type: 'long' }] }),
  );
  await writeFile(path.join(folder, 'ask.js'), ask);
  await writeFile(path.join(folder, 'in.ndjson'), Array.from({ length: records }, (_, n) => `{"n":${n}}\n`).join(''));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Asked {
  readonly n: number;
  readonly answer: number;
}

const output = async (): Promise<Asked[]> =>
  (await linesIn(path.join(folder, 'out'))).map((line) => JSON.parse(line) as Asked);

it('a lookup in a process that is killed loses and repeats nothing, and gives each record its own answer', async () => {
  const { exit, stderr } = await runThroughCrashes({
    folder,
    seed,
    crashes: 2,
    latestCall: 36,
    look: async () => {
      const committed = await committedOffset(folder, 'asking', 'lines');
      const below = (await output()).filter(({ n }) => n < committed);
      expect(below.length).toBe(committed);
    },
  });
  expect(exit.code, stderr).toBe(0);
  expect(await partsIn(path.join(folder, 'out'))).toEqual([]);
  const asked = (await output()).sort((a, b) => a.n - b.n);
  expect(asked).toEqual(Array.from({ length: records }, (_, n) => ({ n, answer: n % 1000 === 7 ? -1 : n * 2 })));
});

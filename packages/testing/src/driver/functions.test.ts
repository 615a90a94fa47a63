import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtInComponents, createRegistry, defineOperator, functionOption } from '@headrace/core';
import { Type } from 'typebox';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TopologyTestDriver } from './topology-test-driver.ts';

// An operator with a function of the author, which is asked for nothing but to be there.
const ask = defineOperator({
  type: 'ask',
  summary: 'Has a function.',
  options: Type.Object({ $use: functionOption('What is asked.') }, { additionalProperties: false }),
  examples: [],
  ports: () => [{ port: 'out', quiet: false }],
  infer: (_options, input) => ({ out: input }),
  traits: () => ({ key: 'keeps', order: 'keeps', holds: 'nothing', deterministic: true, stores: [] }),
  lower: ({ $use }) => {
    seen.push($use.name);
    return [];
  },
});
const seen: string[] = [];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headrace-functions-'));
  writeFileSync(join(folder, 'score.ts'), 'export const score = () => 1;');
});
afterEach(() => rmSync(folder, { recursive: true }));

const topology = (use: unknown) =>
  JSON.stringify({
    headrace: 1,
    name: 'asked',
    sources: { lines: { type: 'file', path: './in.ndjson', value: 'json' } },
    operators: { asked: { type: 'ask', input: 'lines', $use: use } },
    sinks: { out: { type: 'drop', input: 'asked' } },
  });
const create = (use: unknown, load: (file: string) => Promise<Record<string, unknown>>) =>
  TopologyTestDriver.create({
    text: topology(use),
    file: join(folder, 'topology.json'),
    registry: createRegistry([...builtInComponents, ask]),
    modules: { load },
  });

it('loads what $use names before the topology starts', async () => {
  const loaded: string[] = [];
  const driver = await create('./score.ts#score', (file) => {
    loaded.push(file);
    return Promise.resolve({ score: () => 1 });
  });
  await driver.stop();
  expect(loaded).toEqual([join(folder, 'score.ts')]);
  expect(seen).toEqual(['./score.ts#score']);
  expect(driver.graph.functions.map(({ isBound }) => isBound)).toEqual([true]);
});

it('refuses to start where the file does not export it', async () => {
  await expect(create('./score.ts#other', () => Promise.resolve({}))).rejects.toMatchObject({
    code: 'FUNCTION_NOT_FOUND',
  });
});

it('loads nothing that leads out of the folder of the topology', async () => {
  let loads = 0;
  const load = () => Promise.resolve({ score: (loads += 1) });
  await expect(create('../score.ts#score', load)).rejects.toMatchObject({ code: 'INVALID_TOPOLOGY' });
  expect(loads).toBe(0);
});

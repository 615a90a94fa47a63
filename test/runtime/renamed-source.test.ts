import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {
  builtInComponents,
  checkTopology,
  createRegistry,
  planTopology,
  startTopology,
  systemClock,
} from '@headrace/core';
import { expect, it } from 'vitest';

it('a file source with a new id goes on where it was under the old one', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-renamed-'));
  const run = async (sources: object, input: string): Promise<void> => {
    const registry = createRegistry(builtInComponents);
    const text = JSON.stringify({
      headrace: 1,
      name: 'renamed',
      sources,
      sinks: { out: { type: 'drop', input } },
    });
    const { graph, findings } = checkTopology(
      { file: path.join(folder, 'topology.json'), text },
      { registry, readFile: () => '', env: {}, set: {}, purpose: 'run' },
    );
    if (graph === null) throw new Error(findings.map(({ message }) => message).join('\n'));
    const stateDirectory = path.join(folder, 'state');
    const running = startTopology({ plan: planTopology(graph), registry, clock: systemClock, stateDirectory });
    expect(await running.finished).toMatchObject({ state: 'stopped', clean: true });
    read.push(running.observe().records[input]?.['in'] ?? 0);
  };
  const read: number[] = [];
  const lines = { type: 'file', path: './in.txt', value: 'string' };
  await writeFile(path.join(folder, 'in.txt'), 'a\nb\n');
  await run({ lines }, 'lines');
  await writeFile(path.join(folder, 'in.txt'), `${await readFile(path.join(folder, 'in.txt'), 'utf8')}c\n`);
  await run({ rows: { ...lines, renamedFrom: 'lines' } }, 'rows');
  await run({ rows: { ...lines, renamedFrom: 'lines' } }, 'rows');
  expect(read).toEqual([2, 1, 0]);
  await rm(folder, { recursive: true });
});

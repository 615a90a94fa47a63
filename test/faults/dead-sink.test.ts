import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startHeadrace } from '../kafka/headrace-process.ts';
import { committedOffset, linesIn, partsIn } from './crashing-runs.ts';

const drainTimeoutMs = 2000;

// One write of "dead" is a megabyte, more than any pipe holds: as nobody reads it, it never ends.
const topology = {
  headrace: 1,
  name: 'dead',
  run: { commitInterval: '100ms', drainTimeout: `${String(drainTimeoutMs)}ms` },
  sources: {
    good: { type: 'generate', rate: 500, select: { n: 'index' } },
    bad: { type: 'generate', select: { n: 'index', pad: `'${'x'.repeat(4096)}'` } },
  },
  sinks: {
    out: { type: 'file', input: 'good', path: './out/', value: 'json', roll: { every: '100ms' } },
    dead: { type: 'stdout', input: 'bad' },
  },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-dead-'));
  await writeFile(path.join(folder, 'topology.json'), JSON.stringify(topology));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('a sink that never answers keeps no other task from committing, and SIGTERM from ending the process no longer than "drainTimeout"', async () => {
  const run = startHeadrace(['run', path.join(folder, 'topology.json'), '--log-level', 'info'], { unread: true });
  await run.wroteUnread();
  const committed = (): Promise<number> => committedOffset(folder, 'dead', 'good');
  while ((await committed()) < 100) await new Promise((resolve) => setTimeout(resolve, 5));
  const before = await committed();
  run.kill('SIGTERM');
  const late = setTimeout(() => run.kill('SIGKILL'), 20 * drainTimeoutMs);
  const exit = await run.exited;
  clearTimeout(late);
  expect(exit, run.stderr).toEqual({ code: 1, signal: null });
  expect(run.stderr).toMatch(/DRAIN_TIMEOUT/);
  // What was done is committed, what was not is not.
  expect(await committedOffset(folder, 'dead', 'bad')).toBe(0);
  expect(await committed()).toBeGreaterThanOrEqual(before);
  expect(await partsIn(path.join(folder, 'out'))).toEqual([]);
  const numbers = (await linesIn(path.join(folder, 'out'))).map((line) => (JSON.parse(line) as { n: number }).n);
  expect(numbers).toEqual(Array.from({ length: await committed() }, (_, n) => n));
});

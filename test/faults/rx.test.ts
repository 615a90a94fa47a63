import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { committedOffset, linesIn, partsIn, runThroughCrashes } from './crashing-runs.ts';

const records = 40_000;
const seed = Number(process.env['HEADRACE_SEED'] ?? 20_260_102);

const numbered = { type: 'record', name: 'Numbered', fields: [{ name: 'n', type: 'long' }] };
// Each piece of the source is an epoch and each epoch a file, so that every start makes so many calls that change files, however fast it is.
const topology = (use: string) => ({
  headrace: 1,
  name: 'rx',
  run: { commitInterval: '50ms', nodeTimeout: '2s', memory: '1MB' },
  sources: { lines: { type: 'file', path: './in.ndjson', value: { codec: 'json', schema: numbered } } },
  operators: { rx: { type: 'rx', input: 'lines', $use: `./rx.ts#${use}` } },
  sinks: { out: { type: 'file', input: 'rx', path: './out', value: 'json', roll: { records: 1 } } },
});

let folder: string;
beforeEach(async () => {
  // Within the workspace, so that the file with the functions finds the packages that it imports.
  folder = await mkdtemp(path.join(import.meta.dirname, '.tmp-rx-'));
  await copyFile(path.join(import.meta.dirname, '../components/rx-functions.ts'), path.join(folder, 'rx.ts'));
  await writeFile(path.join(folder, 'in.ndjson'), Array.from({ length: records }, (_, n) => `{"n":${n}}\n`).join(''));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const committed = (): Promise<number> => committedOffset(folder, 'rx', 'lines');

async function output(): Promise<number[]> {
  return (await linesIn(path.join(folder, 'out'))).map((line) => (JSON.parse(line) as { n: number }).n);
}

async function expectNoneLost(): Promise<void> {
  const found = new Set(await output());
  const end = await committed();
  for (let n = 0; n < end; n++) if (!found.has(n)) throw new Error(`${String(n)} is below ${String(end)} and lost`);
}

/** Runs to the end, killed at seeded calls on the way. */
async function runThrough(use: string, crashes: number, latestCall: number, look?: () => Promise<void>) {
  await writeFile(path.join(folder, 'topology.json'), JSON.stringify(topology(use)));
  const run = await runThroughCrashes({ folder, seed, crashes, latestCall, ...(look && { look }) });
  return { exit: run.exit.code, stderr: run.stderr };
}

describe('an operator of RxJS in a process that is killed', () => {
  it('loses and repeats nothing that it buffers (bufferCount)', async () => {
    const { exit, stderr } = await runThrough('grouped', 3, 36, expectNoneLost);
    expect(exit, stderr).toBe(0);
    expect(await committed()).toBe(records);
    expect((await output()).sort((a, b) => a - b)).toEqual(Array.from({ length: records }, (_, n) => n));
  });

  it.each(['debounced', 'switched'])('commits to the end what it lets pass and counts what not (%s)', async (use) => {
    const { exit, stderr } = await runThrough(use, 2, 36);
    expect(exit, stderr).toBe(0);
    expect(await committed()).toBe(records);
    const found = await output();
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found).size).toBe(found.length);
    const last = /"nodes":({.*?}})/.exec(stderr)?.[1];
    const counted = (JSON.parse(last ?? '{}') as Record<string, Record<string, number>>)['rx'] ?? {};
    expect(counted['in']).toBeGreaterThan(0);
    expect((counted['out'] ?? 0) + (counted['rx'] ?? 0)).toBe(counted['in'] ?? 0);
  });

  it('fails, naming it, where its output does not end (concat with NEVER)', async () => {
    const { exit, stderr } = await runThrough('endless', 1, 14);
    expect(exit).toBe(1);
    expect(stderr).toMatch(/Node \\"rx\\" did not complete/);
    expect(await committed()).toBe(0);
    expect([...(await output()), ...(await partsIn(path.join(folder, 'out')))]).toEqual([]);
  });

  it('fails where it throws, and begins again at what is committed', async () => {
    const first = await runThrough('failing', 2, 25, expectNoneLost);
    expect(first.exit).toBe(1);
    expect(first.stderr).toMatch(/twenty thousand/);
    expect(await committed()).toBeGreaterThan(0);
    expect(await committed()).toBeLessThanOrEqual(20_000);
    await expectNoneLost();
    expect((await runThrough('failing', 0, 0)).exit).toBe(1);
    await expectNoneLost();
  });
});

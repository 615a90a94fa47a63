import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startHeadrace, type HeadraceOptions } from '../kafka/headrace-process.ts';
import { committedOffset, fullDiskEnvironment, linesIn, partsIn } from './crashing-runs.ts';

const records = 40_000;

const topology = {
  headrace: 1,
  name: 'full',
  run: { commitInterval: '50ms', memory: '2MB' },
  sources: { lines: { type: 'file', path: './in.ndjson', value: 'json' } },
  sinks: { out: { type: 'file', input: 'lines', path: './out', value: 'json', roll: { size: '400kB' } } },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-full-'));
  await writeFile(path.join(folder, 'topology.json'), JSON.stringify(topology));
  await writeFile(
    path.join(folder, 'in.ndjson'),
    Array.from({ length: records }, (_, n) => `${JSON.stringify({ n, pad: 'x'.repeat(30) })}\n`).join(''),
  );
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function run(options: HeadraceOptions = {}) {
  const child = startHeadrace(['run', path.join(folder, 'topology.json'), '--log-level', 'info'], options);
  const exit = await child.exited;
  return { ...exit, stderr: child.stderr };
}

/** Nothing below the committed position is missing, and nothing below it comes twice. */
async function look(): Promise<number> {
  const committed = await committedOffset(folder, 'full', 'lines');
  const seen = new Set<number>();
  for (const line of await linesIn(path.join(folder, 'out'))) {
    const { n } = JSON.parse(line) as { n: number };
    if (seen.has(n)) throw new Error(`record ${String(n)} comes twice`);
    seen.add(n);
  }
  for (let n = 0; n < committed; n++) if (!seen.has(n)) throw new Error(`record ${String(n)} is lost`);
  return committed;
}

async function expectWhole(): Promise<void> {
  const { code, stderr } = await run();
  expect(code, stderr).toBe(0);
  expect(await look()).toBe(records);
  expect(await partsIn(path.join(folder, 'out'))).toEqual([]);
  expect(await linesIn(path.join(folder, 'out'))).toHaveLength(records);
}

describe('a disk that is full', () => {
  it('ends the run with an error that names the file, and nothing is lost when there is space again', async () => {
    // No file may become larger than this: the first one is not even half complete then.
    const limited = await run({ through: ['prlimit', '--fsize=150000', '--'] });
    expect(limited.code, limited.stderr).toBe(1);
    expect(limited.stderr).toMatch(
      /The file \\"[^"]*\/out\/out-lines[^"]*\\" of sink \\"out\\" cannot be written: the file may not/,
    );
    expect(await committedOffset(folder, 'full', 'lines')).toBe(0);
    expect(await partsIn(path.join(folder, 'out'))).toEqual([]);
    await expectWhole();
  });

  it('may be so from any step of a commit on', async () => {
    // Every start makes so many calls that change files: locks, claims, files, positions.
    const calls = [2, 14, 22, 30];
    for (const at of calls) {
      const full = await run({ env: fullDiskEnvironment(at) });
      expect(full.code, `full from call ${String(at)} on\n${full.stderr}`).toBe(1);
      expect(full.stderr, `full from call ${String(at)} on`).toMatch(
        /\/headrace-full-[^"]*\\"[^:]*: no space is left on the device/,
      );
      await look();
    }
    await expectWhole();
  });
});

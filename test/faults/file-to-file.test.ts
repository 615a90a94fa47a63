import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { committedOffset, linesIn, partsIn, runThroughCrashes } from './crashing-runs.ts';

const records = 150_000;
const crashes = 5;
// Epochs end and files roll by size, so that every start makes hundreds of calls that change files, however fast it is.
const latestCall = 70;
// Late reads come when more was taken than the memory holds. All starts of a round together read 720 times at most, which is 6 MB of the
// 7, so that the last of them still has enough to read, wherever it goes on.
const latestRead = 240;
const bytesARead = 8192;
// Processes that are killed at changes of files; half as many are killed at reads.
const rounds = Number(process.env['HEADRACE_KILL_ROUNDS'] ?? 10);
const firstSeed = Number(process.env['HEADRACE_SEED'] ?? 20_260_101);

const topology = {
  headrace: 1,
  name: 'kill-file',
  run: { commitInterval: '50ms', memory: '2MB' },
  sources: { lines: { type: 'file', path: './in.ndjson', value: { codec: 'json', schema: './line.avsc' } } },
  operators: {
    kept: { type: 'filter', input: 'lines', where: 'n % 3 != 0' },
    doubled: { type: 'map', input: 'kept', set: { twice: 'n * 2' } },
  },
  sinks: {
    out: { type: 'file', input: 'doubled', path: './out', value: 'json', roll: { every: '120ms', size: '200kB' } },
  },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-kill-'));
  await writeFile(path.join(folder, 'topology.json'), JSON.stringify(topology));
  await writeFile(
    path.join(folder, 'line.avsc'),
    JSON.stringify({
      type: 'record',
      name: 'Line',
      fields: [
        { name: 'n', type: 'long' },
        { name: 'pad', type: 'string' },
      ],
    }),
  );
  await writeFile(
    path.join(folder, 'in.ndjson'),
    Array.from({ length: records }, (_, n) => `${JSON.stringify({ n, pad: 'x'.repeat(n % 50) })}\n`).join(''),
  );
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function numbers(): Promise<number[]> {
  return (await linesIn(path.join(folder, 'out'))).map((line) => (JSON.parse(line) as { n: number }).n);
}

/** Looks at what lies there: nothing below the committed position is lost or comes twice. */
async function look(where: string): Promise<void> {
  const committed = await committedOffset(folder, 'kill-file', 'lines');
  const seen = new Set<number>();
  for (const n of await numbers()) {
    if (seen.has(n) && n < committed) throw new Error(`${where}: record ${String(n)} comes twice`);
    seen.add(n);
  }
  for (let n = 0; n < committed; n++)
    if (n % 3 !== 0 && !seen.has(n))
      throw new Error(`${where}: record ${String(n)} is below the committed position ${String(committed)} and lost`);
}

describe.each([
  { what: 'whose process is killed', moment: 'changes of files', powerCuts: false, latestCall },
  { what: 'whose machine loses its power', moment: 'changes of files', powerCuts: true, latestCall },
  { what: 'whose process is killed', moment: 'reads', powerCuts: false, latestCall: latestRead, bytesARead },
])('a topology from file to file $what at seeded $moment', ({ powerCuts, ...calls }) => {
  const seeds = Array.from({ length: Math.ceil(rounds / crashes / 2) }, (_, round) => firstSeed + round);

  it.each(seeds)(
    'loses nothing, leaves no half file, and repeats nothing below the committed position (seed %i)',
    async (seed) => {
      // A folder that is there already is no reason to sync the one above.
      if (powerCuts) await mkdir(path.join(folder, 'out'));
      const { exit, stderr } = await runThroughCrashes({
        folder,
        seed,
        crashes,
        ...calls,
        powerCuts,
        look: (crash) => look(`seed ${String(seed)}, ${JSON.stringify(crash)}`),
      });
      expect(exit.code, stderr).toBe(0);
      await look(`seed ${String(seed)}, at the end`);
      expect(await committedOffset(folder, 'kill-file', 'lines')).toBe(records);
      expect(await partsIn(path.join(folder, 'out'))).toEqual([]);
      expect((await numbers()).sort((a, b) => a - b)).toEqual(
        Array.from({ length: records }, (_, n) => n).filter((n) => n % 3 !== 0),
      );
    },
    900_000,
  );
});

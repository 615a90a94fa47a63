import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startHeadrace } from '../kafka/headrace-process.ts';
import { seededRandom } from './seeded-random.ts';

const records = 150_000;
const killedStarts = 5;
// Epochs end and files roll by size, so that every start makes hundreds of calls that change files, however fast it is.
const latestCall = 50;
const crashAtCall = new URL('./crash-at-call.mjs', import.meta.url).href;
const rounds = Number(process.env['HEADRACE_KILL_ROUNDS'] ?? 2);
const firstSeed = Number(process.env['HEADRACE_SEED'] ?? 20_260_101);

const topology = {
  headrace: 1,
  name: 'kill-file',
  run: { commitInterval: '50ms', memory: '4MB' },
  sources: { lines: { type: 'file', path: './in.ndjson', value: { codec: 'json', schema: './line.avsc' } } },
  operators: {
    kept: { type: 'filter', input: 'lines', where: 'n % 3 != 0' },
    doubled: { type: 'map', input: 'kept', set: { twice: 'n * 2' } },
  },
  sinks: {
    out: { type: 'file', input: 'doubled', path: './out', value: 'json', roll: { every: '120ms', size: '200kB' } },
  },
};

interface Stored {
  splits: Record<string, { offset: number }>;
}

/** Reads the output: complete files, in the order of their names. */
async function outputOf(folder: string): Promise<{ files: string[]; numbers: number[] }> {
  const files = (await readdir(path.join(folder, 'out')).catch((): string[] => [])).sort((a, b) => (a < b ? -1 : 1));
  const numbers: number[] = [];
  for (const file of files.filter(
    (name) => name.endsWith('.ndjson') || name.endsWith('.json') || name.endsWith('.jsonl'),
  )) {
    const text = await readFile(path.join(folder, 'out', file), 'utf8');
    expect(text === '' || text.endsWith('\n'), `${file} ends in half a line`).toBe(true);
    for (const line of text.split('\n')) if (line !== '') numbers.push((JSON.parse(line) as { n: number }).n);
  }
  return { files, numbers };
}

async function committedOffset(folder: string): Promise<number> {
  try {
    const text = await readFile(path.join(folder, '.headrace/kill-file/positions/lines.json'), 'utf8');
    return Object.values((JSON.parse(text) as Stored).splits)[0]?.offset ?? 0;
  } catch {
    return 0;
  }
}

describe('a topology from file to file that is killed at seeded calls that change files', () => {
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

  it.each(Array.from({ length: rounds }, (_, round) => firstSeed + round))(
    'loses nothing, leaves no half file, and repeats nothing below the committed position (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      let repeats = 0;
      for (let start = 0; ; start++) {
        const killed = start < killedStarts;
        const at = 1 + Math.floor(random() * latestCall);
        const when = ['before', 'half', 'after'][Math.floor(random() * 3)] ?? '';
        const env = { NODE_OPTIONS: `--import ${crashAtCall}`, CRASH_AT: String(at), CRASH_WHEN: when };
        const run = startHeadrace(['run', path.join(folder, 'topology.json')], killed ? { env } : {});
        const exit = await run.exited;
        const { numbers } = await outputOf(folder);
        const committed = await committedOffset(folder);
        const seen = new Set<number>();
        for (const n of numbers) {
          if (seen.has(n) && n < committed) repeats++;
          seen.add(n);
        }
        for (let n = 0; n < committed; n++)
          if (n % 3 !== 0 && !seen.has(n))
            throw new Error(
              `seed ${String(seed)}: record ${String(n)} is below the committed position ${String(committed)} and lost`,
            );
        if (killed) {
          expect(exit.signal, `start ${String(start)} dies ${when} call ${String(at)}\n${run.stderr}`).toBe('SIGKILL');
          continue;
        }
        expect(exit.code, run.stderr).toBe(0);
        break;
      }
      const { files, numbers } = await outputOf(folder);
      expect(files.filter((file) => file.endsWith('.part'))).toEqual([]);
      expect(repeats).toBe(0);
      expect([...new Set(numbers)].sort((a, b) => a - b)).toEqual(
        Array.from({ length: records }, (_, n) => n).filter((n) => n % 3 !== 0),
      );
    },
  );
});

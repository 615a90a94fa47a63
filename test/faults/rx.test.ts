import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startHeadrace } from '../kafka/headrace-process.ts';
import { seededRandom } from './seeded-random.ts';

const records = 40_000;
const kills = 3;
const seed = Number(process.env['HEADRACE_SEED'] ?? 20_260_102);

const numbered = { type: 'record', name: 'Numbered', fields: [{ name: 'n', type: 'long' }] };
const topology = (use: string) => ({
  headrace: 1,
  name: 'rx',
  run: { commitInterval: '50ms', nodeTimeout: '2s' },
  sources: { lines: { type: 'file', path: './in.ndjson', value: { codec: 'json', schema: numbered } } },
  operators: { rx: { type: 'rx', input: 'lines', $use: `./rx.ts#${use}` } },
  sinks: { out: { type: 'file', input: 'rx', path: './out', value: 'json', roll: { every: '100ms' } } },
});

let folder: string;
beforeEach(async () => {
  // Within the workspace, so that the file with the functions finds the packages that it imports.
  folder = await mkdtemp(path.join(import.meta.dirname, '.tmp-rx-'));
  await copyFile(path.join(import.meta.dirname, '../components/rx-functions.ts'), path.join(folder, 'rx.ts'));
  await writeFile(path.join(folder, 'in.ndjson'), Array.from({ length: records }, (_, n) => `{"n":${n}}\n`).join(''));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function start(use: string) {
  await writeFile(path.join(folder, 'topology.json'), JSON.stringify(topology(use)));
  const run = startHeadrace(['run', path.join(folder, 'topology.json'), '--log-level', 'info']);
  await run.waitForOutput(/topology running|FAILED|TIMEOUT/);
  return run;
}

async function committedOffset(): Promise<number> {
  try {
    const text = await readFile(path.join(folder, '.headrace/rx/positions/lines.json'), 'utf8');
    const { splits } = JSON.parse(text) as { splits: Record<string, { offset: number }> };
    return Object.values(splits)[0]?.offset ?? 0;
  } catch {
    return 0;
  }
}

/** Reads the complete files; half a line in one is an error. */
async function output(): Promise<number[]> {
  const files = (await readdir(path.join(folder, 'out')).catch((): string[] => [])).filter((name) =>
    name.endsWith('.ndjson'),
  );
  const texts = await Promise.all(files.sort().map((name) => readFile(path.join(folder, 'out', name), 'utf8')));
  return texts.flatMap((text) =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { n: number }).n),
  );
}

/** Runs to the end, killed at seeded moments on the way. */
async function runThrough(use: string): Promise<{ exit: number | null; stderr: string; killed: number }> {
  const random = seededRandom(seed);
  let killed = 0;
  for (let attempt = 0; ; attempt++) {
    const run = await start(use);
    if (attempt < kills) {
      let running = true;
      void run.exited.then(() => (running = false));
      const until = (await committedOffset()) + (random() * records) / (kills + 2);
      while (running && (await committedOffset()) < until) await new Promise((resolve) => setTimeout(resolve, 2));
      run.kill('SIGKILL');
    }
    const exit = await run.exited;
    if (exit.signal === 'SIGKILL') killed++;
    else return { exit: exit.code, stderr: run.stderr, killed };
  }
}

describe('an operator of RxJS in a process that is killed', () => {
  it('loses nothing that it buffers (bufferCount)', async () => {
    const { exit, stderr } = await runThrough('grouped');
    expect(exit, stderr).toBe(0);
    expect(await committedOffset()).toBe(records);
    expect([...new Set(await output())].sort((a, b) => a - b)).toEqual(Array.from({ length: records }, (_, n) => n));
  });

  it.each(['debounced', 'switched'])('commits to the end what it lets pass and counts what not (%s)', async (use) => {
    const { exit, stderr } = await runThrough(use);
    expect(exit, stderr).toBe(0);
    expect(await committedOffset()).toBe(records);
    const found = await output();
    expect(found.length).toBeGreaterThan(0);
    const last = /"nodes":({.*?}})/.exec(stderr)?.[1];
    const counted = (JSON.parse(last ?? '{}') as Record<string, Record<string, number>>)['rx'] ?? {};
    expect((counted['out'] ?? 0) + (counted['rx'] ?? 0)).toBe(counted['in'] ?? 0);
  });

  it('fails, naming it, where its output does not end (concat with NEVER)', async () => {
    const { exit, stderr } = await runThrough('endless');
    expect(exit).toBe(1);
    expect(stderr).toMatch(/Node \\"rx\\" did not complete/);
    expect(await committedOffset()).toBe(0);
  });

  it('fails where it throws, and begins again at what is committed', async () => {
    const { exit, stderr } = await runThrough('failing');
    expect(exit).toBe(1);
    expect(stderr).toMatch(/twenty thousand/);
    expect(await committedOffset()).toBeLessThanOrEqual(20_000);
    const again = await start('failing');
    expect((await again.exited).code).toBe(1);
    const found = new Set(await output());
    for (let n = 0; n < (await committedOffset()); n++) if (!found.has(n)) throw new Error(`${String(n)} is lost`);
  });
});

import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { RunningTopology } from '@headrace/core';
import { InMemoryLog, VirtualClock } from '@headrace/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startHeadrace, type HeadraceProcess } from '../kafka/headrace-process.ts';
import { runOverLog } from '../runtime/run-over-log.ts';
import { committedOffset, linesIn, partsIn } from './crashing-runs.ts';

const perSecond = 2;
const hour = 3600;

const parts = (rate: number, out: string, memory = '512MiB') => ({
  run: { commitInterval: '1s', memory },
  sources: { numbers: { type: 'generate', rate, select: { n: 'index' } } },
  sinks: { out: { type: 'file', input: 'numbers', path: out, value: 'json', roll: { every: '1h' } } },
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-hourly-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const numbers = async (): Promise<number[]> =>
  (await linesIn(path.join(folder, 'out'))).map((line) => (JSON.parse(line) as { n: number }).n);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describe('an hourly file under a commit interval of a second, over hours of virtual time', () => {
  const clock = new VirtualClock(Date.parse('2026-01-01T00:00:00Z'));
  let running: RunningTopology;

  const start = async (memory?: string): Promise<void> => {
    const log = new InMemoryLog({ clock, group: 'hourly' });
    const stateDirectory = path.join(folder, '.headrace/hourly');
    ({ running } = runOverLog(
      { name: 'hourly', ...parts(perSecond, path.join(folder, 'out/'), memory) },
      { log, clock, stateDirectory },
    ));
    await running.started;
  };
  const settle = async (): Promise<void> => {
    for (let quiet = 0; quiet < 5;) {
      await clock.turn();
      quiet = running.idle ? quiet + 1 : 0;
    }
  };
  /** Waits, virtual time standing still, for what takes real input and output; a test that waits for ever ends by its own timeout. */
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await clock.turn();
  };
  /** Lets seconds pass one by one; looks at each minute whether the position is behind what is durable. */
  const elapse = async (seconds: number): Promise<void> => {
    for (let second = 1; second <= seconds; second++) {
      clock.advance(1000);
      await settle();
      if (second % 60 === 0) expect(await committed()).toBeLessThanOrEqual((await numbers()).length);
    }
  };
  const committed = (): Promise<number> => committedOffset(folder, 'hourly', 'numbers');
  const openEpochs = (): number => running.observe().tasks[0]?.openEpochs ?? 0;
  const collect = (): number => {
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
    return process.memoryUsage().heapUsed;
  };
  const stop = async (): Promise<void> => {
    const ended = { yet: false };
    void running.drain().then(() => (ended.yet = true));
    await until(() => ended.yet);
    expect(await running.finished).toMatchObject({ state: 'stopped', clean: true });
  };

  it('commits with the file and never before, holds next to nothing meanwhile, and goes on after stops and rewinds', async () => {
    await start();
    await elapse(600);
    expect(await committed()).toBe(0);
    expect(await partsIn(path.join(folder, 'out'))).toHaveLength(1);
    const early = collect();
    await elapse(hour - 601);
    // An epoch every other second, since one opens with what comes after the last has closed; of their records nothing is held any more.
    expect(openEpochs()).toBeGreaterThan(hour / 2 - 60);
    expect(running.observe().tasks[0]?.heldBytes).toBeLessThan(100_000);
    // Three kilobytes of an epoch at most.
    expect(collect() - early).toBeLessThan(hour * 1500);
    await elapse(2);
    await until(() => openEpochs() < 10 && running.idle);
    const first = await committed();
    expect(first).toBeGreaterThan((hour - 10) * perSecond);
    expect(await numbers()).toEqual(upTo(first));
    // A stop in the middle of the hour completes the file.
    await elapse(900);
    expect(await committed()).toBe(first);
    await stop();
    const second = await committed();
    expect(second).toBeGreaterThan(first + 890 * perSecond);
    expect(await numbers()).toEqual(upTo(second));
    // A rewind in the middle of the hour takes back what was written since.
    await start();
    await elapse(900);
    for (const task of running.tasks) await running.rewind(task);
    for (const part of await partsIn(path.join(folder, 'out')))
      expect((await stat(path.join(folder, 'out', part))).size).toBeLessThan(100);
    expect(await committed()).toBe(second);
    await elapse(hour + 2);
    await until(() => openEpochs() < 10 && running.idle);
    const third = await committed();
    expect(third).toBeGreaterThan(second + (hour - 10) * perSecond);
    expect(await numbers()).toEqual(upTo(third));
    await stop();
    expect(await numbers()).toEqual(upTo(await committed()));
  });

  it('makes epochs longer where more are open than there is memory for', async () => {
    await start('1MiB');
    await elapse(hour - 1);
    // 128 of 2 s, then 128 of 3 s, and so on: 800, where 1,800 would be open.
    expect(openEpochs()).toBeGreaterThan(600);
    expect(openEpochs()).toBeLessThan(900);
    await elapse(20);
    await until(() => openEpochs() < 20 && running.idle);
    const committed = await committedOffset(folder, 'hourly', 'numbers');
    expect(committed).toBeGreaterThan((hour - 20) * perSecond);
    expect(await numbers()).toEqual(upTo(committed));
    await stop();
  });
});

describe('an hourly file of a process', () => {
  const start = async (): Promise<HeadraceProcess> => {
    const topology = { headrace: 1, name: 'hourly', ...parts(500, './out/') };
    await writeFile(path.join(folder, 'topology.json'), JSON.stringify(topology));
    const run = startHeadrace(['run', path.join(folder, 'topology.json'), '--log-level', 'info']);
    // What an earlier run left is gone then.
    await run.waitForOutput(/topology running/);
    return run;
  };
  /** Waits until so much lies in the file that is not complete. */
  const partOf = async (bytes: number, run: HeadraceProcess): Promise<void> => {
    let ended = false;
    void run.exited.then(() => (ended = true));
    for (;;) {
      const [part] = await partsIn(path.join(folder, 'out'));
      const size = part === undefined ? 0 : (await stat(path.join(folder, 'out', part)).catch(() => null))?.size;
      if ((size ?? 0) >= bytes) return;
      if (ended) throw new Error(run.stderr);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const complete = async (): Promise<string[]> =>
    (await readdir(path.join(folder, 'out'))).filter((name) => !name.endsWith('.part'));

  it('is not there after a kill in mid-hour, and neither is its position; a stop completes both', async () => {
    const killed = await start();
    await partOf(4000, killed);
    killed.kill('SIGKILL');
    await killed.exited;
    expect(await complete()).toEqual([]);
    expect(await committedOffset(folder, 'hourly', 'numbers')).toBe(0);
    const stopped = await start();
    await partOf(4000, stopped);
    stopped.kill('SIGTERM');
    expect((await stopped.exited).code, stopped.stderr).toBe(0);
    const committed = await committedOffset(folder, 'hourly', 'numbers');
    expect(committed).toBeGreaterThan(0);
    expect(await numbers()).toEqual(upTo(committed));
    const again = await start();
    await partOf(4000, again);
    again.kill('SIGKILL');
    await again.exited;
    expect(await numbers()).toEqual(upTo(committed));
    const last = await start();
    await partOf(4000, last);
    last.kill('SIGTERM');
    expect((await last.exited).code, last.stderr).toBe(0);
    expect(await partsIn(path.join(folder, 'out'))).toEqual([]);
    expect(await numbers()).toEqual(upTo(await committedOffset(folder, 'hourly', 'numbers')));
  });
});

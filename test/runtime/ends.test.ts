import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { RunResult } from '@headrace/core';
import { InMemoryLog, VirtualClock } from '@headrace/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { append, elapse, runOverLog, until, type RunOverLog } from './run-over-log.ts';

const topology = {
  sources: { in: { type: 'kafka', topic: 'in', value: 'json' } },
  operators: {},
  sinks: { out: { type: 'kafka', input: 'in', topic: 'out', value: 'json' } },
};

describe('a run that is to end where its sources end', () => {
  let clock: VirtualClock;
  let log: InMemoryLog;
  beforeEach(() => {
    clock = new VirtualClock();
    log = new InMemoryLog({ clock });
    log.createTopic('in', 2);
    log.createTopic('out', 1);
  });

  const delivered = (): unknown[] =>
    log.read('out').map(({ value }) => JSON.parse(Buffer.from(value ?? []).toString()) as unknown);
  const result = async ({ running }: RunOverLog): Promise<RunResult> => {
    let ended: RunResult | null = null;
    void running.finished.then((it) => {
      ended = it;
    });
    for (let second = 0; second < 30 && ended === null; second++) await elapse(clock, 1000);
    if (ended === null) throw new Error('It does not end.');
    return ended;
  };
  const run = (ends: 'bounded' | 'untilEnd', group = 'test'): RunOverLog =>
    runOverLog(topology, { log: log.open({ bounded: true, group }), clock, ends });

  it('delivers and commits what was there when it first looked, and leaves what comes later to the next', async () => {
    await append(log, 'in', 0, [1, 2]);
    await append(log, 'in', 1, [3]);
    const first = run('untilEnd');
    await until(clock, () => first.running.counters.get('in', 'in') === 3);
    await append(log, 'in', 0, [4]);
    expect(await result(first)).toEqual({ state: 'stopped', clean: true, error: null });
    expect(new Set(delivered())).toEqual(new Set([1, 2, 3]));
    expect(log.commits().get('in/0')?.offset).toBe(2);
    expect(log.members).toEqual([]);
    expect(await result(run('untilEnd'))).toMatchObject({ clean: true });
    expect(new Set(delivered())).toEqual(new Set([1, 2, 3, 4]));
    expect(delivered()).toHaveLength(4);
  });

  it('ends at once where there is nothing, or nothing new', async () => {
    expect(await result(run('untilEnd'))).toMatchObject({ clean: true });
    await append(log, 'in', 0, [1]);
    await result(run('untilEnd'));
    expect(await result(run('untilEnd'))).toMatchObject({ clean: true });
    expect(delivered()).toEqual([1]);
  });

  it('goes on to the end where it was when its partitions were taken away in between', async () => {
    await append(log, 'in', 0, [1, 2]);
    const { running } = run('untilEnd');
    log.faults.append({ delayMs: 5000 }, 1, 'out');
    await until(clock, () => running.counters.get('in', 'in') === 2);
    for (const member of log.members) log.lose(member);
    expect(await result({ running } as RunOverLog)).toMatchObject({ clean: true });
    expect(new Set(delivered())).toEqual(new Set([1, 2]));
  });

  it('begins from nothing in a group of its own when it is bounded, and changes no position of the other', async () => {
    await append(log, 'in', 0, [1, 2]);
    await result(run('untilEnd'));
    expect(delivered()).toEqual([1, 2]);
    expect(await result(run('bounded', 'another'))).toMatchObject({ clean: true });
    expect(delivered()).toEqual([1, 2, 1, 2]);
    await append(log, 'in', 0, [3]);
    await result(run('untilEnd'));
    expect(delivered()).toEqual([1, 2, 1, 2, 3]);
  });

  it('goes on for ever when nobody says so', async () => {
    await append(log, 'in', 0, [1]);
    const { running } = runOverLog(topology, { log, clock });
    await until(clock, () => running.counters.get('out', 'delivered') === 1);
    await elapse(clock, 5000);
    expect(running.state).toBe('running');
    await running.drain();
  });

  it('refuses a source that never ends', async () => {
    const endless = { ...topology, sources: { in: { type: 'generate', select: { n: 'index' } } } };
    const { running } = runOverLog(endless, { log, clock, ends: 'bounded' });
    expect(await running.finished).toMatchObject({
      state: 'failed',
      error: { code: 'SOURCE_NEVER_ENDS', place: { node: 'in' } },
    });
  });
});

describe('a bounded run over files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-bounded-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('forgets the positions in its state directory, in every run', async () => {
    const clock = new VirtualClock();
    const log = new InMemoryLog({ clock });
    await writeFile(path.join(folder, 'in.ndjson'), '{"n":1}\n{"n":2}\n');
    const files = {
      sources: { in: { type: 'file', path: path.join(folder, 'in.ndjson'), value: 'json' } },
      operators: {},
      sinks: { out: { type: 'drop', input: 'in' } },
    };
    const read = async (ends: 'bounded' | 'untilEnd'): Promise<number> => {
      const { running } = runOverLog(files, { log, clock, ends, stateDirectory: path.join(folder, 'state') });
      expect(await running.finished).toMatchObject({ clean: true });
      return running.counters.get('in', 'in');
    };
    expect(await read('bounded')).toBe(2);
    expect(await read('bounded')).toBe(2);
    expect(await read('untilEnd')).toBe(0);
  });
});

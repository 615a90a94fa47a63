import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { InMemoryLog, VirtualClock } from '@headrace/testing';
import { afterEach, expect, it } from 'vitest';
import { Progress } from '../../packages/cli/src/run/progress.ts';
import { summarize } from '../../packages/cli/src/run/summary.ts';
import { append, elapse, runOverLog, until } from './run-over-log.ts';

const topology = {
  run: { onError: { process: 'deadLetter' }, deadLetter: { topic: 'letters' } },
  sources: { in: { type: 'kafka', topic: 'in', value: 'json' } },
  operators: {
    paid: { type: 'filter', input: 'in', where: 'bool(paid)' },
    size: { type: 'branch', input: 'paid', cases: [{ port: 'big', where: 'int(n) > 100' }] },
  },
  sinks: { out: { type: 'kafka', input: 'size.big', topic: 'out', value: 'json' } },
};

let folder: string | null = null;
afterEach(async () => {
  if (folder !== null) await rm(folder, { recursive: true });
  folder = null;
});

it('sums a run up with every record under delivered, a reason, or dead letters', async () => {
  const clock = new VirtualClock();
  const log = new InMemoryLog({ clock });
  log.createTopic('in', 1);
  log.createTopic('out', 1);
  log.createTopic('letters', 1);
  const orders = [200, 300, 1].map((n) => ({ n, paid: true }));
  await append(log, 'in', 0, [...orders, { n: 1, paid: false }, 8]);
  const { running, graph } = runOverLog(topology, { log: log.open({ bounded: true }), clock, ends: 'untilEnd' });
  let ended = false;
  void running.finished.then(() => (ended = true));
  await until(clock, () => running.counters.get('out', 'delivered') === 2);
  await elapse(clock, 3000);
  await until(clock, () => ended);
  expect(log.read('letters')).toHaveLength(1);
  const { text, fields } = summarize(graph, running.observe(), 1234);
  expect(text).toBe(
    'observed: 5 records read, 2 delivered, 2 dropped (1 at paid.dropped, 1 at size.unmatched), 1 dead letter in 1.2 s',
  );
  expect(fields).toMatchObject({
    topology: 'observed',
    read: 5,
    delivered: 2,
    dropped: { 'paid.dropped': 1, 'size.unmatched': 1 },
    deadLetters: 1,
    durationMs: 1234,
  });
});

it('tells how far a run is: records, their rate since the last look, failures, and the share where sources know it', async () => {
  const clock = new VirtualClock();
  const log = new InMemoryLog({ clock });
  const made = {
    run: { onError: { process: 'skip' } },
    sources: { in: { type: 'generate', count: 5000, rate: 1000, select: { n: 'index' } } },
    operators: { some: { type: 'filter', input: 'in', where: '10 / n > -1' } },
    sinks: { out: { type: 'drop', input: 'some' } },
  };
  folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-progress-'));
  const { running, graph } = runOverLog(made, { log, clock, stateDirectory: folder });
  const progress = new Progress(graph);
  await until(clock, () => running.counters.get('in', 'in') === 1);
  expect(progress.line(running.observe(), clock.monotonic())).toBe('observed: 1 read, 0 delivered, 1 failed, 0 %');
  await elapse(clock, 2000);
  await until(clock, () => running.counters.get('out', 'delivered') === 2000);
  expect(progress.line(running.observe(), clock.monotonic())).toBe(
    'observed: 2,001 read (1,000/s), 2,000 delivered, 1 failed, 40 %',
  );
  await elapse(clock, 4000);
  await until(clock, () => running.counters.get('out', 'delivered') === 4999);
  expect(progress.line(running.observe(), clock.monotonic())).toBe(
    'observed: 5,000 read (750/s), 4,999 delivered, 1 failed, 100 %',
  );
  await running.finished;
});

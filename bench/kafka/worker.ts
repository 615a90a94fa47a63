// What a worker on real Kafka takes beside CPU time a record: `pnpm bench:kafka:worker [records] [seconds]` prints from start to first
// acknowledged output, the CPU time of a worker that has nothing to do, and the most memory that a worker takes. Needs `pnpm build`.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@headrace/core';
import { createKafkaLog } from '@headrace/kafka';
import { startKafka } from '../../test/kafka/broker/kafka-broker.ts';
import { createTopics, uniqueName } from '../../test/kafka/topics.ts';
import { fill } from './fill.ts';

const [records = 1_000_000, seconds = 60] = process.argv.slice(2).map(Number);
const partitions = 4;
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const command = here('../../packages/cli/bin/headrace.js');
const folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-bench-'));
const kafka = await startKafka({
  properties: { 'log.segment.bytes': '104857600', 'group.initial.rebalance.delay.ms': '0' },
});
const ticksPerSecond = 100;

/** Starts the command as it is installed; a heap of 64 MiB shows what does not lie in buffers. */
function start(topology: string, from: string, options: readonly string[]): ChildProcess {
  const args = [
    'run',
    here(`./${topology}.json`),
    '--metrics-address=off',
    `--set=from=${from}`,
    `--set=brokers=${kafka.bootstrap}`,
    ...options,
  ];
  return spawn(process.execPath, ['--max-old-space-size=64', command, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Returns the CPU time of a process in milliseconds, as Linux counts it. */
async function cpuMs(pid: number): Promise<number> {
  const [, fields = ''] = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ');
  const [user, system] = fields.split(' ').slice(11, 13).map(Number) as [number, number];
  return ((user + system) * 1000) / ticksPerSecond;
}

/** Returns the most memory that a process has had, in megabytes. */
async function peakMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(status) ?? [];
  if (kilobytes === undefined) throw new Error('the process is gone');
  return (Number(kilobytes) * 1024) / 1e6;
}

/** Prints how long after its start a worker says what, and when its first record is acknowledged; then what it takes when it is idle. */
async function timesAndIdle(): Promise<void> {
  const [from, to] = [uniqueName('few'), uniqueName('to')];
  await createTopics(kafka.bootstrap, { [to]: { partitions } });
  await fill(kafka.bootstrap, from, 400, partitions);
  const log = await createKafkaLog({
    brokers: [kafka.bootstrap],
    clientId: 'bench',
    group: 'bench',
    clock: systemClock,
  });
  const abort = new AbortController();
  const reading = Array.from({ length: partitions }, async (_, partition) => {
    const reader = log.reader(`${to}/${partition}`, 'earliest');
    while (!abort.signal.aborted)
      if (typeof (await reader.read({ records: 1, bytes: 1, waitMs: 100 }, abort.signal)) === 'object') return;
  });
  const begun = performance.now();
  const since = (): number => Math.round(performance.now() - begun);
  const worker = start('pass-through', from, [`--set=to=${to}`, '--log-level=info', '--log-format=json']);
  const said = new Map<string, number>();
  createInterface({ input: worker.stderr as NodeJS.ReadableStream }).on('line', (line) => said.set(line, since()));
  await Promise.any(reading);
  const first = since();
  await wait(5000);
  const before = await cpuMs(worker.pid as number);
  await wait(seconds * 1000);
  const idle = (await cpuMs(worker.pid as number)) - before;
  const memory = await peakMegabytes(worker.pid as number);
  worker.kill('SIGTERM');
  await once(worker, 'exit');
  abort.abort();
  await Promise.allSettled(reading);
  await log.close();
  for (const [line, ms] of said) console.log(`${ms} ms: ${line.slice(0, 160)}`);
  console.log(`${first} ms: the first record is acknowledged and read`);
  console.log(
    `idle: ${((idle / seconds / 1000) * 100).toFixed(2)} % of a core over ${seconds} s, ${memory.toFixed(0)} MB at most`,
  );
}

/** Runs to the end of a topic, its output read at so many bytes a second, and prints the most memory that was taken on the way. */
async function memoryBehind(bytesPerSecond: number, from: string): Promise<void> {
  const worker = start('slow-sink', from, ['--bounded', '--log-level=error']);
  const output = worker.stdout as NodeJS.ReadableStream;
  let [taken, peak] = [0, 0];
  const begun = performance.now();
  output.on('data', (chunk: Buffer) => {
    taken += chunk.length;
    const aheadMs = (taken / bytesPerSecond) * 1000 - (performance.now() - begun);
    if (aheadMs < 1) return;
    output.pause();
    setTimeout(() => output.resume(), aheadMs);
  });
  while (performance.now() - begun < seconds * 1000 && worker.exitCode === null) {
    peak = await peakMegabytes(worker.pid as number).catch(() => peak);
    await wait(200);
  }
  worker.kill('SIGKILL');
  console.log(`behind a sink of ${(bytesPerSecond / 1e6).toFixed(1)} MB/s: ${peak.toFixed(0)} MB at most, ${(taken / 1e6).toFixed(0)} MB written`); // prettier-ignore
}

/** Passes a topic through and prints the most memory that was taken. */
async function memoryOfPassing(from: string, count: number): Promise<void> {
  const to = uniqueName('to');
  await createTopics(kafka.bootstrap, { [to]: { partitions } });
  const worker = start('pass-through', from, ['--bounded', '--log-level=error', `--set=to=${to}`]);
  let peak = 0;
  while (worker.exitCode === null) {
    peak = await peakMegabytes(worker.pid as number).catch(() => peak);
    await wait(50);
  }
  console.log(`passing ${count} records through: ${peak.toFixed(0)} MB at most`);
}

try {
  await timesAndIdle();
  for (const count of [Math.ceil(records / 4), records]) {
    const from = uniqueName('lag');
    await fill(kafka.bootstrap, from, count, partitions);
    await memoryOfPassing(from, count);
    await memoryBehind(1e6, from);
  }
} finally {
  await kafka.stop();
  await rm(folder, { recursive: true, force: true });
}

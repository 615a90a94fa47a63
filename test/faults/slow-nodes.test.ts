import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  builtInComponents,
  createRegistry,
  defineSink,
  type ModuleLoader,
  type RecordBatch,
  type Refusal,
} from '@headrace/core';
import { kafkaComponents } from '@headrace/kafka/components';
import { InMemoryLog, TopologyTestDriver, VirtualClock } from '@headrace/testing';
import { describe, expect, it } from 'vitest';
import { runOverLog } from '../runtime/run-over-log.ts';
import { waiting } from './withheld-answers.ts';

describe('a node that is slow', () => {
  const modules: ModuleLoader = { load: (file) => import(file) as Promise<Readonly<Record<string, unknown>>> };
  const start = (operators: object, input: string) =>
    TopologyTestDriver.create({
      file: `${import.meta.dirname}/topology.json`,
      text: JSON.stringify({
        headrace: 1,
        name: 'slow',
        run: { commitInterval: '1s' },
        sources: { numbers: { type: 'kafka', topic: 'numbers', value: { codec: 'json', schema: numbered } } },
        operators,
        sinks: { out: { type: 'kafka', input, topic: 'out', value: 'json' } },
      }),
      registry: createRegistry([...builtInComponents, ...kafkaComponents]),
      modules,
      partitions: { numbers: 2 },
    });
  const numbered = { type: 'record', name: 'Numbered', fields: [{ name: 'n', type: 'long' }] };
  const send = (driver: TopologyTestDriver, from: number, count: number) =>
    driver.send(
      'numbers',
      Array.from({ length: count }, (_, i) => ({ value: { n: from + i }, partition: (from + i) % 2 })),
    );

  it('holds back the commits of its own task, and of no other', async () => {
    const asked = {
      type: 'lookup',
      input: 'numbers',
      $use: './withheld-answers.ts#ask',
      as: 'answer',
      returns: 'long',
      timeout: '1h',
    };
    const driver = await start({ asked }, 'asked');
    for (let round = 0; round < 10; round++) {
      await send(driver, round * 20, 20);
      await driver.advance('2s');
      expect(driver.committed()).toEqual({ 'numbers/0': (round + 1) * 10 });
    }
    while (waiting.size > 0) {
      for (const answer of waiting) answer();
      waiting.clear();
      await driver.settle();
    }
    await driver.advance('2s');
    expect(driver.committed()).toEqual({ 'numbers/0': 100, 'numbers/1': 100 });
    expect(driver.read('out')).toHaveLength(200);
    await driver.stop();
  });

  it('may be a sink that does not answer to one task for hours', async () => {
    const driver = await start({}, 'numbers');
    driver.sinkFaults.append({ delayMs: 3_600_000 }, 1, 'out');
    await driver.send('numbers', { value: { n: 1 }, partition: 1 });
    await driver.advance('1s');
    for (let round = 0; round < 5; round++) {
      await driver.send('numbers', { value: { n: 2 * round }, partition: 0 });
      await driver.advance('2s');
      expect(driver.committed()).toEqual({ 'numbers/0': round + 1 });
    }
    await driver.advance('2h');
    expect(driver.committed()).toEqual({ 'numbers/0': 5, 'numbers/1': 1 });
    await driver.stop();
  });
});

describe('a sink that is slower than its source', () => {
  it('is waited for, and what the run holds does not grow with what went through it', async () => {
    const records = 250_000;
    const stateDirectory = await mkdtemp(path.join(os.tmpdir(), 'headrace-slow-'));
    const clock = new VirtualClock();
    let delivered = 0;
    // Virtual time passes only when nothing else can happen: the source is faster than the sink by any factor.
    const slow = defineSink({
      type: 'slow',
      summary: 'Takes fifty milliseconds for each batch.',
      options: { type: 'object', properties: {}, additionalProperties: false },
      examples: [],
      infer: (_options, input, context) => {
        const value = context.writes(['value'], 'json', input.value, { codec: 'json', schemaName: 'Slow' });
        return value === null ? null : { key: null, value };
      },
      traits: () => ({ acknowledges: 'write', epochs: 'any', concurrency: 1, transactional: false, idempotent: false }),
      create: () => ({
        begin: async () => {},
        write: (batch: RecordBatch) =>
          new Promise<readonly Refusal[]>((resolve) => {
            clock.after(50, () => {
              delivered += batch.rows;
              resolve([]);
            });
          }),
        durable: async () => {},
        drain: async () => {},
        discard: async () => {},
        close: async () => {},
      }),
    });
    const { running } = runOverLog(
      {
        run: { memory: '8MB', commitInterval: '1s' },
        sources: {
          numbers: { type: 'generate', count: records, select: { n: 'index', text: "'some text of a record'" } },
        },
        sinks: { out: { type: 'slow', input: 'numbers' } },
      },
      {
        log: new InMemoryLog({ clock }),
        clock,
        components: [slow],
        stateDirectory,
      },
    );
    const samples: { share: number; bytes: number }[] = [];
    let held = 0;
    const ended = { yet: false };
    void running.finished.then(() => (ended.yet = true));
    await running.started;
    for (let next = 0; !ended.yet;) {
      for (let turn = 0; turn < 3; turn++) await clock.turn();
      for (const task of running.observe().tasks) held = Math.max(held, task.heldBytes + task.queued.bytes);
      if (delivered >= next) {
        samples.push({ share: delivered / records, bytes: footprint() });
        next += records / 30;
      }
      const due = clock.nextDue;
      if (due !== null) clock.advanceTo(due);
    }
    expect(await running.finished).toMatchObject({ state: 'stopped', clean: true });
    if (process.env['HEADRACE_FIGURES'] !== undefined) console.log({ held, samples });
    expect(delivered).toBe(records);
    expect(held).toBeGreaterThan(500_000);
    expect(held).toBeLessThan(12_000_000);
    const most = (from: number, to: number): number =>
      Math.max(...samples.filter(({ share }) => share >= from && share <= to).map(({ bytes }) => bytes));
    await rm(stateDirectory, { recursive: true, force: true });
    expect(most(0.5, 1) - most(0.2, 0.4)).toBeLessThan(2_000_000);
  });
});

function footprint(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

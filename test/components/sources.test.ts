import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Type } from 'typebox';
import {
  builtInComponents,
  bytesAt,
  checkTopology,
  createRegistry,
  defineSink,
  planTopology,
  startTopology,
  streamSource,
  systemClock,
  type Clock,
  type Component,
  type RunningTopology,
} from '@headrace/core';
import { VirtualClock } from '@headrace/testing';

let folder: string;
let written: unknown[];
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-sources-'));
  written = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

// A sink that keeps the JSON that it is given.
const collect = defineSink({
  type: 'collect',
  summary: 'Collects.',
  options: Type.Object({}, { additionalProperties: false }),
  examples: [],
  infer(_options, input, context) {
    const value = context.writes(['value'], 'json', input.value, { codec: null, schemaName: 'x' });
    return value === null ? null : { key: null, value };
  },
  traits: () => ({ acknowledges: 'write', epochs: 'any', concurrency: 1, transactional: false, idempotent: false }),
  create: () => ({
    begin: async () => {},
    async write(batch) {
      for (let i = 0; i < batch.rows; i++)
        if (batch.values.kind === 'bytes')
          written.push(JSON.parse(Buffer.from(bytesAt(batch.values, batch.row(i)) ?? []).toString()));
      return [];
    },
    durable: async () => {},
    drain: async () => {},
    discard: async () => {},
    close: async () => {},
  }),
});

function start(source: object, clock: Clock = systemClock, more: readonly Component[] = []): RunningTopology {
  const others = builtInComponents.filter(
    ({ kind, type }) => !more.some((one) => one.kind === kind && one.type === type),
  );
  const registry = createRegistry([...others, collect, ...more]);
  const topology = {
    headrace: 1,
    name: 'sources',
    run: { commitInterval: '50ms', ...('type' in source && source.type === 'stdin' && { guarantee: 'best-effort' }) },
    sources: { in: source },
    sinks: { out: { type: 'collect', input: 'in' } },
  };
  const { graph, findings } = checkTopology(
    { text: JSON.stringify(topology), file: path.join(folder, 'topology.json') },
    { registry, readFile: () => '', env: {}, set: {}, purpose: 'run' },
  );
  if (graph === null) throw new Error(findings.map(({ code, message }) => `${code} ${message}`).join());
  return startTopology({ plan: planTopology(graph), registry, clock, stateDirectory: path.join(folder, 'state') });
}

describe('generate', () => {
  it('makes records by expressions over their number', async () => {
    const run = start({ type: 'generate', count: 5, select: { id: "'n' + string(index)", even: 'index % 2 == 0' } });
    expect(await run.finished).toMatchObject({ state: 'stopped', clean: true });
    expect(written).toEqual([0, 1, 2, 3, 4].map((n) => ({ id: `n${n}`, even: n % 2 === 0 })));
  });

  it('makes the same values of a schema up in every run, others with another seed', async () => {
    const schema = {
      type: 'record',
      name: 'All',
      fields: [
        { name: 'id', type: { type: 'string', logicalType: 'uuid' } },
        { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
        { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 } },
        { name: 'tags', type: { type: 'array', items: ['null', 'string'] } },
        { name: 'kind', type: { type: 'enum', name: 'Kind', symbols: ['A', 'B'] } },
        { name: 'more', type: ['null', 'int', 'string', { type: 'map', values: 'double' }] },
      ],
    };
    const values = async (seed: number) => {
      written = [];
      await rm(path.join(folder, 'state'), { recursive: true, force: true });
      await start({ type: 'generate', count: 200, seed, schema }).finished;
      return written;
    };
    const first = await values(1);
    expect(first).toHaveLength(200);
    expect(await values(1)).toEqual(first);
    expect(await values(2)).not.toEqual(first);
  });

  it('goes on where it was committed', async () => {
    const source = { type: 'generate', rate: 1000, select: { n: 'index' } };
    for (let round = 0; round < 2; round++) {
      const run = start(source);
      await run.started;
      await expect.poll(() => written.length, { timeout: 20_000 }).toBeGreaterThan(20 * (round + 1));
      await run.drain();
    }
    expect(written).toEqual(written.map((_, n) => ({ n })));
  });

  it('holds its rate by the clock of the run', async () => {
    const clock = new VirtualClock(0);
    const run = start({ type: 'generate', rate: 10, select: { n: 'index' } }, clock);
    const turn = async () => {
      for (let i = 0; i < 50; i++) await clock.turn();
    };
    await run.started;
    for (let step = 0; step < 100; step++) {
      clock.advance(20);
      await turn();
    }
    expect(Math.abs(written.length - 20)).toBeLessThanOrEqual(2);
    const ending = run.drain();
    for (let step = 0; step < 300; step++) {
      clock.advance(20);
      await clock.turn();
    }
    await ending;
  });
});

describe('stdin', () => {
  const started = (source: object = { type: 'stdin', value: 'json' }) => {
    const input = new PassThrough();
    return { input, run: start(source, systemClock, [streamSource(() => input)]) };
  };

  it('reads lines as they come, to the end', async () => {
    const { input, run } = started();
    input.write('{"n": 1}\n{"n"');
    await run.started;
    await expect.poll(() => written, { timeout: 20_000 }).toEqual([{ n: 1 }]);
    input.end(': 2}\r\n{"n": 3}');
    expect(await run.finished).toMatchObject({ clean: true });
    expect(written).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  it('loses nothing when its task goes back within the process', async () => {
    const { input, run } = started();
    await run.started;
    input.write('{"n": 1}\n{"n": 2}\n');
    await new Promise((resolve) => setTimeout(resolve, 20));
    await Promise.all(run.tasks.map((task) => run.rewind(task)));
    input.end('{"n": 3}\n');
    expect(await run.finished).toMatchObject({ clean: true });
    expect([...new Set(written.map((value) => (value as { n: number }).n))]).toEqual([1, 2, 3]);
  });

  it('fails on a line that is longer than allowed', async () => {
    const { input, run } = started({ type: 'stdin', maxLine: '10B' });
    input.end('x'.repeat(100));
    expect(await run.finished).toMatchObject({ state: 'failed', error: { code: 'LINE_TOO_LONG' } });
  });

  it('passes over empty lines of JSON and a byte order mark, and takes empty lines of text', async () => {
    const first = started();
    first.input.end('\uFEFF{"n": 1}\n\n{"n": 2}\n\n');
    expect(await first.run.finished).toMatchObject({ clean: true });
    expect(written).toEqual([{ n: 1 }, { n: 2 }]);
    written.length = 0;
    const second = started({ type: 'stdin' });
    second.input.end('\uFEFFa\n\nb');
    expect(await second.run.finished).toMatchObject({ clean: true });
    expect(written).toEqual(['a', '', 'b']);
  });

  it('fails where the stream does, also when nobody was waiting', async () => {
    const { input, run } = started();
    await run.started;
    input.write('{"n": 1}\n');
    await expect.poll(() => written, { timeout: 20_000 }).toEqual([{ n: 1 }]);
    input.destroy(new Error('the line was cut'));
    expect(await run.finished).toMatchObject({
      state: 'failed',
      error: { code: 'READ_FAILED', message: expect.stringContaining('the line was cut') as string },
    });
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { defineSink, type RecordBatch } from '@headrace/core';
import { InMemoryLog, VirtualClock } from '@headrace/testing';
import { expect, it } from 'vitest';
import { runOverLog } from './run-over-log.ts';

/** A sink that notes what it is given; `begin` says how it begins. */
function noting(type: string, given: number[], begin: () => Promise<void>) {
  return defineSink({
    type,
    summary: 'Notes how many records it is given.',
    options: { type: 'object', properties: {}, additionalProperties: false },
    examples: [],
    infer: (_options, input, context) => {
      const value = context.writes(['value'], 'json', input.value, { codec: 'json', schemaName: 'Noted' });
      return value === null ? null : { key: null, value };
    },
    traits: () => ({ acknowledges: 'write', epochs: 'any', concurrency: 1, transactional: false, idempotent: false }),
    create: () => ({
      begin,
      write: (batch: RecordBatch) => {
        given.push(batch.rows);
        return Promise.resolve([]);
      },
      durable: () => Promise.resolve(),
      drain: () => Promise.resolve(),
      discard: () => Promise.resolve(),
      close: () => Promise.resolve(),
    }),
  });
}

it('a sink that is not required and takes its time to begin holds up nobody, and gets then what waited for it', async () => {
  const stateDirectory = await mkdtemp(path.join(os.tmpdir(), 'headrace-begin-'));
  const clock = new VirtualClock();
  const main: number[] = [];
  const copy: number[] = [];
  let begin = (): void => {};
  const late = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const { running } = runOverLog(
    {
      run: { commitInterval: '1s' },
      sources: { numbers: { type: 'generate', rate: 100, select: { n: 'index' } } },
      sinks: {
        copy: { type: 'late', input: 'numbers', required: false },
        out: { type: 'prompt', input: 'numbers' },
      },
    },
    {
      log: new InMemoryLog({ clock }),
      clock,
      stateDirectory,
      components: [noting('prompt', main, () => Promise.resolve()), noting('late', copy, () => late)],
    },
  );
  await running.started;
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
  const forward = async (): Promise<void> => {
    clock.advance(100);
    await clock.turn();
  };
  while (sum(main) < 300) await forward();
  expect(copy).toEqual([]);
  while ((running.observe().commits['numbers'] ?? 0) === 0) await forward();
  begin();
  while (sum(copy) < 300) await forward();
  await running.drain();
  expect(await running.finished).toMatchObject({ state: 'stopped', clean: true });
  await rm(stateDirectory, { recursive: true });
});

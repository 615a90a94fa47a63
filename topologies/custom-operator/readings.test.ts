import { builtInComponents, createRegistry } from '@headrace/core';
import { runOperator } from '@headrace/testing';
import { expect, it } from 'vitest';
import { unpack } from './readings.ts';

const registry = createRegistry(builtInComponents);
const file = import.meta.filename;
const node = { type: 'process', $use: unpack, output: './schemas/reading.avsc', ports: { gaps: './schemas/gap.avsc' } };
const sample = (afterMs: number, value: number) => ({ afterMs, value });

it('unpacks samples, and notes a long pause', async () => {
  const frame = { sensor: 'a', startedAt: 0, samples: [sample(1, 2), sample(7001, 3)], sum: 5 };
  const { out, gaps } = await runOperator({ node, file, values: [frame], registry });
  expect([...out!, ...gaps!]).toEqual([
    { sensor: 'a', at: 1, value: 2 },
    { sensor: 'a', at: 7001, value: 3 },
    { sensor: 'a', from: 1, seconds: 7 },
  ]);
});

it('refuses a frame whose sum is wrong', async () => {
  const frame = { sensor: 'a', startedAt: 0, samples: [sample(1, 2)], sum: 3 };
  const { out, error } = await runOperator({ node, file, values: [frame], registry });
  expect({ out, error }).toMatchObject({ out: [], error: [{ value: frame, code: 'PROCESS_FAILED' }] });
});

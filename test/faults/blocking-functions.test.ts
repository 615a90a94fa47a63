import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { startHeadrace } from '../kafka/headrace-process.ts';

const drainTimeoutMs = 1000;

// Each call notes itself and then keeps the whole process for longer than a second.
const blocking = `
import { appendFileSync } from 'node:fs';
export function block(value) {
  appendFileSync(new URL('./calls.txt', import.meta.url), '.');
  const until = performance.now() + 1100;
  while (performance.now() < until);
  return value.n;
}
`;

const topologyOf = (operator: object) => ({
  headrace: 1,
  name: 'blocking',
  run: { commitInterval: '100ms', drainTimeout: `${String(drainTimeoutMs)}ms` },
  sources: { numbers: { type: 'generate', select: { n: 'index' } } },
  operators: {
    before: { type: 'filter', input: 'numbers', where: { $use: './quick.mjs#yes' } },
    slow: { ...operator, input: 'before' },
    after: { type: 'filter', input: 'slow', where: { $use: './quick.mjs#yes' } },
  },
  sinks: { out: { type: 'drop', input: 'after' } },
});

/** Starts the topology, stops it once the function was called so often, and returns the log of how it failed. */
async function stopped(operator: object, after: number): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-blocking-'));
  const files = {
    'quick.mjs': 'export const yes = () => true;',
    'block.mjs': blocking,
    'endless.mjs': blocking.replace('performance.now() < until', 'true'),
    'fails.mjs': blocking.replace('return value.n', "throw new Error('no answer')"),
    'calls.txt': '',
    'topology.json': JSON.stringify(topologyOf(operator)),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  const calls = async (): Promise<number> => (await readFile(path.join(folder, 'calls.txt'))).length;
  const run = startHeadrace(['run', path.join(folder, 'topology.json')]);
  while ((await calls()) < after) await new Promise((resolve) => setTimeout(resolve, 20));
  run.kill('SIGTERM');
  const late = setTimeout(() => run.kill('SIGKILL'), 40 * drainTimeoutMs);
  const exit = await run.exited;
  clearTimeout(late);
  await rm(folder, { recursive: true, force: true });
  expect(exit, run.stderr).toEqual({ code: 1, signal: null });
  return run.stderr;
}

describe.concurrent('a function that keeps the process for itself', () => {
  it.each([
    [
      'a lookup, which asks again',
      {
        type: 'lookup',
        $use: './fails.mjs#block',
        as: 'answer',
        returns: 'long',
        concurrency: 100,
        retry: { delay: '1ms', maxDelay: '1ms', attempts: 100 },
      },
    ],
    ['one node of a stage', { type: 'map', set: { answer: { $use: './block.mjs#block', returns: 'long' } } }],
  ])('in %s is named, and SIGTERM is heard between two calls', async (_, operator) => {
    const log = await stopped(operator, 2);
    expect(log).toMatch(/DRAIN_TIMEOUT/);
    expect(log).toMatch(/"msg":"node \\"slow\\" held the process for too long"/);
  });

  it.each([
    ['a lookup', { type: 'lookup', $use: './endless.mjs#block', as: 'answer', returns: 'long' }],
    ['one node of a stage', { type: 'map', set: { answer: { $use: './endless.mjs#block', returns: 'long' } } }],
  ])('for ever in %s ends the process with a code, named with its node and its file', async (_, operator) => {
    const log = await stopped(operator, 1);
    expect(log).toMatch(/TURN_NEVER_ENDS {2}[^"]*node \\"slow\\" has kept .* in \\"block\\" of .*endless\.mjs/);
  });
});

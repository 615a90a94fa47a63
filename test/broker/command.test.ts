import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { runBroker } from '../../packages/cli/src/verbs/broker.ts';
import { consumeAll } from '../kafka/consume-all.ts';
import { groupLag } from '../kafka/group-offsets.ts';
import { startHeadrace } from '../kafka/headrace-process.ts';
import { produce } from '../kafka/produce.ts';

let folder: string;
const cleanUp: (() => unknown)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-broker-'));
});
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
  await rm(folder, { recursive: true, force: true });
});

it('runs alone, for a topology that reads from it and writes to it', async () => {
  const broker = startHeadrace(['broker', '--port', '0', '--nodes', '3', '--topic', 'numbers:3', '--topic', 'even:2']);
  cleanUp.push(() => broker.kill('SIGKILL'));
  const [, bootstrap = ''] = await broker.waitForOutput(/listening at (\S+)\n/);
  expect(broker.stdout).toContain('for development and tests only');
  const numbers = Array.from({ length: 1000 }, (_, n) => n);
  await produce(
    bootstrap,
    'numbers',
    numbers.map((n) => ({ key: `${n}`, value: JSON.stringify({ n }) })),
  );
  const schema = { type: 'record', name: 'Number', fields: [{ name: 'n', type: 'long' }] };
  await writeFile(path.join(folder, 'number.avsc'), JSON.stringify(schema));
  const topology = {
    headrace: 1,
    name: 'halve',
    sources: {
      numbers: {
        type: 'kafka',
        topic: 'numbers',
        value: { codec: 'json', schema: './number.avsc' },
        start: 'earliest',
      },
    },
    operators: { even: { type: 'filter', input: 'numbers', where: 'n % 2 == 0' } },
    sinks: { out: { type: 'kafka', input: 'even', topic: 'even', value: 'json' } },
  };
  const file = path.join(folder, 'halve.json');
  await writeFile(file, JSON.stringify(topology));
  const args = ['run', file, '--brokers', bootstrap, '--until-end', '--metrics-address', 'off'];
  const running = startHeadrace(args, { cwd: folder });
  expect((await running.exited).code, running.stderr).toBe(0);
  const seen = (await consumeAll(bootstrap, 'even')).map(({ value }) => (JSON.parse(String(value)) as { n: number }).n);
  expect(seen.sort((a, b) => a - b)).toEqual(numbers.filter((n) => n % 2 === 0));
  expect(await groupLag(bootstrap, 'halve', 'numbers')).toBe(0);
  broker.kill('SIGTERM');
  expect(await broker.exited).toEqual({ code: 0, signal: null });
});

it('refuses what is no topic', async () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  cleanUp.push(() => write.mockRestore());
  expect(await runBroker({ host: '127.0.0.1', port: 0, nodes: 1, topic: ['a b'] })).toBe(2);
  expect(write.mock.calls.join('')).toContain('WRONG_SET');
});

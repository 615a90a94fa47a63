import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startDev, type DevProcess } from '../cli/dev-process.ts';
import { consumeAll } from './consume-all.ts';
import { committedOffsets, groupState } from './group-offsets.ts';
import { produce } from './produce.ts';
import { describeKafka } from './require-kafka.ts';
import { createTopics, uniqueName } from './topics.ts';

describeKafka('headrace dev --kafka', (bootstrap) => {
  let folder: string;
  let dev: DevProcess | null = null;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-dev-kafka-'));
  });
  afterEach(async () => {
    await dev?.kill();
    await rm(folder, { recursive: true, force: true });
  });

  it('reads and writes the topics of the cluster in a group of its own, which it deletes, and leaves that of the topology alone', async () => {
    const name = uniqueName('dev');
    const [orders, large] = [`${name}-orders`, `${name}-large`];
    const topology = {
      headrace: 1,
      name,
      clusters: { main: { brokers: [bootstrap] } },
      run: { commitInterval: '100ms' },
      sources: { orders: { type: 'kafka', topic: orders, value: 'json' } },
      operators: { kept: { type: 'filter', input: 'orders', where: 'true' } },
      sinks: { out: { type: 'kafka', input: 'kept', topic: large, value: 'json' } },
    };
    await writeFile(path.join(folder, 'topology.json'), JSON.stringify(topology));
    await createTopics(bootstrap, { [orders]: {}, [large]: {} });
    await produce(bootstrap, orders, [{ partition: 0, value: '{"n":1}', timestamp: 1000 }]);
    dev = startDev(['topology.json', '--kafka'], folder);
    await dev.record('out', '{"n":1}');
    await produce(bootstrap, orders, [{ partition: 0, value: '{"n":2}', timestamp: 2000 }]);
    await dev.record('out', '{"n":2}');
    dev.signal('SIGINT');
    const gone = await dev.event((event) => event.kind === 'said' && String(event['text']).includes('is deleted'));
    expect(await dev.exited).toEqual({ code: 0, signal: null });
    const group = /^group "(.*)" is deleted$/.exec(String(gone['text']))?.[1] ?? '';
    expect(group.startsWith(`${name}-dev-`)).toBe(true);
    expect(await groupState(bootstrap, group)).toMatchObject({ state: 'Dead', members: [] });
    expect(await committedOffsets(bootstrap, group, orders)).toEqual([]);
    expect(await committedOffsets(bootstrap, name, orders)).toEqual([]);
    expect((await consumeAll(bootstrap, large)).map(({ value }) => String(value))).toEqual(['{"n":1}', '{"n":2}']);
    expect(dev.events.some(({ kind }) => kind === 'broker' || kind === 'topics')).toBe(false);
  });
});

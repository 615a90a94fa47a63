import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { consumeAll } from './consume-all.ts';
import { groupLag } from './group-offsets.ts';
import { startHeadrace } from './headrace-process.ts';
import { produce } from './produce.ts';
import { describeKafka } from './require-kafka.ts';
import { createTopics } from './topics.ts';
import { waitUntil } from './wait-until.ts';

const workspace = fileURLToPath(new URL('../../', import.meta.url));

describeKafka('The examples over Kafka', (bootstrap) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'headrace-examples-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const env = { KAFKA_BROKERS: bootstrap };
  const example = (name: string): string => {
    cpSync(`${workspace}topologies/${name}`, path.join(folder, name), { recursive: true });
    return path.join(folder, name, 'topology.json');
  };
  const done = async (...args: string[]): Promise<void> => {
    const command = startHeadrace(args, { env });
    expect(await command.exited, command.stderr).toEqual({ code: 0, signal: null });
  };
  const texts = async (topic: string) =>
    (await consumeAll(bootstrap, topic)).map(({ key, value, headers }) => ({
      key: key === null ? null : key.toString(),
      value: value === null ? null : value.toString(),
      code: String(headers['__headrace.errors.code']),
    }));

  it('log-collection makes its topics and collects each line once, however often it runs', async () => {
    const topology = example('log-collection');
    await done('apply', topology);
    await done('run', topology);
    await done('run', topology);
    const collected = await consumeAll(bootstrap, 'access-log');
    expect(collected.map(({ key }) => String(key)).toSorted()).toEqual([
      '192.0.2.44',
      '198.51.100.23',
      '198.51.100.23',
      '203.0.113.7',
      '203.0.113.7',
    ]);
    expect(collected.map(({ headers }) => Object.keys(headers))).toEqual(collected.map(() => ['file']));
    expect(Math.min(...collected.map(({ timestamp }) => timestamp))).toBe(Date.UTC(2026, 0, 1, 10));
    expect(await texts('access-log-rejected')).toEqual([
      { key: null, value: 'this line was cut off in the mi', code: 'NOT_PARSABLE' },
    ]);
  });

  it('order-router sends each order on as it came, and the rest to the dead letters', async () => {
    const topology = example('order-router');
    await createTopics(bootstrap, { orders: { partitions: 2 } });
    await done('apply', topology);
    const order = (id: string, rest: string): { key: string; value: Buffer } => ({
      key: id,
      value: Buffer.from(`{ "id": "${id}", ${rest} }`),
    });
    const german = order('a', '"country": "DE",  "amount": 1');
    await produce(bootstrap, 'orders', [
      german,
      order('b', '"country": "US", "amount": 2'),
      order('b', '"country": "US", "amount": 2, "cancelled": true'),
      order('c', '"country": "XX", "amount": 3'),
      { key: 'd', value: Buffer.from('no order') },
    ]);
    const run = startHeadrace(['run', topology], { env });
    await waitUntil(
      () => groupLag(bootstrap, 'order-router', 'orders'),
      (lag) => lag === 0,
      { what: 'all orders are committed' },
    );
    run.kill('SIGTERM');
    expect(await run.exited, run.stderr).toEqual({ code: 0, signal: null });
    expect((await texts('orders-de')).map(({ value }) => value)).toEqual([String(german.value)]);
    expect((await texts('orders-us')).map(({ key, value }) => [key, value === null])).toEqual([
      ['b', false],
      ['b', true],
    ]);
    const letters = await texts('orders-rejected');
    expect(letters.map(({ key, code }) => `${key ?? ''} ${code}`).toSorted()).toEqual([
      'c TOPIC_NOT_ALLOWED',
      'd BAD_JSON',
    ]);
  });
});

import { HeadraceError } from '@headrace/core';
import { InMemoryLog, VirtualClock } from '@headrace/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { append, elapse, runOverLog, until } from './run-over-log.ts';

const topology = {
  run: { commitInterval: '1s' },
  sources: { orders: { type: 'kafka', topic: 'orders', value: 'json', start: 'latest' } },
  sinks: { out: { type: 'kafka', input: 'orders', topic: 'out', value: 'json' } },
};

const order = (n: number): object => ({ n });

describe('a source that starts at the latest record', () => {
  let clock: VirtualClock;
  let log: InMemoryLog;
  const written = (): unknown[] =>
    log.read('out').map(({ value }) => JSON.parse(Buffer.from(value ?? []).toString()) as unknown);

  beforeEach(async () => {
    clock = new VirtualClock();
    log = new InMemoryLog({ clock });
    log.createTopic('orders', 1);
    log.createTopic('out', 1);
    await append(log, 'orders', 0, [order(1)]);
  });

  it('keeps where it began though no record came, so that what comes between two runs is read', async () => {
    const first = runOverLog(topology, { log: log.open(), clock });
    await first.running.started;
    await elapse(clock, 3000);
    await first.running.drain();
    await append(log, 'orders', 0, [order(2)]);
    const second = runOverLog(topology, { log: log.open(), clock });
    await second.running.started;
    await append(log, 'orders', 0, [order(3)]);
    await elapse(clock, 3000);
    await second.running.drain();
    expect(written()).toEqual([order(2), order(3)]);
  });

  it('begins again where it began when it is rewound before anything is committed', async () => {
    const { running } = runOverLog(topology, { log: log.open(), clock });
    await running.started;
    await until(clock, () => running.observe().tasks.some((task) => task.running));
    await append(log, 'orders', 0, [order(2)]);
    await until(clock, () => written().length === 1);
    log.faults.rejectReads(new HeadraceError('AWAY', 'The broker is away.', { retryable: true }), 1, 'orders');
    clock.advance(500);
    await until(clock, () => running.observe().tasks.every((task) => !task.running));
    await append(log, 'orders', 0, [order(3)]);
    await elapse(clock, 3000);
    await running.drain();
    expect(written().at(-1)).toEqual(order(3));
  });
});

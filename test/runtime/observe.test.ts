import { HeadraceError, recordTotals } from '@headrace/core';
import { InMemoryLog, VirtualClock } from '@headrace/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { append, elapse, runOverLog, until } from './run-over-log.ts';

const topology = {
  run: { commitInterval: '1s', onError: { process: 'skip' } },
  sources: { orders: { type: 'kafka', topic: 'orders', value: 'json' } },
  operators: {
    paid: { type: 'filter', input: 'orders', where: 'bool(paid)' },
    size: { type: 'branch', input: 'paid', cases: [{ port: 'big', where: 'int(n) > 100' }] },
  },
  sinks: {
    out: { type: 'kafka', input: 'size.big', topic: 'out', value: 'json', retry: { delay: '1s', attempts: 5 } },
  },
};

const order = (n: number, paid = true): object => ({ n, paid });

describe('what a run says of itself', () => {
  let clock: VirtualClock;
  let log: InMemoryLog;
  beforeEach(() => {
    clock = new VirtualClock();
    log = new InMemoryLog({ clock });
    log.createTopic('orders', 2);
    log.createTopic('out', 1);
  });

  it('counts records by node and port, what ended by its reason, bytes, commits and batches', async () => {
    await append(log, 'orders', 0, [order(200), order(1), order(300, false), 'no order'.length, order(101)]);
    const { running, graph } = runOverLog(topology, { log, clock });
    await running.started;
    await until(clock, () => running.counters.get('out', 'delivered') === 2);
    clock.advance(1000);
    await until(clock, () => running.observe().commits['orders'] === 1);
    const seen = running.observe();
    expect(seen.records).toEqual({
      orders: { in: 5, out: 5 },
      paid: { in: 5, out: 3, dropped: 1, skipped: 1 },
      size: { in: 3, big: 2, unmatched: 1 },
      out: { in: 2, out: 2, delivered: 2 },
    });
    expect(seen.bytes['orders']).toBe(
      JSON.stringify([order(200), order(1), order(300, false), 8, order(101)]).length - 6,
    );
    expect(seen.bytes['out']).toBe(JSON.stringify([order(200), order(101)]).length - 3);
    expect(seen.durations['orders']?.count).toBe(1);
    expect(seen.durations['out']?.count).toBe(1);
    expect(recordTotals(graph, seen.records)).toEqual({
      read: 5,
      delivered: 2,
      deadLettered: {},
      dropped: [
        { node: 'paid', reason: 'skipped', records: 1 },
        { node: 'paid', reason: 'dropped', records: 1 },
        { node: 'size', reason: 'unmatched', records: 1 },
      ],
      failed: { paid: 1 },
    });
    await running.drain();
    expect(running.observe()).toMatchObject({ state: 'stopped', tasks: [], memory: { usedBytes: 0 } });
  });

  it('has tasks when the group has given it partitions, not before', async () => {
    const { running } = runOverLog(topology, { log, clock });
    expect(running.observe()).toMatchObject({ state: 'starting', assigned: false, tasks: [] });
    await running.started;
    await until(clock, () => running.observe().tasks.filter((task) => task.running).length === 2);
    expect(running.observe()).toMatchObject({ state: 'running', assigned: true, changing: 0 });
    await running.drain();
  });

  it('shows how old an epoch is that waits for a sink, what it holds, and that it is tried again', async () => {
    const down = new HeadraceError('DOWN', 'The sink is down.', { retryable: true });
    log.faults.rejectAppends(down, 2, 'out');
    const { running } = runOverLog(topology, { log, clock });
    await running.started;
    await until(clock, () => running.observe().tasks.filter((task) => task.running).length === 2);
    const task = () => running.observe().tasks.find(({ split }) => split === 'orders/0');
    expect(task()).toMatchObject({ busy: false, openEpochs: 0, oldestEpochMs: 0, heldBytes: 0, blockedBy: null });
    await append(log, 'orders', 0, [order(200)]);
    await until(clock, () => running.observe().retries['out'] === 1);
    const before = task();
    clock.advance(400);
    expect(task()).toMatchObject({ busy: true, openEpochs: 1, oldestEpochMs: 400, moves: before?.moves });
    expect(task()?.heldBytes).toBeGreaterThan(0);
    expect(running.observe().memory.usedBytes).toBe(task()?.heldBytes);
    await elapse(clock, 5000);
    await until(clock, () => running.observe().commits['orders'] === 1);
    expect(running.observe().retries).toEqual({ out: 2 });
    expect(task()).toMatchObject({ busy: false, openEpochs: 0, heldBytes: 0 });
    expect(task()?.moves).toBeGreaterThan(before?.moves ?? Infinity);
    await running.drain();
  });

  it('names the sink that keeps a task from taking more', async () => {
    log.faults.append({ delayMs: 60_000 }, 1000, 'out');
    const { running } = runOverLog({ ...topology, run: { ...topology.run, memory: '1MiB' } }, { log, clock });
    await running.started;
    await until(clock, () => running.observe().tasks.filter((task) => task.running).length === 2);
    const many = Array.from({ length: 4000 }, () => ({ n: 200, paid: true, text: 'x'.repeat(200) }));
    for (let round = 0; round < 3; round++) await append(log, 'orders', 0, many);
    const task = () => running.observe().tasks.find(({ split }) => split === 'orders/0');
    await until(clock, () => task()?.blockedBy === 'out');
    expect(task()?.queued.records).toBeGreaterThan(0);
    expect(task()?.queued.bytes).toBeGreaterThan(0);
    // The other task has nothing to take, so that nothing keeps it from it.
    expect(running.observe().tasks.map(({ blockedBy }) => blockedBy)).toContain(null);
    const ended = running.drain();
    clock.advance(60_000);
    await ended;
  });

  it('counts rewinds and failed commits', async () => {
    const { running } = runOverLog(topology, { log, clock });
    await running.started;
    await until(clock, () => running.observe().tasks.filter((task) => task.running).length === 2);
    await running.rewind('orders-orders-0');
    expect(running.observe()).toMatchObject({ rewinds: { orders: 1 }, failedCommits: {} });
    log.faults.rejectCommits(new HeadraceError('COMMIT_REFUSED', 'The group is changing.'));
    await append(log, 'orders', 0, [order(200)]);
    await until(clock, () => running.counters.get('out', 'delivered') === 1);
    clock.advance(1000);
    await until(clock, () => running.observe().failedCommits['orders'] === 1);
    clock.advance(1000);
    await until(clock, () => running.observe().commits['orders'] === 1);
    await running.drain();
  });
});

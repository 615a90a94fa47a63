import { HeadraceError } from '@headrace/core';
import { InMemoryLog, VirtualClock } from '@headrace/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { Liveness } from '../../packages/cli/src/monitoring/liveness.ts';
import { unreadiness } from '../../packages/cli/src/monitoring/readiness.ts';
import { append, elapse, runOverLog, until } from '../runtime/run-over-log.ts';

const sink = { type: 'kafka', input: 'in', topic: 'out', value: 'json' };
const topology = {
  sources: { in: { type: 'kafka', topic: 'in', value: 'json' } },
  operators: {},
  sinks: { out: sink },
};

describe('the health of a run', () => {
  let clock: VirtualClock;
  let log: InMemoryLog;
  beforeEach(() => {
    clock = new VirtualClock();
    log = new InMemoryLog({ clock });
    log.createTopic('in', 1);
    log.createTopic('out', 1);
  });

  it('is ready when its tasks run: not before the group has given it something, not while it stops', async () => {
    const { running } = runOverLog(topology, { log, clock });
    expect(unreadiness(running.observe())).toBe('the topology is starting');
    await until(clock, () => unreadiness(running.observe()) === null);
    expect(running.tasks).toEqual(['in-in-0']);
    const rewound = running.rewind('in-in-0');
    expect(unreadiness(running.observe())).toMatch(/^0 of 0 tasks run, 1 are beginning or ending$/);
    await rewound;
    await until(clock, () => unreadiness(running.observe()) === null);
    await running.drain();
    expect(unreadiness(running.observe())).toBe('the topology is stopped');
  });

  it('is not ready as long as the group has given it nothing to do or not to do', async () => {
    const silent = log.open();
    silent.join = () => Promise.resolve({ commit: () => Promise.resolve(), leave: () => Promise.resolve() });
    const { running } = runOverLog(topology, { log: silent, clock });
    await running.started;
    expect(running.state).toBe('running');
    expect(unreadiness(running.observe())).toBe('the group has not given out its partitions yet');
    await running.drain();
  });

  it('is not ready before its partitions are being read', async () => {
    let isReading = false;
    const reading = log.open();
    const open = reading.reader.bind(reading);
    reading.reader = (partition, at, options) => {
      const reader = open(partition, at, options);
      const progress = reader.progress.bind(reader);
      reader.progress = () => ({ ...progress(), isReading });
      return reader;
    };
    const { running } = runOverLog(topology, { log: reading, clock });
    await until(clock, () => unreadiness(running.observe()) === '"in/0" is not being read yet');
    isReading = true;
    expect(unreadiness(running.observe())).toBeNull();
    await running.drain();
  });

  it('tells how far a partition is from its end', async () => {
    const { running } = runOverLog(topology, { log, clock });
    await until(clock, () => unreadiness(running.observe()) === null);
    const lag = () => running.observe().tasks[0]?.reading?.lagRecords;
    expect(lag()).toBe(0);
    log.faults.append({ delayMs: 60_000 }, 1, 'out');
    await append(log, 'in', 0, [1, 2, 3]);
    await elapse(clock, 5000);
    expect(lag()).toBe(3);
    await elapse(clock, 60_000);
    expect(lag()).toBe(0);
    await running.drain();
  });

  it('is live while nothing comes', async () => {
    const { running, graph } = runOverLog(topology, { log, clock });
    const liveness = new Liveness(graph);
    await until(clock, () => unreadiness(running.observe()) === null);
    for (let minute = 0; minute < 10; minute++) {
      clock.advance(60_000);
      expect(liveness.check(running.observe(), clock.monotonic())).toBeNull();
    }
    await running.drain();
  });

  it('is not live when a write is never answered, and live again when it is', async () => {
    const { running, graph } = runOverLog(topology, { log, clock });
    const liveness = new Liveness(graph);
    log.faults.append({ delayMs: 300_000 }, 1, 'out');
    await until(clock, () => unreadiness(running.observe()) === null);
    await append(log, 'in', 0, [1]);
    await until(clock, () => running.counters.get('in', 'in') === 1);
    expect(liveness.check(running.observe(), clock.monotonic())).toBeNull();
    clock.advance(80_000);
    expect(liveness.check(running.observe(), clock.monotonic())).toBeNull();
    clock.advance(20_000);
    expect(liveness.check(running.observe(), clock.monotonic())).toBe(
      'task "in-in-0" has work and has not moved for 100 s',
    );
    clock.advance(300_000);
    await elapse(clock, 2000);
    expect(running.counters.get('out', 'delivered')).toBe(1);
    expect(liveness.check(running.observe(), clock.monotonic())).toBeNull();
    await running.drain();
  });

  it('is live while a sink refuses and is asked again, for however long', async () => {
    const retry = { attempts: 1000, delay: '10s', maxDelay: '10s' };
    const { running, graph } = runOverLog({ ...topology, sinks: { out: { ...sink, retry } } }, { log, clock });
    const liveness = new Liveness(graph);
    log.faults.rejectAppends(new HeadraceError('DOWN', 'It is down.', { retryable: true }), 1000, 'out');
    await until(clock, () => unreadiness(running.observe()) === null);
    await append(log, 'in', 0, [1]);
    for (let minute = 0; minute < 5; minute++) {
      await elapse(clock, 60_000);
      expect(liveness.check(running.observe(), clock.monotonic())).toBeNull();
    }
    expect(running.observe().retries['out']).toBeGreaterThan(5);
    log.faults.clear();
    await elapse(clock, 11_000);
    await running.drain();
  });

  it('is live while a node with a rate lets nothing through', async () => {
    const slow = {
      ...topology,
      operators: { slow: { type: 'throttle', input: 'in', perSecond: 0.002, over: 'wait' } },
      sinks: { out: { ...sink, input: 'slow' } },
    };
    const { running, graph } = runOverLog(slow, { log, clock });
    const liveness = new Liveness(graph);
    await until(clock, () => unreadiness(running.observe()) === null);
    await append(log, 'in', 0, [1, 2, 3]);
    await until(clock, () => running.counters.get('slow', 'in') === 1);
    for (let minute = 0; minute < 5; minute++) {
      clock.advance(60_000);
      expect(liveness.check(running.observe(), clock.monotonic())).toBeNull();
    }
    expect(running.observe().tasks[0]).toMatchObject({ busy: true, blockedBy: 'slow' });
    const drained = running.drain();
    await elapse(clock, 26_000);
    await drained;
  });
});

import { HeadraceError, type Log } from '@headrace/core';
import { InMemoryLog, VirtualClock } from '@headrace/testing';
import { expect, it } from 'vitest';
import { runOverLog, until } from './run-over-log.ts';

const topology = {
  sources: { orders: { type: 'kafka', topic: 'orders', value: 'json' } },
  sinks: { out: { type: 'kafka', input: 'orders', topic: 'out', value: 'json' } },
};

it('ends in order when it is stopped before its group is joined', async () => {
  const clock = new VirtualClock();
  const log = new InMemoryLog({ clock });
  log.createTopic('orders', 1);
  log.createTopic('out', 1);
  let asked: () => void = () => {};
  const asking = new Promise<void>((resolve) => (asked = resolve));
  let closed: () => void = () => {};
  const closing = new Promise<void>((resolve) => (closed = resolve));
  // A broker that does not answer before the connection is closed.
  const slow = new Proxy<Log>(log, {
    get(target, name) {
      if (name === 'close') return () => (closed(), target.close());
      const member = Reflect.get(target, name, target) as unknown;
      if (name !== 'committed') return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      return async () => {
        asked();
        await closing;
        throw new HeadraceError('LOG_CLOSED', 'The connection to Kafka is closed.');
      };
    },
  });
  const { running } = runOverLog(topology, { log: slow, clock });
  let isAsked = false;
  void asking.then(() => (isAsked = true));
  await until(clock, () => isAsked);
  void running.drain();
  await until(clock, () => running.state === 'stopped' || running.state === 'failed');
  expect(await running.finished).toEqual({ state: 'stopped', clean: true, error: null });
});

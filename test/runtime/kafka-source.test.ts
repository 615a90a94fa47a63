import { builtInComponents, createRegistry } from '@headrace/core';
import { kafkaComponents } from '@headrace/kafka/components';
import { InMemoryLog, TopologyTestDriver, VirtualClock } from '@headrace/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { append, runOverLog, until } from './run-over-log.ts';

describe('the source "kafka" over a Log', () => {
  let clock: VirtualClock;
  let log: InMemoryLog;
  beforeEach(() => {
    clock = new VirtualClock();
    log = new InMemoryLog({ clock });
    log.createTopic('out', 1);
  });

  const delivered = (): unknown[] =>
    log.read('out').map(({ value }) => JSON.parse(Buffer.from(value ?? []).toString()) as unknown);
  const run = (sources: Readonly<Record<string, object>>) => {
    const topology = {
      sources,
      sinks: { out: { type: 'kafka', input: Object.keys(sources), topic: 'out', value: 'json' } },
    };
    return runOverLog(topology, { log: log.open(), clock }).running;
  };
  const comesTo = async (...values: unknown[]): Promise<void> => {
    await until(clock, () => {
      clock.advance(1);
      return delivered().length >= values.length;
    });
    expect(new Set(delivered())).toEqual(new Set(values));
  };

  it('reads all topics of a pattern, those that come later too, beside one that is named', async () => {
    for (const topic of ['in-a', 'in-b', 'other', 'one.x', 'onesx']) log.createTopic(topic, 1);
    await append(log, 'in-a', 0, ['a']);
    await append(log, 'other', 0, ['not this']);
    await append(log, 'one.x', 0, ['x']);
    await append(log, 'onesx', 0, ['nor this']);
    const running = run({
      in: { type: 'kafka', pattern: 'in-.*', value: 'json' },
      one: { type: 'kafka', topic: 'one.x', value: 'json' },
    });
    await comesTo('a', 'x');
    await append(log, 'in-b', 0, ['b']);
    log.createTopic('in-c', 2);
    await append(log, 'in-c', 1, ['c']);
    await comesTo('a', 'x', 'b', 'c');
    await running.drain();
  });

  it('ends where two sources read a topic that came later', async () => {
    log.createTopic('in-a', 1);
    const running = run({
      first: { type: 'kafka', pattern: 'in-.*', value: 'json' },
      second: { type: 'kafka', pattern: '.*-b', value: 'json' },
    });
    await until(clock, () => running.state === 'running');
    log.createTopic('in-b', 1);
    await until(clock, () => {
      clock.advance(1);
      return running.state === 'failed';
    });
    expect((await running.finished).error).toMatchObject({ code: 'TOPIC_READ_TWICE' });
  });

  it('begins at the offsets that are named, elsewhere at the earliest, and goes on at what is committed', async () => {
    log.createTopic('in', 2);
    await append(log, 'in', 0, ['a0', 'a1', 'a2']);
    await append(log, 'in', 1, ['b0']);
    const source = { in: { type: 'kafka', topic: 'in', value: 'json', start: { '0': 2 } } };
    const first = run(source);
    await comesTo('a2', 'b0');
    await first.drain();
    await append(log, 'in', 0, ['a3']);
    const second = run(source);
    await comesTo('a2', 'b0', 'a3');
    await second.drain();
  });

  it.each([
    ['earliest', ['c', 'd', 'e']],
    ['latest', ['e']],
    ['fail', null],
  ] as const)(
    'goes on where "onOutOfRange": "%s" says when what is committed is gone',
    async (onOutOfRange, expected) => {
      log.createTopic('in', 1);
      await append(log, 'in', 0, ['a']);
      const source = { in: { type: 'kafka', topic: 'in', value: 'json', onOutOfRange } };
      const first = run(source);
      await comesTo('a');
      await first.drain();
      await append(log, 'in', 0, ['b', 'c', 'd']);
      log.truncate('in/0', 2);
      const second = run(source);
      if (expected === null) {
        expect((await second.finished).error).toMatchObject({ code: 'OFFSET_OUT_OF_RANGE' });
        return;
      }
      await until(clock, () => {
        clock.advance(1);
        return (
          second.state === 'running' &&
          (onOutOfRange === 'earliest' ? delivered().length === 3 : second.tasks.length > 0)
        );
      });
      // A first read settles where the latest is.
      for (let turn = 0; turn < 50; turn++) await clock.turn();
      await append(log, 'in', 0, ['e']);
      await comesTo('a', ...expected);
      await second.drain();
    },
  );

  it('sends records that are too far ahead of the clock to the port "error"', async () => {
    const test = await TopologyTestDriver.create({
      registry: createRegistry([...builtInComponents, ...kafkaComponents]),
      start: '2026-01-01T00:00:00Z',
      text: JSON.stringify({
        headrace: 1,
        name: 'ahead',
        sources: { in: { type: 'kafka', topic: 'in', value: 'string', maxAhead: '1h' } },
        sinks: {
          out: { type: 'kafka', input: 'in', topic: 'out' },
          late: { type: 'kafka', input: 'in.error', topic: 'early', value: 'asRead', headers: { code: 'error.code' } },
        },
      }),
    });
    const now = Date.UTC(2026, 0, 1);
    const send = (value: string, timestamp: number) => test.send('in', { value, timestamp });
    await send('old', now - 1e10);
    await send('just', now + 3_600_000);
    await send('far', now + 3_600_001);
    await test.settle();
    expect(test.read('out').map(({ value }) => value)).toEqual(['old', 'just']);
    const [failed] = test.read('late');
    expect(failed?.headers).toEqual({ code: 'TOO_FAR_AHEAD' });
    expect(Buffer.from(failed?.bytes.value ?? []).toString()).toBe('far');
    await test.advance('1s');
    await send('now', now + 3_600_001);
    await test.settle();
    expect(test.read('out').map(({ value }) => value)).toEqual(['now']);
    await test.stop();
  });
});

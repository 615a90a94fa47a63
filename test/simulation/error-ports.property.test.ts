import { builtInComponents, createRegistry, HeadraceError } from '@headrace/core';
import { kafkaComponents } from '@headrace/kafka/components';
import { TopologyTestDriver } from '@headrace/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const kafkaSink = (topic: string, input: string, more: object = {}) => ({
  type: 'kafka',
  topic,
  input,
  key: 'string',
  value: 'json',
  ...more,
});

// What `main` refuses goes through an operator to `second`, what that refuses to `third`; `optional` has a way of its own.
const topology = {
  headrace: 1,
  name: 'refused',
  run: { commitInterval: '1s', onError: { deliver: 'deadLetter' }, deadLetter: { sink: 'letters' } },
  sources: { numbers: { type: 'kafka', topic: 'numbers', key: 'string', value: 'json' } },
  operators: {
    waited: { type: 'throttle', input: 'main.error', perSecond: 100_000, over: 'wait' },
  },
  sinks: {
    main: kafkaSink('main', 'numbers', { retry: { attempts: 2 }, batch: { records: 8, delay: '20ms' } }),
    second: kafkaSink('second', 'waited', { retry: { attempts: 1 } }),
    third: kafkaSink('third', 'second.error'),
    optional: kafkaSink('optional', 'numbers', { required: false, retry: { attempts: 1 } }),
    letters: { type: 'kafka', topic: 'letters', key: 'bytes', value: 'bytes' },
  },
};

type SinkName = 'main' | 'second' | 'third' | 'optional' | 'letters';
type Action =
  | { kind: 'send'; count: number }
  | { kind: 'settle' | 'lose' | 'restart' }
  | { kind: 'advance'; ms: number }
  | { kind: 'refuse'; sink: SinkName; every: number; times: number; forGood: boolean }
  | { kind: 'failWrites'; sink: SinkName; times: number; written: boolean };

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('send' as const), count: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 3000 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('settle' as const, 'lose' as const, 'restart' as const) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('refuse' as const),
      // The last of a chain fails the run where it refuses for good: that is what its policy says.
      sink: fc.constantFrom('main' as const, 'second' as const, 'third' as const, 'optional' as const),
      every: fc.integer({ min: 1, max: 4 }),
      times: fc.integer({ min: 1, max: 3 }),
      forGood: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('failWrites' as const),
      sink: fc.constantFrom('main' as const, 'second' as const, 'third' as const, 'letters' as const),
      times: fc.integer({ min: 1, max: 4 }),
      written: fc.boolean(),
    }),
  },
);

/** Restarts; a stop that came while a task waited to go on after a fault says that something will be repeated, and then starts. */
async function restarted(driver: TopologyTestDriver): Promise<void> {
  try {
    await driver.restart();
  } catch (error) {
    if (!(error instanceof HeadraceError) || error.code !== 'DRAIN_TIMEOUT') throw error;
    await driver.restart();
  }
}

function plan(driver: TopologyTestDriver, act: Extract<Action, { kind: 'refuse' | 'failWrites' }>): void {
  if (act.kind === 'failWrites') {
    const error = new HeadraceError('DOWN', 'The sink is down.', { retryable: true });
    driver.sinkFaults.append({ reject: { error, written: act.written } }, act.times, act.sink);
    return;
  }
  const reason = act.forGood ? { code: 'TOO_LARGE', message: 'Too large.' } : { retryAfterMs: 0 };
  driver.sinkFaults.append({ refuse: (row) => (row % act.every === 0 ? reason : null) }, act.times, act.sink);
}

async function simulate(actions: readonly Action[]) {
  const driver = await TopologyTestDriver.create({
    text: JSON.stringify(topology),
    registry: createRegistry([...builtInComponents, ...kafkaComponents]),
    partitions: { numbers: 2 },
  });
  let sent = 0;
  for (const act of actions) {
    if (act.kind === 'send')
      await driver.send(
        'numbers',
        Array.from({ length: act.count }, () => ({ key: `k${String(sent % 5)}`, value: { n: sent++ } })),
      );
    else if (act.kind === 'settle') await driver.settle();
    else if (act.kind === 'advance') await driver.advance(act.ms);
    else if (act.kind === 'restart') await restarted(driver);
    else if (act.kind === 'refuse' || act.kind === 'failWrites') plan(driver, act);
    else for (const member of driver.log.members) driver.log.lose(member);
  }
  driver.sinkFaults.clear();
  for (let wait = 0; wait < 6; wait++) await driver.advance('40s');
  await driver.restart();
  // What the optional sink refused says nothing of the others.
  const numbersAt = (sink: SinkName): Set<number> =>
    new Set(
      driver
        .read(sink)
        .filter(({ headers }) => headers['__headrace.errors.node'] !== 'optional')
        .map(({ bytes }) => (JSON.parse(Buffer.from(bytes.value!).toString()) as { n: number }).n),
    );
  const seen = {
    main: numbersAt('main'),
    second: numbersAt('second'),
    third: numbersAt('third'),
    letters: numbersAt('letters'),
  };
  const lag = sent - Object.values(driver.committed()).reduce((sum, offset) => sum + offset, 0);
  await driver.stop();
  return { sent, seen, lag };
}

describe('sinks whose refused records go to other sinks, under a schedule of faults', () => {
  it('gives every record to one of them at least, or to the dead letters, and commits everything in the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 3, maxLength: 25 }), async (actions) => {
        const { sent, seen, lag } = await simulate(actions);
        const all = new Set([...seen.main, ...seen.second, ...seen.third, ...seen.letters]);
        expect([...all].sort((a, b) => a - b)).toEqual(Array.from({ length: sent }, (_, n) => n));
        expect(lag).toBe(0);
      }),
      { numRuns: Number(process.env['HEADRACE_SIMULATIONS'] ?? 60) / 2 },
    );
  });
});

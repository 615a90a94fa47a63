import { builtInComponents, createRegistry, HeadraceError } from '@headrace/core';
import { kafkaComponents } from '@headrace/kafka/components';
import { TopologyTestDriver } from '@headrace/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const topology = {
  headrace: 1,
  name: 'simulated',
  run: { commitInterval: '1s', onError: { decode: 'deadLetter' }, deadLetter: { topic: 'letters' } },
  sources: { numbers: { type: 'kafka', topic: 'numbers', key: 'string', value: 'json' } },
  operators: {
    kept: { type: 'filter', input: 'numbers', where: 'int(n) % 3 != 0' },
    parity: {
      type: 'branch',
      input: 'kept',
      match: 'all',
      cases: [
        { port: 'even', where: 'int(n) % 2 == 0' },
        { port: 'any', where: 'true' },
      ],
    },
  },
  sinks: {
    even: { type: 'kafka', input: 'parity.even', topic: 'even', key: 'string', value: 'json' },
    both: { type: 'kafka', input: ['parity.any', 'kept.dropped'], topic: 'both', key: 'string', value: 'json' },
  },
};

type Action =
  | { kind: 'send'; count: number }
  | { kind: 'poison' | 'settle' | 'lose' | 'restart' | 'refuseCommit' }
  | { kind: 'advance'; ms: number }
  | { kind: 'failReads'; times: number }
  | { kind: 'failWrites'; sink: 'even' | 'both'; times: number; written: boolean };

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('send' as const), count: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 3000 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'settle' as const,
        'lose' as const,
        'restart' as const,
        'poison' as const,
        'refuseCommit' as const,
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('failReads' as const), times: fc.integer({ min: 1, max: 2 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('failWrites' as const),
      sink: fc.constantFrom('even' as const, 'both' as const),
      times: fc.integer({ min: 1, max: 4 }),
      written: fc.boolean(),
    }),
  },
);

interface Seen {
  readonly key: unknown;
  readonly n: number;
}

/** Restarts; a stop that came while a task waited to go on after a fault says that something will be repeated, and then starts. */
async function restarted(driver: TopologyTestDriver): Promise<void> {
  try {
    await driver.restart();
  } catch (error) {
    if (!(error instanceof HeadraceError) || error.code !== 'DRAIN_TIMEOUT') throw error;
    await driver.restart();
  }
}

/** Runs a schedule of sends and faults, heals, and gives what each sink was given, in order. */
async function simulate(
  actions: readonly Action[],
): Promise<{ sent: number; poison: number; even: Seen[]; both: Seen[]; letters: number; lag: number }> {
  const driver = await TopologyTestDriver.create({
    text: JSON.stringify(topology),
    registry: createRegistry([...builtInComponents, ...kafkaComponents]),
    partitions: { numbers: 3 },
  });
  const down = new HeadraceError('DOWN', 'The sink is down.', { retryable: true });
  let sent = 0;
  let poison = 0;
  for (const act of actions) {
    if (act.kind === 'send')
      await driver.send(
        'numbers',
        Array.from({ length: act.count }, () => ({ key: `k${String(sent % 7)}`, value: { n: sent++ } })),
      );
    else if (act.kind === 'poison')
      await driver.send('numbers', { key: `p${String(poison++)}`, raw: Buffer.from('{"n":') });
    else if (act.kind === 'settle') await driver.settle();
    else if (act.kind === 'advance') await driver.advance(act.ms);
    else if (act.kind === 'restart') await restarted(driver);
    else if (act.kind === 'lose') for (const member of driver.log.members) driver.log.lose(member);
    else if (act.kind === 'refuseCommit')
      driver.log.faults.rejectCommits(new HeadraceError('COMMIT_REFUSED', 'The group is changing.'));
    else if (act.kind === 'failReads') driver.log.faults.rejectReads(down, act.times);
    else if (act.kind === 'failWrites')
      driver.sinkFaults.append({ reject: { error: down, written: act.written } }, act.times, act.sink);
  }
  driver.log.faults.clear();
  driver.sinkFaults.clear();
  // Longer than the longest back-off, several times over.
  for (let wait = 0; wait < 6; wait++) await driver.advance('40s');
  await driver.restart();
  const read = (sink: string): Seen[] =>
    driver.read(sink).map(({ key, value }) => ({ key, n: (value as { n: number }).n }));
  const [even, both] = [read('even'), read('both')];
  const letters = driver.deadLetters().length;
  const lag = sent + poison - Object.values(driver.committed()).reduce((sum, offset) => sum + offset, 0);
  await driver.stop();
  return { sent, poison, even, both, letters, lag };
}

/** Leaves out repeats: what is seen for the first time must come in the order of sending, key by key. */
function expectOrder(seen: readonly Seen[]): void {
  const known = new Set<number>();
  const last = new Map<unknown, number>();
  for (const { key, n } of seen) {
    if (known.has(n)) continue;
    known.add(n);
    expect(n).toBeGreaterThan(last.get(key) ?? -1);
    last.set(key, n);
  }
}

const sortedSet = (seen: readonly Seen[]): number[] => [...new Set(seen.map(({ n }) => n))].sort((a, b) => a - b);
const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describe('a topology on the in-memory Log under a schedule of faults', () => {
  it('delivers every record at least once, keeps the order of keys, and commits everything in the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 3, maxLength: 25 }), async (actions) => {
        const { sent, poison, even, both, letters, lag } = await simulate(actions);
        expect(sortedSet(both)).toEqual(numbers(sent));
        expect(sortedSet(even)).toEqual(numbers(sent).filter((n) => n % 3 !== 0 && n % 2 === 0));
        expect(letters).toBeGreaterThanOrEqual(poison);
        expectOrder(both);
        expectOrder(even);
        expect(lag).toBe(0);
      }),
      { numRuns: Number(process.env['HEADRACE_SIMULATIONS'] ?? 60) },
    );
  });

  it('repeats nothing where nothing failed', async () => {
    const calm = action.filter(
      ({ kind }) =>
        kind === 'send' || kind === 'settle' || kind === 'advance' || kind === 'restart' || kind === 'poison',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(calm, { minLength: 3, maxLength: 25 }), async (actions) => {
        const { sent, poison, even, both, letters } = await simulate(actions);
        expect(both.map(({ n }) => n).sort((a, b) => a - b)).toEqual(numbers(sent));
        expect(even.length).toBe(new Set(even.map(({ n }) => n)).size);
        expect(letters).toBe(poison);
      }),
      { numRuns: Number(process.env['HEADRACE_SIMULATIONS'] ?? 60) / 3 },
    );
  });

  it('takes more than its memory holds at once without stopping', async () => {
    const driver = await TopologyTestDriver.create({
      text: JSON.stringify(topology),
      registry: createRegistry([...builtInComponents, ...kafkaComponents]),
      partitions: { numbers: 2 },
    });
    for (let chunk = 0; chunk < 6; chunk++)
      await driver.send(
        'numbers',
        Array.from({ length: 10_000 }, (_, i) => ({ key: `k${String(i % 50)}`, value: { n: chunk * 10_000 + i } })),
      );
    expect(await driver.settle()).toBe('idle');
    expect(driver.read('both')).toHaveLength(60_000);
    await driver.stop();
  });
});

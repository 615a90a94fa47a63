import { HeadraceError, systemClock, type RunningTopology } from '@headrace/core';
import { joinGroupApi, type ApiDefinition } from '@headrace/protocol';
import { afterEach, expect, it } from 'vitest';
import { createKafkaLog } from '@headrace/kafka';
import { runOverLog } from '../../runtime/run-over-log.ts';
import { consumeAll } from '../consume-all.ts';
import { committedOffsets } from '../group-offsets.ts';
import { produce } from '../produce.ts';
import { describeKafka } from '../require-kafka.ts';
import { createTopic, uniqueName } from '../topics.ts';
import { waitUntil } from '../wait-until.ts';
import { FaultProxy } from './fault-proxy.ts';
import { MoodySink } from './moody-sink.ts';

const records = 2000;
const sessionMs = 3000;
const memory = '4MB';

describeKafka('A sink', (bootstrap) => {
  const cleanUp: (() => unknown)[] = [];
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });

  interface Run {
    readonly sink: MoodySink;
    readonly running: RunningTopology;
    readonly healthy: string;
    /** How many offsets are committed. */
    committed(): Promise<number>;
    /** How often a request was made. */
    asked(api: ApiDefinition): number;
    stop(): Promise<void>;
  }

  /** Runs a topology over real Kafka from one topic into a sink of the test's, and into a topic beside it. */
  const start = async (sink: MoodySink, options: Readonly<Record<string, unknown>> = {}): Promise<Run> => {
    const input = await createTopic(bootstrap, 'moody', { partitions: 2 });
    const healthy = await createTopic(bootstrap, 'healthy', { partitions: 2 });
    const group = uniqueName('moody');
    const proxy = await FaultProxy.start(bootstrap);
    cleanUp.push(() => proxy.stop());
    proxy.sessionTimeoutMs = sessionMs;
    const requests = new Map<number, number>();
    proxy.decide = ({ api, nth }) => {
      requests.set(api.key, nth + 1);
      return 'pass';
    };
    await produce(
      bootstrap,
      input,
      Array.from({ length: records }, (_, n) => ({
        key: `k${n % 10}`,
        value: JSON.stringify({ n, pad: 'x'.repeat(200) }),
        partition: n % 2,
      })),
      { batchSize: 200 },
    );
    const log = await createKafkaLog({ brokers: [proxy.address], clientId: 'moody', group, clock: systemClock });
    const { running } = runOverLog(
      {
        name: group,
        run: { memory, commitInterval: '100ms', drainTimeout: '3s' },
        sources: { numbers: { type: 'kafka', topic: input, key: 'string', value: 'json' } },
        sinks: {
          out: { type: 'moody', input: 'numbers', ...options },
          beside: { type: 'kafka', input: 'numbers', topic: healthy, key: 'string', value: 'json' },
        },
      },
      { log, clock: systemClock, components: [sink.component] },
    );
    running.started.catch(() => {});
    void running.finished.then(({ error }) => {
      if (error !== null) console.log(`the run ended: ${error.code} ${error.message}`);
    });
    cleanUp.push(() => running.drain());
    return {
      sink,
      running,
      healthy,
      committed: async () =>
        (await committedOffsets(bootstrap, group, input)).reduce((sum, { offset }) => sum + offset, 0),
      asked: (api) => requests.get(api.key) ?? 0,
      stop: async () => {
        await running.drain();
        expect(await running.finished).toMatchObject({ state: 'stopped', clean: true });
      },
    };
  };
  const allTaken = ({ sink }: Run): Promise<unknown> =>
    waitUntil(
      () => sink.taken.length,
      (count) => count >= records,
      { what: 'everything is taken' },
    );
  const allCommitted = (run: Run): Promise<number> =>
    waitUntil(
      () => run.committed(),
      (count) => count === records,
      { what: 'everything is committed', intervalMs: 100 },
    );
  const numbersOf = (values: readonly unknown[]): number[] =>
    values.map((value) => (value as { n: number }).n).sort((a, b) => a - b);
  const everyNumber = Array.from({ length: records }, (_, n) => n);

  it('that does not answer for longer than a session holds up its commits and nothing else: no rebalance, no growth', async () => {
    const sink = new MoodySink();
    let answer: () => void = () => {};
    const answered = new Promise<void>((resolve) => (answer = resolve));
    sink.mood = () => answered.then(() => []);
    const run = await start(sink);
    await waitUntil(
      () => sink.writes,
      (writes) => writes >= 2,
      { what: 'both partitions are being written' },
    );
    const joins = run.asked(joinGroupApi);
    const until = performance.now() + 2.5 * sessionMs;
    let held = 0;
    while (performance.now() < until) {
      for (const task of run.running.observe().tasks) held = Math.max(held, task.heldBytes + task.queued.bytes);
      expect(await run.committed()).toBe(0);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(run.asked(joinGroupApi), 'no rebalance').toBe(joins);
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThan(8_000_000);
    answer();
    await allTaken(run);
    await allCommitted(run);
    await run.stop();
    expect(numbersOf(sink.taken)).toEqual(everyNumber);
  });

  it('that is slow slows its source down, and nothing is committed that it has not taken', async () => {
    const sink = new MoodySink();
    sink.mood = () => new Promise((resolve) => setTimeout(() => resolve([]), 150));
    const run = await start(sink, { batch: { records: 50 } });
    await waitUntil(
      async () => {
        const committed = await run.committed();
        expect(committed).toBeLessThanOrEqual(sink.taken.length);
        return committed;
      },
      (committed) => committed === records,
      { what: 'everything is committed', intervalMs: 50 },
    );
    await run.stop();
    expect(numbersOf(sink.taken)).toEqual(everyNumber);
  });

  it('that is dead for a while is tried again until it lives, and loses nothing', async () => {
    const sink = new MoodySink();
    let isDead = true;
    sink.mood = () =>
      isDead
        ? Promise.reject(new HeadraceError('SINK_DOWN', 'Nobody listens.', { retryable: true }))
        : Promise.resolve([]);
    const run = await start(sink, { retry: { delay: '50ms', maxDelay: '200ms', attempts: 1000 } });
    await waitUntil(
      () => sink.writes,
      (writes) => writes >= 10,
      { what: 'it was tried ten times' },
    );
    expect(await run.committed()).toBe(0);
    isDead = false;
    await allCommitted(run);
    await run.stop();
    expect(numbersOf(sink.taken)).toEqual(everyNumber);
  });

  it('that took a batch and then failed gets it again, and what it said is not believed', async () => {
    const sink = new MoodySink();
    let failures = 0;
    // It has taken the rows when its connection breaks: nothing is known of them.
    sink.mood = async (batch) => {
      if (failures++ % 3 !== 0) return [];
      for (let i = 0; i < batch.rows; i++) batch.row(i);
      throw new HeadraceError('SINK_DOWN', 'The answer was lost.', { retryable: true });
    };
    const run = await start(sink, { retry: { delay: '20ms', maxDelay: '50ms', attempts: 1000 } });
    await allCommitted(run);
    await run.stop();
    expect(failures).toBeGreaterThan(1);
    expect(numbersOf(sink.taken)).toEqual(everyNumber);
  });

  it('that fails for good ends the run with its reason; beside it, a healthy one sees repetitions only', async () => {
    const sink = new MoodySink();
    sink.mood = (batch) =>
      Promise.resolve(
        sink.taken.length < records / 2
          ? []
          : [{ row: batch.row(0), code: 'SINK_REFUSED', message: 'It does not like that.' }],
      );
    const run = await start(sink, { batch: { records: 100 } });
    const { error } = await run.running.finished;
    expect(error?.code).toBe('SINK_REFUSED');
    // What is committed, both branches have.
    const committed = await run.committed();
    expect(committed).toBeLessThanOrEqual(sink.taken.length);
    expect(committed).toBeLessThan(records);
    const beside = await consumeAll(bootstrap, run.healthy);
    expect(new Set(beside.map(({ value }) => String(value))).size).toBeGreaterThanOrEqual(committed);
  });
});

import { expect, it } from 'vitest';
import { seededRandom } from '../faults/seeded-random.ts';
import { bidAt, bids, writeBidTopology } from './bids.ts';
import { consumeAll } from './consume-all.ts';
import { committedOffsets, groupLag, groupState } from './group-offsets.ts';
import { startHeadrace, type HeadraceProcess } from './headrace-process.ts';
import { produce } from './produce.ts';
import { describeKafka } from './require-kafka.ts';
import { createTopic, uniqueName } from './topics.ts';
import { waitUntil } from './wait-until.ts';

const partitions = 4;
const records = 100_000;
const expected = Array.from({ length: records / 2 }, (_, i) => 2 * i);
const seed = Number(process.env['HEADRACE_SEED'] ?? 20_260_102);

describeKafka('At-least-once on real Kafka', (bootstrap) => {
  const env = { KAFKA_BROKERS: bootstrap };
  const setUp = async (perSecond?: number): Promise<{ name: string; from: string; to: string; file: string }> => {
    const from = await createTopic(bootstrap, 'bids', { partitions });
    const to = await createTopic(bootstrap, 'even', { partitions });
    const name = uniqueName('alo');
    return {
      name,
      from,
      to,
      file: await writeBidTopology({ name, from, to, ...(perSecond !== undefined && { perSecond }) }),
    };
  };
  const start = (file: string, ...options: string[]): HeadraceProcess =>
    startHeadrace(['run', file, ...options], { env });
  const numbersIn = async (topic: string): Promise<number[]> =>
    (await consumeAll(bootstrap, topic)).map(({ value }) => (JSON.parse(String(value)) as { n: number }).n);
  const untilDone = (name: string, from: string): Promise<number> =>
    waitUntil(
      () => groupLag(bootstrap, name, from),
      (lag) => lag === 0,
      { what: 'everything is committed', deadlineMs: 120_000, intervalMs: 200 },
    );

  it(`loses nothing when it is killed again and again (seed ${String(seed)})`, async () => {
    const { name, from, to, file } = await setUp();
    const random = seededRandom(seed);
    await produce(bootstrap, from, bids(0, records / 2, partitions));
    for (let kill = 0; kill < 3; kill++) {
      const run = start(file);
      await run.waitForOutput(/topology running/);
      await new Promise((resolve) => setTimeout(resolve, random() * 1500));
      run.kill('SIGKILL');
      expect((await run.exited).signal).toBe('SIGKILL');
      const seen = new Set(await numbersIn(to));
      for (const { partition, offset } of await committedOffsets(bootstrap, name, from)) {
        for (let i = 0; i < offset; i++) {
          const n = bidAt(partition, i, partitions);
          if (n % 2 === 0 && !seen.has(n))
            throw new Error(
              `seed ${String(seed)}: bid ${String(n)} is below the committed offset of partition ${String(partition)} and lost`,
            );
        }
      }
    }
    const last = start(file);
    await produce(bootstrap, from, bids(records / 2, records, partitions));
    await untilDone(name, from);
    last.kill('SIGTERM');
    expect(await last.exited, last.stderr).toEqual({ code: 0, signal: null });
    expect([...new Set(await numbersIn(to))].sort((a, b) => a - b)).toEqual(expected);
  });

  it('delivers nothing twice when it is stopped with SIGTERM and started again', async () => {
    // Slow enough that there is a middle in which to stop it: 5 s of work on any machine.
    const { name, from, to, file } = await setUp(records / partitions / 5);
    await produce(bootstrap, from, bids(0, records, partitions));
    const random = seededRandom(seed);
    for (let stop = 1; stop <= 3; stop++) {
      const run = start(file);
      const most = records * (1 - (stop - random()) / 5);
      await waitUntil(
        () => groupLag(bootstrap, name, from),
        (lag) => lag <= most,
        { what: 'a part is committed', deadlineMs: 60_000, intervalMs: 50 },
      );
      run.kill('SIGTERM');
      expect(await run.exited, run.stderr).toEqual({ code: 0, signal: null });
      expect(await groupLag(bootstrap, name, from), 'it stopped in the middle').toBeGreaterThan(0);
    }
    const last = start(file);
    await last.waitForOutput(/topology running/);
    await untilDone(name, from);
    last.kill('SIGTERM');
    expect(await last.exited, last.stderr).toEqual({ code: 0, signal: null });
    const numbers = await numbersIn(to);
    expect(numbers.sort((a, b) => a - b)).toEqual(expected);
  });

  it('keeps the order of each key', async () => {
    const { name, from, to, file } = await setUp();
    await produce(
      bootstrap,
      from,
      bids(0, records, 1).map((record) => ({ ...record, partition: 0 })),
    );
    const run = start(file);
    await untilDone(name, from);
    run.kill('SIGTERM');
    expect((await run.exited).code, run.stderr).toBe(0);
    const last = new Map<string, number>();
    for (const { key, value } of await consumeAll(bootstrap, to)) {
      const { n } = JSON.parse(String(value)) as { n: number };
      expect(n).toBeGreaterThan(last.get(String(key)) ?? -1);
      last.set(String(key), n);
    }
    expect(last.size).toBe(97);
  });

  it('shares the work between two processes, and one takes over what the other leaves', async () => {
    const { name, from, to, file } = await setUp();
    const first = start(file);
    await first.waitForOutput(/topology running/);
    await produce(bootstrap, from, bids(0, records / 4, partitions));
    const second = start(file);
    await waitUntil(
      () => groupState(bootstrap, name),
      ({ state, members }) => state === 'Stable' && members.length === 2,
      { what: 'two members share the group' },
    );
    await produce(bootstrap, from, bids(records / 4, records / 2, partitions));
    await untilDone(name, from);
    second.kill('SIGTERM');
    expect(await second.exited, second.stderr).toEqual({ code: 0, signal: null });
    expect(second.stderr).toMatch(/"out":\{[^}]*"delivered":[1-9]/);
    await produce(bootstrap, from, bids(records / 2, records, partitions));
    await untilDone(name, from);
    first.kill('SIGTERM');
    expect(await first.exited, first.stderr).toEqual({ code: 0, signal: null });
    expect([...new Set(await numbersIn(to))].sort((a, b) => a - b)).toEqual(expected);
  });

  it('goes on under the name that it had in its group, and ends whoever still has that name', async () => {
    const { name, from, to, file } = await setUp();
    const older = start(file, '--instance', 'etl-0');
    await older.waitForOutput(/topology running/);
    const members = async (): Promise<number> => (await groupState(bootstrap, name)).members.length;
    await waitUntil(members, (count) => count === 1, { what: 'it has joined' });
    const younger = start(file, '--instance', 'etl-0');
    expect((await older.exited).code, older.stderr).toBe(1);
    expect(older.stderr).toContain('GROUP_MEMBER_REPLACED');
    await produce(bootstrap, from, bids(0, records / 10, partitions));
    await untilDone(name, from);
    younger.kill('SIGTERM');
    expect(await younger.exited, younger.stderr).toEqual({ code: 0, signal: null });
    expect(await members(), 'its place is kept for it').toBe(1);
    expect([...new Set(await numbersIn(to))].sort((a, b) => a - b)).toEqual(expected.slice(0, records / 20));
  });
});

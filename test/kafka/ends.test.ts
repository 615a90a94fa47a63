import { expect, it } from 'vitest';
import { bids, writeBidTopology } from './bids.ts';
import { consumeAll } from './consume-all.ts';
import { groupLag } from './group-offsets.ts';
import { startHeadrace } from './headrace-process.ts';
import { produce } from './produce.ts';
import { describeKafka } from './require-kafka.ts';
import { createTopic, uniqueName } from './topics.ts';

describeKafka('A run over real Kafka that is to end', (bootstrap) => {
  const env = { KAFKA_BROKERS: bootstrap };
  const numbers = async (topic: string): Promise<number[]> =>
    (await consumeAll(bootstrap, topic)).map(({ value }) => (JSON.parse(String(value)) as { n: number }).n);
  const even = (from: number, to: number): number[] =>
    Array.from({ length: (to - from) / 2 }, (_, i) => from + 2 * i).sort((a, b) => a - b);
  const sorted = (all: readonly number[]): number[] => all.toSorted((a, b) => a - b);

  it('goes on from what is committed until where its partitions end, and is a world of its own when it is bounded', async () => {
    const from = await createTopic(bootstrap, 'bids');
    const to = await createTopic(bootstrap, 'even');
    const name = uniqueName('ends');
    const file = await writeBidTopology({ name, from, to, run: {} });
    const run = async (...args: string[]): Promise<void> => {
      const started = startHeadrace(['run', file, ...args], { env });
      expect(await started.exited, started.stderr).toEqual({ code: 0, signal: null });
    };
    await produce(bootstrap, from, bids(0, 100, 1));
    await run('--until-end');
    expect(sorted(await numbers(to))).toEqual(even(0, 100));
    expect(await groupLag(bootstrap, name, from)).toBe(0);
    await produce(bootstrap, from, bids(100, 150, 1));
    await run('--bounded');
    expect(sorted(await numbers(to))).toEqual(sorted([...even(0, 100), ...even(0, 150)]));
    expect(await groupLag(bootstrap, name, from)).toBe(50);
    await run('--until-end');
    expect(sorted(await numbers(to))).toEqual(sorted([...even(0, 100), ...even(0, 150), ...even(100, 150)]));
    expect(await groupLag(bootstrap, name, from)).toBe(0);
  });
});

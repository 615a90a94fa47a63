import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { consumeAll, type ConsumedRecord } from '../consume-all.ts';
import { produce } from '../produce.ts';
import { createTopic, partitionRanges, uniqueName } from '../topics.ts';
import { waitUntil } from '../wait-until.ts';
import { describeBrokers } from './both-brokers.ts';
import { startWordCount, type WordCount, type WordCountOptions } from './word-count.ts';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

const words = ['river', 'mill', 'weir', 'sluice', 'race', 'wheel', 'head', 'tail', 'gate'];
/** Lines of one to seven words, the same ones each time. */
const linesFrom = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, at) =>
    Array.from(
      { length: 1 + ((from + at) % 7) },
      (__, word) => words[((from + at) * (word + 3) + word * word) % words.length],
    ).join(' '),
  );

/** Counts by hand. */
function counted(lines: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of lines.flatMap((line) => line.split(' '))) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

/** Returns the last value of each key. */
function lastOf(records: readonly ConsumedRecord[], read: (value: Buffer) => number): Record<string, number> {
  return Object.fromEntries(records.map(({ key, value }) => [String(key), read(value as Buffer)]));
}

describeBrokers('An unmodified application of Kafka Streams', (bootstrap) => {
  const prepare = async (guarantee: WordCountOptions['guarantee']) => {
    const input = await createTopic(bootstrap(), 'lines', { partitions: 3 });
    const output = await createTopic(bootstrap(), 'counts', { partitions: 2 });
    const application = uniqueName('word-count');
    const folder = await mkdtemp(path.join(tmpdir(), 'headrace-streams-'));
    cleanUp.push(() => rm(folder, { recursive: true, force: true }));
    const options = { bootstrap: bootstrap(), application, guarantee, input, output, folder, commitIntervalMs: 500 };
    const lines: string[] = [];
    return {
      folder,
      repartition: `${application}-words-repartition`,
      changelog: `${application}-counts-changelog`,
      lines,
      output,
      start: async (): Promise<WordCount> => {
        const running = await startWordCount(options);
        cleanUp.push(async () => {
          running.signal('SIGKILL');
          await running.exited;
        });
        return running;
      },
      feed: async (count: number): Promise<void> => {
        const more = linesFrom(lines.length, count);
        lines.push(...more);
        await produce(
          bootstrap(),
          input,
          more.map((value) => ({ value })),
        );
      },
      /** Waits until all that was fed is counted, and returns every count that was written. */
      result: (): Promise<ConsumedRecord[]> =>
        waitUntil(
          () => consumeAll(bootstrap(), output),
          (records) => sameCounts(lastOf(records, Number), counted(lines)),
          { what: 'every line is counted', intervalMs: 200, deadlineMs: 90_000 },
        ),
    };
  };

  /** The counts of a word only grow, the store's changelog says the same as the output, and nothing is open. */
  const expectRight = async (
    { lines, changelog, output }: Awaited<ReturnType<typeof prepare>>,
    records: readonly ConsumedRecord[],
  ): Promise<void> => {
    expect(lastOf(records, Number)).toEqual(counted(lines));
    for (const word of words) {
      const counts = records.filter(({ key }) => String(key) === word).map(({ value }) => Number(String(value)));
      expect(counts).toEqual([...new Set(counts)].sort((a, b) => a - b));
    }
    const stored = await consumeAll(bootstrap(), changelog);
    expect(lastOf(stored, (value) => Number(value.readBigInt64BE()))).toEqual(counted(lines));
    for (const topic of [output, changelog])
      for (const { stableEnd, end } of await partitionRanges(bootstrap(), topic)) expect(stableEnd).toBe(end);
  };

  it('counts each word right at least once, stopped in the middle and started without its stores', async () => {
    const test = await prepare('at_least_once');
    await test.feed(300);
    const first = await test.start();
    await test.result();
    await test.feed(300);
    first.signal('SIGTERM');
    await first.exited;
    expect(first.printed).toContain('CLOSED true');
    await rm(test.folder, { recursive: true });
    await test.feed(300);
    const second = await test.start();
    await expectRight(test, await test.result());
    expect(first.printed + second.printed).not.toContain('FAILED');
  });

  it('counts each word right exactly once, killed in the middle of a transaction and started again', async () => {
    const test = await prepare('exactly_once_v2');
    await test.feed(300);
    const first = await test.start();
    await test.result();
    const isOpen = async (): Promise<boolean> => {
      const ranges = await partitionRanges(bootstrap(), test.repartition);
      return ranges.some(({ stableEnd, end }) => stableEnd < end);
    };
    for (let round = 0; ; round++) {
      await test.feed(10);
      await waitUntil(isOpen, (open) => open, { what: 'a transaction is open', intervalMs: 0 });
      // What is open once it stands still stays open when it is killed.
      first.signal('SIGSTOP');
      if (await isOpen()) break;
      first.signal('SIGCONT');
      expect(round, 'rounds in which no transaction was caught').toBeLessThan(50);
    }
    first.signal('SIGKILL');
    await first.exited;
    expect(await isOpen()).toBe(true);
    await test.feed(300);
    const second = await test.start();
    await expectRight(test, await test.result());
    expect(first.printed + second.printed).not.toContain('FAILED');
  });
});

function sameCounts(seen: Readonly<Record<string, number>>, wanted: Readonly<Record<string, number>>): boolean {
  return Object.entries(wanted).every(([word, count]) => seen[word] === count);
}

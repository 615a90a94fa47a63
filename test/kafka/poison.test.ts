import { expect, it } from 'vitest';
import { bids, writeBidTopology } from './bids.ts';
import { consumeAll } from './consume-all.ts';
import { committedOffsets, groupLag } from './group-offsets.ts';
import { startHeadrace } from './headrace-process.ts';
import { produce } from './produce.ts';
import { describeKafka } from './require-kafka.ts';
import { createTopic, uniqueName } from './topics.ts';
import { waitUntil } from './wait-until.ts';

const poison = Buffer.from([0xff, 0xff, 0xff]);

describeKafka('A poison record on real Kafka', (bootstrap) => {
  const env = { KAFKA_BROKERS: bootstrap };
  const setUp = async (run: object) => {
    const from = await createTopic(bootstrap, 'bids');
    const to = await createTopic(bootstrap, 'even');
    const name = uniqueName('poison');
    await produce(bootstrap, from, bids(0, 50, 1));
    await produce(bootstrap, from, [{ key: 'bad', value: poison, partition: 0, headers: { trace: 'abc' } }]);
    await produce(bootstrap, from, bids(50, 100, 1));
    return { from, to, name, file: await writeBidTopology({ name, from, to, run: { ...run } }) };
  };
  const outputOf = async (topic: string): Promise<number[]> =>
    (await consumeAll(bootstrap, topic)).map(({ value }) => (JSON.parse(String(value)) as { n: number }).n);
  const even = (to: number): number[] => Array.from({ length: to / 2 }, (_, i) => 2 * i);

  it('stops the run under "fail", names the record, and commits nothing at or past it', async () => {
    const { from, name, file } = await setUp({});
    const run = startHeadrace(['run', file], { env });
    expect(await run.exited, run.stderr).toEqual({ code: 1, signal: null });
    expect(run.stderr).toContain('offset 50');
    expect(run.stderr).toContain('node bids');
    for (const { offset } of await committedOffsets(bootstrap, name, from)) expect(offset).toBeLessThanOrEqual(50);
  });

  it('is counted and left out under "skip"', async () => {
    const { from, to, name, file } = await setUp({ onError: { decode: 'skip' } });
    const run = startHeadrace(['run', file], { env });
    await waitUntil(
      () => groupLag(bootstrap, name, from),
      (lag) => lag === 0,
      { what: 'everything is committed' },
    );
    run.kill('SIGTERM');
    expect(await run.exited, run.stderr).toEqual({ code: 0, signal: null });
    expect(await outputOf(to)).toEqual(even(100));
    expect(run.stderr).toMatch(/"bids":\{[^}]*"skipped":1/);
  });

  it('goes with its bytes, its headers and the reason to the dead-letter topic under "deadLetter"', async () => {
    const letters = await createTopic(bootstrap, 'letters');
    const { from, to, name, file } = await setUp({ onError: { decode: 'deadLetter' }, deadLetter: { topic: letters } });
    const run = startHeadrace(['run', file], { env });
    await waitUntil(
      () => groupLag(bootstrap, name, from),
      (lag) => lag === 0,
      { what: 'everything is committed' },
    );
    run.kill('SIGTERM');
    expect(await run.exited, run.stderr).toEqual({ code: 0, signal: null });
    expect(await outputOf(to)).toEqual(even(100));
    const [letter, ...others] = await consumeAll(bootstrap, letters);
    expect(others).toEqual([]);
    expect(letter?.value).toEqual(poison);
    expect(String(letter?.key)).toBe('bad');
    const headers = Object.fromEntries(
      Object.entries(letter?.headers ?? {}).map(([header, value]) => [header, String(value)]),
    );
    expect(headers).toMatchObject({
      trace: 'abc',
      '__headrace.errors.topology': name,
      '__headrace.errors.node': 'bids',
      '__headrace.errors.stage': 'decode',
      '__headrace.errors.topic': from,
      '__headrace.errors.partition': '0',
      '__headrace.errors.offset': '50',
    });
    expect(headers['__headrace.errors.code']).toMatch(/^[A-Z_]+$/);
  });
});

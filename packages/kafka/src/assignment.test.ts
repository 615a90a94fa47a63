import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { Assignment } from './assignment.ts';
import type { PartitionFeed } from './partition-feed.ts';

const noLimit = { records: 1000, bytes: 1_000_000, waitMs: 0 };

/** A consumer that keeps book, in a partition that begins at `low`. */
function assignment(low = 0) {
  const calls: string[] = [];
  const name = (topics: { topic: string; partitions?: number[] }[]): string =>
    topics.map((one) => `${one.topic}/${one.partitions?.join()}`).join();
  const consumer = {
    pause: (topics: { topic: string; partitions?: number[] }[]) => void calls.push(`pause ${name(topics)}`),
    resume: (topics: { topic: string; partitions?: number[] }[]) => void calls.push(`resume ${name(topics)}`),
    seek: ({ topic, partition, offset }: { topic: string; partition: number; offset: string }) =>
      void calls.push(`seek ${topic}/${partition} ${offset}`),
  };
  const range = async () => ({ low, high: 1000 });
  return { calls, it: new Assignment(['t/0', 't/1'], { consumer, range, maxBufferedBytes: 1_000_000 }) };
}

function batch(offsets: readonly number[], { first = offsets[0]!, last = offsets.at(-1)!, stale = false } = {}) {
  const resolved: string[] = [];
  const messages = offsets.map((offset): KafkaMessage => ({
    key: null,
    value: Buffer.from(`v${offset}`),
    timestamp: '0',
    attributes: 0,
    offset: String(offset),
    headers: {},
  }));
  const payload = {
    batch: { topic: 't', partition: 0, messages, firstOffset: () => String(first), lastOffset: () => String(last) },
    resolveOffset: (offset: string) => void resolved.push(offset),
    isStale: () => stale,
  } as unknown as EachBatchPayload;
  return { payload, resolved };
}

function read(feed: PartitionFeed | null): number[] {
  const offsets: number[] = [];
  for (let result = feed!.take(noLimit, Infinity); result !== null; result = feed!.take(noLimit, Infinity))
    offsets.push(...(result.records?.offsets ?? []));
  return offsets;
}

describe('Assignment', () => {
  it('fetches nothing of a partition until it is opened, and nothing after it is closed', async () => {
    const { it: assigned, calls } = assignment();
    expect(calls.splice(0)).toEqual(['pause t/0', 'pause t/1']);
    const feed = assigned.open('t/0', 5)!;
    expect(calls.splice(0)).toEqual(['seek t/0 5', 'resume t/0']);
    assigned.close('t/0', feed);
    expect(calls).toEqual(['pause t/0']);
    const { payload, resolved } = batch([5]);
    await assigned.receive(payload);
    expect([read(feed), resolved]).toEqual([[], []]);
  });

  it('takes a batch that begins where it should, and resolves it', async () => {
    const { it: assigned } = assignment();
    const feed = assigned.open('t/0', 5);
    // The batch begins with a record that was aborted.
    const { payload, resolved } = batch([6, 7], { first: 5, last: 9 });
    await assigned.receive(payload);
    expect([read(feed), resolved, feed?.expected]).toEqual([[6, 7], ['7'], 10]);
  });

  it('leaves a batch that is older than the last seek', async () => {
    const { it: assigned } = assignment();
    const feed = assigned.open('t/0', 5);
    const { payload, resolved } = batch([5], { stale: true });
    await assigned.receive(payload);
    expect([read(feed), resolved]).toEqual([[], []]);
  });

  it('asks again where offsets are missing, and takes the second answer', async () => {
    const { it: assigned, calls } = assignment();
    const feed = assigned.open('t/0', 5);
    calls.length = 0;
    await assigned.receive(batch([8]).payload);
    expect([read(feed), calls]).toEqual([[], ['seek t/0 5']]);
    await assigned.receive(batch([8, 9]).payload);
    expect(read(feed)).toEqual([8, 9]);
  });

  it('loses nothing where the first answer was stale', async () => {
    const { it: assigned } = assignment();
    const feed = assigned.open('t/0', 5);
    await assigned.receive(batch([8]).payload);
    await assigned.receive(batch([5, 6, 7]).payload);
    expect(read(feed)).toEqual([5, 6, 7]);
  });

  it.each([
    ['before them the log was cut', 7, [8]],
    ['kafkajs went back', 0, [2]],
  ])('fails where offsets are missing because %s', async (_why, low, offsets) => {
    const { it: assigned } = assignment(low);
    const feed = assigned.open('t/0', 5);
    await assigned.receive(batch(offsets).payload);
    await assigned.receive(batch(offsets).payload);
    expect(() => read(feed)).toThrow(expect.objectContaining({ code: 'OFFSET_OUT_OF_RANGE' }));
  });

  it('moves past a batch in which nothing was visible, if it begins where it should', () => {
    const { it: assigned } = assignment();
    const feed = assigned.open('t/0', 5)!;
    const passed = (firstOffset: string, batchSize: number) =>
      assigned.passed({ topic: 't', partition: 0, batchSize, firstOffset, lastOffset: '8' } as never);
    passed('6', 0);
    passed('5', 1);
    expect(feed.expected).toBe(5);
    passed('5', 0);
    expect(feed.expected).toBe(9);
  });

  it('owns nothing after its end', async () => {
    const { it: assigned, calls } = assignment();
    const feed = assigned.open('t/0', 5);
    calls.length = 0;
    assigned.end();
    expect([assigned.owns('t/0'), assigned.open('t/1', 0)]).toEqual([false, null]);
    await assigned.receive(batch([5]).payload);
    expect([read(feed), calls]).toEqual([[], []]);
  });
});

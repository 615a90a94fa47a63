import { expect, it } from 'vitest';
import { systemClock } from '@headrace/core';
import { consumeAll } from './consume-all.ts';
import { codeOf, deleteBefore, joinAll, noLimit, openLog, readValues, valuesOf } from './open-log.ts';
import { produce } from './produce.ts';
import { describeKafka } from './require-kafka.ts';
import { createTopic, uniqueName } from './topics.ts';
import { waitUntil } from './wait-until.ts';

describeKafka('reading through the Log', (bootstrap) => {
  it('buffers no more than it may while nobody reads, keeps its membership, and then gives everything', async () => {
    const topic = await createTopic(bootstrap, 'slow', { partitions: 2 });
    const values = Array.from({ length: 400 }, (_, row) => `${row}:`.padEnd(10_000, 'x'));
    for (const partition of [0, 1])
      await produce(
        bootstrap,
        topic,
        values.map((value) => ({ value, partition })),
        { batchSize: 50 },
      );
    const limits = { maxFetchBytes: 300_000, maxBufferedBytes: 500_000 };
    const log = await openLog(bootstrap, { tuning: { ...limits, sessionTimeoutMs: 1500, heartbeatMs: 300 } });
    const { told } = await joinAll(log, topic, 2);
    const slow = log.reader(`${topic}/0`, 'earliest');
    const fast = log.reader(`${topic}/1`, 'earliest');
    const head = await readValues(slow, 1);
    // Far longer than the session lasts: the other partition goes on meanwhile.
    expect(await readValues(fast, values.length)).toEqual(values);
    let most = 0;
    const until = systemClock.monotonic() + 4000;
    await waitUntil(
      () => (most = Math.max(most, slow.progress?.().bufferedBytes ?? 0)),
      () => systemClock.monotonic() > until,
      { what: 'the session would have ended', intervalMs: 20 },
    );
    expect(most).toBeGreaterThan(limits.maxBufferedBytes);
    expect(most).toBeLessThan(limits.maxBufferedBytes + 2 * limits.maxFetchBytes);
    expect([...head, ...(await readValues(slow, values.length - head.length))]).toEqual(values);
    expect(told).toMatchObject({ joins: 1, losses: 0, failure: null });
  });

  it('moves the position past records that nobody may see', async () => {
    const topic = await createTopic(bootstrap, 'aborted');
    await produce(bootstrap, topic, [{ value: 'seen' }]);
    const transaction = { id: uniqueName('aborted'), end: 'abort' } as const;
    await produce(bootstrap, topic, [{ value: 'aborted' }], { transaction });
    const log = await openLog(bootstrap);
    await joinAll(log, topic, 1);
    const reader = log.reader(`${topic}/0`, 'earliest');
    const { signal } = new AbortController();
    const seen: string[] = [];
    const last = await waitUntil(
      async () => {
        const result = await reader.read(noLimit, signal);
        if (typeof result === 'object' && result.records !== null) seen.push(...valuesOf(result.records));
        return typeof result === 'object' ? result.nextOffset : 0;
      },
      (next) => next === 3,
      { what: 'the position lies after the aborted record and its marker', intervalMs: 0 },
    );
    expect([last, seen]).toEqual([3, ['seen']]);
  });

  it('goes on where offsets are missing', async () => {
    const topic = await createTopic(bootstrap, 'holes', {
      config: {
        'cleanup.policy': 'compact',
        'segment.bytes': '1048576',
        'min.cleanable.dirty.ratio': '0.001',
        'max.compaction.lag.ms': '1',
      },
    });
    const value = (round: number): string => `${round}:`.padEnd(20_000, 'x');
    // One key again and again: all but the last values before the active segment may be cleaned away.
    for (let round = 0; round < 120; round++) await produce(bootstrap, topic, [{ key: 'k', value: value(round) }]);
    await waitUntil(
      async () => (await consumeAll(bootstrap, topic)).length,
      (left) => left < 100,
      { what: 'Kafka has compacted the topic', deadlineMs: 120_000, intervalMs: 500 },
    );
    const log = await openLog(bootstrap);
    await joinAll(log, topic, 1);
    const expected = (await consumeAll(bootstrap, topic)).map((record) => record.value?.toString());
    const read = await readValues(log.reader(`${topic}/0`, 0), expected.length);
    expect(read).toEqual(expected);
  });

  it('refuses positions that do not exist, at either end', async () => {
    const topic = await createTopic(bootstrap, 'range');
    await produce(
      bootstrap,
      topic,
      ['a', 'b', 'c', 'd'].map((value) => ({ value })),
    );
    await deleteBefore(bootstrap, topic, 2);
    const log = await openLog(bootstrap);
    await joinAll(log, topic, 1);
    const { signal } = new AbortController();
    for (const offset of [1, 5])
      expect(await codeOf(log.reader(`${topic}/0`, offset).read(noLimit, signal))).toBe('OFFSET_OUT_OF_RANGE');
    expect(await readValues(log.reader(`${topic}/0`, 2), 2)).toEqual(['c', 'd']);
  });

  it('fails, and goes on failing, when its records are deleted before they were fetched', async () => {
    const topic = await createTopic(bootstrap, 'deleted');
    const value = 'x'.repeat(10_000);
    await produce(
      bootstrap,
      topic,
      Array.from({ length: 200 }, () => ({ value })),
      { batchSize: 20 },
    );
    const group = uniqueName('deleted');
    const log = await openLog(bootstrap, { group, tuning: { maxFetchBytes: 200_000, maxBufferedBytes: 100_000 } });
    const { membership } = await joinAll(log, topic, 1);
    const reader = log.reader(`${topic}/0`, 'earliest');
    const { signal } = new AbortController();
    await readValues(reader, 1);
    await membership.commit([{ partition: `${topic}/0`, offset: 1, metadata: '' }]);
    await deleteBefore(bootstrap, topic, 190);
    const code = await waitUntil(
      () => codeOf(reader.read(noLimit, signal)),
      (seen) => seen !== 'no error',
      { what: 'the reader fails', intervalMs: 0 },
    );
    expect(code).toBe('OFFSET_OUT_OF_RANGE');
    // Nobody has reset the group's position: a new start finds the same.
    await log.close();
    const next = await openLog(bootstrap, { group });
    expect([...(await next.committed([`${topic}/0`])).values()]).toEqual([{ offset: 1, metadata: '' }]);
  });

  it('reads a partition whether or not it is a member', async () => {
    const topic = await createTopic(bootstrap, 'foreign');
    await produce(bootstrap, topic, [{ value: 'a' }]);
    const log = await openLog(bootstrap);
    expect(await readValues(log.reader(`${topic}/0`, 'earliest'), 1)).toEqual(['a']);
  });

  it('ends where the partitions ended when it is bounded', async () => {
    const topic = await createTopic(bootstrap, 'bounded');
    await produce(bootstrap, topic, [{ value: 'a' }, { value: 'b' }]);
    const log = await openLog(bootstrap, { bounded: true });
    await joinAll(log, topic, 1);
    const reader = log.reader(`${topic}/0`, 'earliest');
    const { signal } = new AbortController();
    expect(await reader.read({ ...noLimit, waitMs: 0 }, signal)).toBe('idle');
    await produce(bootstrap, topic, [{ value: 'late' }]);
    expect(await readValues(reader, 2)).toEqual(['a', 'b']);
    await waitUntil(
      () => reader.read(noLimit, signal),
      (result) => result === 'end',
      { what: 'the reader is at its end', intervalMs: 0 },
    );
  });
});

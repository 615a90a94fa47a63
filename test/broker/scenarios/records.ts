import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { deleteRecordsApi, fetchApi, metadataApi, writeRequest, produceApi, zeroUuid } from '@headrace/protocol';
import {
  batchOf,
  endsOf,
  fetchFrom,
  makeTopic,
  named,
  openClient,
  produceTo,
  rowsIn,
  shown,
  type ClusterHandle,
} from '../cluster-handle.ts';
import type { WireClient } from '../wire-client.ts';

/** Declares what holds of records that are written and read on every broker. */
export function recordScenarios(cluster: () => ClusterHandle): void {
  const setUp = async (config: Readonly<Record<string, string>> = {}, partitions = 1) => {
    const client = await openClient(cluster());
    return { client, topic: await makeTopic(client, 'records', { config, partitions }) };
  };
  const deleteBefore = async (client: WireClient, name: string, offset: number) => {
    const topics = [{ name, partitions: [{ partitionIndex: 0, offset }] }];
    const answer = (await client.send(deleteRecordsApi, { topics, timeoutMs: 30_000 })).topics[0]?.partitions[0];
    return [named(answer?.errorCode ?? -1), answer?.lowWatermark];
  };

  it('gives back what was written, in any compression, with offsets one after another', async () => {
    const { client, topic } = await setUp();
    expect(await produceTo(client, topic, batchOf(['a', 'b'], { timestamp: 1_700_000_000_000 }))).toEqual({
      error: 'NONE',
      baseOffset: 0,
    });
    expect(
      await produceTo(client, topic, batchOf(['c'], { compression: 'gzip', timestamp: 1_700_000_000_000 })),
    ).toEqual({
      error: 'NONE',
      baseOffset: 2,
    });
    expect(await produceTo(client, topic, batchOf(['d', 'e'], { timestamp: 1_700_000_000_000 }), { acks: 1 })).toEqual({
      error: 'NONE',
      baseOffset: 3,
    });
    for (const version of [4, 7, 11, 12]) {
      const all = await fetchFrom(client, topic, 0, { version });
      expect(all).toMatchObject({ error: 'NONE', highWatermark: 5, lastStableOffset: 5, aborted: null });
      expect(shown(all.rows)).toEqual(['0:a', '1:b', '2:c', '3:d', '4:e']);
    }
    expect(shown((await fetchFrom(client, topic, 4)).rows)).toEqual(['3:d', '4:e']);
    expect((await fetchFrom(client, topic, 0)).rows[1]).toMatchObject({
      timestamp: 1_700_000_000_001,
      key: null,
      headers: [],
    });
  });

  it('appends what is produced with acks 0 and answers nothing', async () => {
    const { client, topic } = await setUp();
    const partitionData = [{ index: 0, records: batchOf(['silent']) }];
    const body = { transactionalId: null, acks: 0, timeoutMs: 1000, topicData: [{ name: topic, partitionData }] };
    client.sendSilently(writeRequest(produceApi, { version: 9, correlationId: 999, clientId: 'x' }, body));
    expect(await produceTo(client, topic, batchOf(['b']))).toEqual({ error: 'NONE', baseOffset: 1 });
  });

  it("refuses batches that are broken, too large, or not a client's to write", async () => {
    const { client, topic } = await setUp({ 'max.message.bytes': '200' });
    const changed = (change: (batch: Buffer) => void): Buffer => {
      const batch = batchOf(['a', 'b']);
      change(batch);
      return batch;
    };
    const errorOf = async (records: Buffer | null, acks = -1) =>
      (await produceTo(client, topic, records, { acks })).error;
    expect(await errorOf(changed((batch) => batch.writeUInt8(7, batch.length - 1)))).toBe('CORRUPT_MESSAGE');
    expect(await errorOf(batchOf(['x'.repeat(300)]))).toBe('MESSAGE_TOO_LARGE');
    expect(await errorOf(changed((batch) => batch.writeInt32BE(9, 4)))).toBe('INVALID_RECORD');
    expect(await errorOf(Buffer.concat([batchOf(['a']), batchOf(['b'])]))).toBe('INVALID_RECORD');
    expect(await errorOf(Buffer.alloc(0))).toBe('INVALID_RECORD');
    expect(await errorOf(batchOf(['a']), 2)).toBe('INVALID_REQUIRED_ACKS');
    expect(await errorOf(batchOf(['a'], { timestamp: Date.now() + 7_200_000 }))).toBe('INVALID_TIMESTAMP');
    expect((await produceTo(client, topic, batchOf(['a']), { partition: 9 })).error).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    expect((await produceTo(client, 'no-such', batchOf(['a']))).error).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    expect((await endsOf(client, topic))[0]?.offset).toBe(0);
  });

  it('takes no record without a key where only the last of each key is kept', async () => {
    const { client, topic } = await setUp({ 'cleanup.policy': 'compact' });
    expect((await produceTo(client, topic, batchOf(['a']))).error).toBe('INVALID_RECORD');
    expect((await produceTo(client, topic, batchOf(['a'], { keys: ['k'] }))).error).toBe('NONE');
    expect(await deleteBefore(client, topic, 1)).toEqual(['POLICY_VIOLATION', -1]);
  });

  it('stamps the time of the append where the topic says so', async () => {
    const { client, topic } = await setUp({ 'message.timestamp.type': 'LogAppendTime' });
    const before = Date.now();
    await produceTo(client, topic, batchOf(['a', 'b'], { timestamp: 5 }));
    const { rows } = await fetchFrom(client, topic, 0);
    expect(shown(rows)).toEqual(['0:a', '1:b']);
    expect(rows[0]?.timestamp).toBeGreaterThanOrEqual(before - 1000);
    expect(rows[0]?.timestamp).toBe(rows[1]?.timestamp);
  });

  it('finds offsets by time, and the ends', async () => {
    const { client, topic } = await setUp();
    await produceTo(client, topic, batchOf(['a', 'b', 'c'], { timestamp: 1000 }));
    await produceTo(client, topic, batchOf(['d', 'e', 'f'], { timestamp: 500, compression: 'gzip' }));
    await produceTo(client, topic, batchOf(['g'], { timestamp: 1001 }));
    const at = async (timestamp: number) => (await endsOf(client, topic, [0], { timestamp }))[0];
    expect(await at(-1)).toEqual({ error: 'NONE', offset: 7, timestamp: -1 });
    expect(await at(-2)).toEqual({ error: 'NONE', offset: 0, timestamp: -1 });
    expect(await at(-3)).toEqual({ error: 'NONE', offset: 2, timestamp: 1002 });
    expect(await at(0)).toEqual({ error: 'NONE', offset: 0, timestamp: 1000 });
    expect(await at(1001)).toEqual({ error: 'NONE', offset: 1, timestamp: 1001 });
    expect(await at(1003)).toEqual({ error: 'NONE', offset: -1, timestamp: -1 });
    expect(await deleteBefore(client, topic, 3)).toEqual(['NONE', 3]);
    expect(await at(501)).toEqual({ error: 'NONE', offset: 4, timestamp: 501 });
    expect((await endsOf(client, topic, [5]))[0]?.error).toBe('UNKNOWN_TOPIC_OR_PARTITION');
  });

  it('deletes records before an offset', async () => {
    const { client, topic } = await setUp();
    for (const value of ['a', 'b', 'c', 'd']) await produceTo(client, topic, batchOf([value]));
    expect(await deleteBefore(client, topic, 2)).toEqual(['NONE', 2]);
    expect(await deleteBefore(client, topic, 1)).toEqual(['NONE', 2]);
    expect((await deleteBefore(client, topic, 9))[0]).toBe('OFFSET_OUT_OF_RANGE');
    expect((await fetchFrom(client, topic, 0)).error).toBe('OFFSET_OUT_OF_RANGE');
    expect((await fetchFrom(client, topic, 5)).error).toBe('OFFSET_OUT_OF_RANGE');
    expect(shown((await fetchFrom(client, topic, 2)).rows)).toEqual(['2:c', '3:d']);
    expect(await deleteBefore(client, topic, -1)).toEqual(['NONE', 4]);
    expect(await fetchFrom(client, topic, 4)).toMatchObject({ error: 'NONE', logStartOffset: 4, rows: [] });
  });

  it('holds a fetch back until there is enough, or its time is over', async () => {
    const { client, topic } = await setUp();
    const writer = await openClient(cluster());
    const batch = batchOf(['a']);
    let isAnswered = false;
    const waiting = fetchFrom(client, topic, 0, { maxWaitMs: 60_000, minBytes: batch.length * 2 }).finally(
      () => (isAnswered = true),
    );
    await produceTo(writer, topic, batch);
    await pause(50);
    expect(isAnswered).toBe(false);
    await produceTo(writer, topic, batchOf(['b']));
    expect(shown((await waiting).rows)).toEqual(['0:a', '1:b']);
    expect(await fetchFrom(client, topic, 2, { maxWaitMs: 20 })).toMatchObject({ error: 'NONE', rows: [] });
  });

  it('gives one batch at least, and no more than is asked for', async () => {
    const { client, topic } = await setUp({}, 2);
    for (const value of ['a', 'b', 'c']) await produceTo(client, topic, batchOf([value.repeat(100)]));
    await produceTo(client, topic, batchOf(['other']), { partition: 1 });
    const first = await fetchFrom(client, topic, 0, { maxBytes: 10, partitionMaxBytes: 10 });
    expect(first.rows.map(({ offset }) => offset)).toEqual([0]);
    const length = batchOf(['a'.repeat(100)]).length;
    const two = await fetchFrom(client, topic, 0, { partitionMaxBytes: length * 2 });
    expect(two.rows.map(({ offset }) => offset)).toEqual([0, 1]);
    const body = {
      maxWaitMs: 0,
      minBytes: 1,
      maxBytes: 10,
      isolationLevel: 0,
      topics: [
        {
          topic,
          partitions: [0, 1].map((partition) => ({ partition, fetchOffset: 0, partitionMaxBytes: 1000 })),
        },
      ],
      forgottenTopicsData: [],
      rackId: '',
    };
    const both = (await client.send(fetchApi, body, 12)).responses[0]?.partitions ?? [];
    const counts = both.map(({ records }) => rowsIn(Buffer.from(records ?? [])).length).sort((a, b) => a - b);
    expect(counts).toEqual([0, 1]);
  });

  it('keeps fetch sessions: later fetches name only what changes, and are told only what changed', async () => {
    const { client, topic } = await setUp({}, 2);
    const fetch = async (
      sessionId: number,
      sessionEpoch: number,
      partitions: { partition: number; fetchOffset: number }[],
      forgotten: number[] = [],
    ) => {
      const asked = partitions.map((each) => ({ ...each, partitionMaxBytes: 1 << 20 }));
      const body = {
        maxWaitMs: 0,
        minBytes: 1,
        isolationLevel: 0,
        sessionId,
        sessionEpoch,
        topics: asked.length === 0 ? [] : [{ topic, partitions: asked }],
        forgottenTopicsData: forgotten.length === 0 ? [] : [{ topic, partitions: forgotten }],
        rackId: '',
      };
      const answer = await client.send(fetchApi, body, 12);
      return {
        error: named(answer.errorCode),
        sessionId: answer.sessionId,
        told: answer.responses
          .flatMap((each) => each.partitions.map(({ partitionIndex }) => partitionIndex))
          .sort((a, b) => a - b),
      };
    };
    const full = await fetch(0, 0, [
      { partition: 0, fetchOffset: 0 },
      { partition: 1, fetchOffset: 0 },
    ]);
    expect(full).toMatchObject({ error: 'NONE', told: [0, 1] });
    expect(full.sessionId).toBeGreaterThan(0);
    const { sessionId } = full;
    expect(await fetch(sessionId, 1, [])).toEqual({ error: 'NONE', sessionId, told: [] });
    await produceTo(client, topic, batchOf(['a']), { partition: 1 });
    expect(await fetch(sessionId, 2, [])).toEqual({ error: 'NONE', sessionId, told: [1] });
    expect(await fetch(sessionId, 3, [{ partition: 1, fetchOffset: 1 }])).toEqual({
      error: 'NONE',
      sessionId,
      told: [],
    });
    expect((await fetch(sessionId, 3, [])).error).toBe('INVALID_FETCH_SESSION_EPOCH');
    expect((await fetch(sessionId + 1_000_000, 1, [])).error).toBe('FETCH_SESSION_ID_NOT_FOUND');
    await produceTo(client, topic, batchOf(['b']), { partition: 0 });
    expect(await fetch(sessionId, 4, [], [0])).toEqual({ error: 'NONE', sessionId, told: [] });
    expect(await fetch(sessionId, -1, [{ partition: 0, fetchOffset: 0 }])).toMatchObject({
      error: 'NONE',
      sessionId: 0,
      told: [0],
    });
    expect((await fetch(sessionId, 5, [])).error).toBe('FETCH_SESSION_ID_NOT_FOUND');
  });

  it('checks the leader epoch that a reader knows, and topics by their ids', async () => {
    const { client, topic } = await setUp();
    await produceTo(client, topic, batchOf(['a']));
    expect((await fetchFrom(client, topic, 0, { currentLeaderEpoch: 99 })).error).toBe('UNKNOWN_LEADER_EPOCH');
    expect((await fetchFrom(client, topic, 0, { currentLeaderEpoch: 0 })).error).toBe('NONE');
    expect((await fetchFrom(client, topic, 1, { lastFetchedEpoch: 0 })).error).toBe('NONE');
    expect((await fetchFrom(client, topic, 1, { lastFetchedEpoch: 9 })).error).toBe('OFFSET_OUT_OF_RANGE');
    const { topics } = await client.send(metadataApi, {
      topics: [{ name: topic, topicId: zeroUuid }],
      includeTopicAuthorizedOperations: false,
    });
    const fetch = async (topicId: string) => {
      const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1 << 20 }];
      const body = {
        maxWaitMs: 0,
        minBytes: 1,
        isolationLevel: 0,
        topics: [{ topicId, partitions }],
        forgottenTopicsData: [],
        rackId: '',
      };
      const answer = (await client.send(fetchApi, body, 17)).responses[0]?.partitions[0];
      return [named(answer?.errorCode ?? -1), shown(rowsIn(Buffer.from(answer?.records ?? [])))];
    };
    expect(await fetch(topics[0]?.topicId ?? '')).toEqual(['NONE', ['0:a']]);
    expect(await fetch('xxxxxxxxxxxxxxxxxxxxxw')).toEqual(['UNKNOWN_TOPIC_ID', []]);
  });
}

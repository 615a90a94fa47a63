import { bytesAt, bytesColumn, HeadraceError, headersAt, TaskBatch } from '@headrace/core';
import type { AppendOptions, BytesColumn, Columns, Log, Refusal } from '@headrace/core';
import { describe, expect, it } from 'vitest';
import { partitionOf } from './murmur2.ts';
import { TopicSink } from './topic-sink.ts';

const { signal } = new AbortController();

function batchOf(keys: readonly (string | null)[], selection: readonly number[] | null = null) {
  const columns: Columns = {
    count: keys.length,
    offsets: Float64Array.from(keys, (_, row) => row * 64),
    timestamps: Float64Array.from(keys, (_, row) => row * 10),
    keys: bytesColumn(keys.map((key) => (key === null ? null : Buffer.from(key)))),
    values: bytesColumn(keys.map((_, row) => Buffer.from(`v${row}`))),
    headers: { kind: 'objects', items: keys.map((_, row) => [{ name: 'row', value: Buffer.from(`${row}`) }]) },
  };
  const batch = new TaskBatch(
    { opened: () => {}, closed: () => {} },
    {
      origin: { task: 'task', incarnation: 1, source: 'in', split: 't/0' },
      epoch: 1,
      place: 0,
      columns,
      selection: null,
      ordinals: null,
      failures: null,
      bytes: 0,
    },
  );
  return selection === null ? batch : batch.view(Uint32Array.from(selection));
}

interface Append {
  readonly topic: string;
  readonly partitions: number[];
  readonly rows: readonly { value: string; timestamp: number; header: string }[];
  readonly options: AppendOptions | undefined;
}

/** A Log that keeps book of appends and answers as it is told. */
function fakeLog() {
  let count = 4;
  const appends: Append[] = [];
  const answers: (readonly Refusal[] | HeadraceError)[] = [];
  const log = {
    partitions: async () => count,
    append: async (topic: string, partitions: Int32Array, records: Columns, options?: AppendOptions) => {
      const rows = Array.from({ length: records.count }, (_, row) => ({
        value: Buffer.from(bytesAt(records.values as BytesColumn, row)!).toString(),
        timestamp: records.timestamps[row]!,
        header: Buffer.from(headersAt(records.headers, row)[0]!.value!).toString(),
      }));
      appends.push({ topic, partitions: [...partitions], rows, options });
      const answer = answers.shift() ?? [];
      if (answer instanceof HeadraceError) throw answer;
      return answer;
    },
  } as unknown as Log;
  const sink = new TopicSink(
    { topics: ['out'], byRecord: false, ownPartitions: false, compression: 'gzip', lessens: false },
    { log: async () => log },
  );
  return { sink, appends, answers, grow: (to: number) => void (count = to) };
}

const among = (key: string, count: number): number => partitionOf(Buffer.from(key), 0, Buffer.byteLength(key), count);
const hash = (key: string): number => among(key, 4);

describe('TopicSink', () => {
  it("puts each key where Kafka's own clients do", async () => {
    const { sink, appends } = fakeLog();
    const keys = Array.from({ length: 20 }, (_, row) => `key-${row}`);
    expect(await sink.write(batchOf(keys), signal)).toEqual([]);
    expect(appends[0]).toMatchObject({ topic: 'out', partitions: keys.map(hash), options: { compression: 'gzip' } });
  });

  it('spreads records without a key, the same in every replay', async () => {
    const { sink, appends } = fakeLog();
    await sink.write(batchOf([null, null, null, null, null, null]), signal);
    await sink.write(batchOf([null, null, null, null, null, null], [1, 3, 5]), signal);
    expect(appends.map(({ partitions }) => partitions)).toEqual([
      [0, 1, 2, 3, 0, 1],
      [1, 3, 1],
    ]);
  });

  it('writes only the rows that are selected, and names refused ones by their physical row', async () => {
    const { sink, appends, answers } = fakeLog();
    answers.push([
      { row: 0, code: 'MESSAGE_TOO_LARGE', message: 'large' },
      { row: 2, retryAfterMs: 5 },
    ]);
    const refusals = await sink.write(batchOf(['a', 'b', 'c', 'd', 'e'], [1, 3, 4]), signal);
    expect(refusals).toEqual([
      { row: 1, code: 'MESSAGE_TOO_LARGE', message: 'large' },
      { row: 4, retryAfterMs: 5 },
    ]);
    expect(appends[0]?.rows).toEqual(
      [1, 3, 4].map((row) => ({ value: `v${row}`, timestamp: row * 10, header: `${row}` })),
    );
    expect(appends[0]?.partitions).toEqual(['b', 'd', 'e'].map(hash));
  });

  it('uses partitions that a topic gets while it is written', async () => {
    const { sink, appends, grow } = fakeLog();
    const key = Array.from({ length: 100 }, (_, number) => `key-${number}`).find(
      (text) => among(text, 8) > 3,
    ) as string;
    await sink.write(batchOf([key]), signal);
    grow(8);
    await sink.write(batchOf([key]), signal);
    expect(appends.map(({ partitions }) => partitions)).toEqual([[among(key, 4)], [among(key, 8)]]);
  });

  it('rejects where nothing is known of the batch', async () => {
    const { sink, answers } = fakeLog();
    answers.push(new HeadraceError('KAFKA_UNAVAILABLE', 'down', { retryable: true }));
    await expect(sink.write(batchOf(['a']), signal)).rejects.toMatchObject({ retryable: true });
  });
});

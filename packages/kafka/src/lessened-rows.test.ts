import { bytesAt, bytesColumn, headersAt } from '@headrace/core';
import type { Columns, Log, Refusal } from '@headrace/core';
import { expect, it } from 'vitest';
import { appendLessened } from './lessened-rows.ts';

const records: Columns = {
  count: 3,
  offsets: Float64Array.from([1, 2, 3]),
  timestamps: new Float64Array(3),
  keys: bytesColumn(['a', 'b', 'c'].map((key) => Buffer.from(key))),
  values: bytesColumn([100, 200, 300].map((size) => Buffer.alloc(size))),
  headers: { kind: 'objects', items: [null, [{ name: 'own', value: Buffer.from('x') }], null] },
};

it('appends what is too large once more without its value, and says how much that was', async () => {
  const appended: { partitions: number[]; keys: string[]; values: unknown[]; headers: string[] }[] = [];
  const answers: (readonly Refusal[])[] = [[{ row: 1, code: 'MESSAGE_TOO_LARGE', message: 'still' }]];
  const log = {
    append: async (_topic: string, partitions: Int32Array, rows: Columns) => {
      const all = Array.from({ length: rows.count }, (_, row) => row);
      appended.push({
        partitions: [...partitions],
        keys: all.map((row) => (rows.keys.kind === 'bytes' ? String(bytesAt(rows.keys, row)) : '')),
        values: all.map((row) => (rows.values.kind === 'objects' ? rows.values.items[row] : 'bytes')),
        headers: all.map((row) =>
          headersAt(rows.headers, row)
            .map(({ name, value }) => `${name}=${String(value)}`)
            .join(' '),
        ),
      });
      return answers.shift() ?? [];
    },
  } as unknown as Log;
  const refusals: readonly Refusal[] = [
    { row: 0, retryAfterMs: 5 },
    { row: 1, code: 'MESSAGE_TOO_LARGE', message: 'large' },
    { row: 2, code: 'MESSAGE_TOO_LARGE', message: 'large' },
  ];
  expect(await appendLessened(log, 't', Int32Array.from([5, 6, 7]), records, refusals)).toEqual([
    { row: 0, retryAfterMs: 5 },
    { row: 2, code: 'MESSAGE_TOO_LARGE', message: 'still' },
  ]);
  expect(appended).toMatchObject([
    {
      partitions: [6, 7],
      values: [null, null],
      headers: ['own=x __headrace.errors.leftOutBytes=200', '__headrace.errors.leftOutBytes=300'],
    },
  ]);
  expect(await appendLessened(log, 't', new Int32Array(3), records, [])).toEqual([]);
  expect(appended).toHaveLength(1);
});

/** A log that takes no times but none, and no values. */
function strictLog(): { log: Log; taken: { key: string; time: number; bytes: number | null }[] } {
  const taken: { key: string; time: number; bytes: number | null }[] = [];
  const append = async (_topic: string, _partitions: Int32Array, rows: Columns): Promise<readonly Refusal[]> =>
    Array.from({ length: rows.count }, (_, row): Refusal[] => {
      const [value, key] = [rows.values, rows.keys].map((column) =>
        column.kind === 'bytes' ? bytesAt(column, row) : null,
      );
      const time = rows.timestamps[row] as number;
      if (value !== null && value !== undefined && value.length > 250)
        return [{ row, code: 'MESSAGE_TOO_LARGE', message: 'large' }];
      if (time > 0) return [{ row, code: 'INVALID_TIMESTAMP', message: 'late' }];
      taken.push({ key: String(key), time, bytes: value?.length ?? null });
      return [];
    }).flat();
  return { log: { append } as unknown as Log, taken };
}

it.each(['INVALID_TIMESTAMP', 'MESSAGE_TOO_LARGE'])(
  'appends what is refused for its time without one, be it too large as well and refused first as %s',
  async (code) => {
    const { log, taken } = strictLog();
    const late = { ...records, timestamps: Float64Array.from([0, 1.7e18, 1.7e18]) };
    const refusals = [
      { row: 1, code: 'INVALID_TIMESTAMP', message: 'late' },
      { row: 2, code, message: 'either' },
    ];
    expect(await appendLessened(log, 't', new Int32Array(3), late, refusals)).toEqual([]);
    expect(taken).toEqual([
      { key: 'b', time: -1, bytes: 200 },
      { key: 'c', time: -1, bytes: null },
    ]);
  },
);

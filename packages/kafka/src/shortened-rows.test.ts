import { bytesAt, bytesColumn, headersAt } from '@headrace/core';
import type { Columns, Log, Refusal } from '@headrace/core';
import { expect, it } from 'vitest';
import { appendShortened } from './shortened-rows.ts';

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
  expect(await appendShortened(log, 't', Int32Array.from([5, 6, 7]), records, refusals)).toEqual([
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
  expect(await appendShortened(log, 't', new Int32Array(3), records, [])).toEqual([]);
  expect(appended).toHaveLength(1);
});

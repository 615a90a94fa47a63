import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesAt, bytesColumn, headersAt, type Columns } from './columns.ts';
import type { Failure } from './failure.ts';
import { joinBatches } from './join-batches.ts';
import type { RecordBatch } from './record-batch.ts';
import { TaskBatch } from './task-batch.ts';

interface Row {
  readonly key: string | null;
  readonly value: string | null;
  readonly header: string | null;
  readonly ordinal: number;
  readonly fails: boolean;
  readonly selected: boolean;
}

const bytes = (text: string | null): Uint8Array | null => (text === null ? null : Buffer.from(text));

function batchOf(rows: readonly Row[], shape: 'bytes' | 'objects', first: number): TaskBatch {
  const column = (of: (row: Row) => string | null): Columns['keys'] =>
    shape === 'bytes' ? bytesColumn(rows.map((row) => bytes(of(row)))) : { kind: 'objects', items: rows.map((row) => bytes(of(row))) }; // prettier-ignore
  const columns: Columns = {
    count: rows.length,
    offsets: Float64Array.from(rows, (_, row) => first + row),
    timestamps: Float64Array.from(rows, (_, row) => 1000 + first + row),
    keys: column(({ key }) => key),
    values: column(({ value }) => value),
    headers: {
      kind: 'objects',
      items: rows.map(({ header }) => (header === null ? null : [{ name: header, value: null }])),
    },
  };
  const all = new TaskBatch(
    { opened: () => {}, closed: () => {} },
    {
      origin: { task: 't', incarnation: 1, source: 's', split: 's' },
      epoch: 3,
      place: 1,
      columns,
      selection: null,
      ordinals: rows.some(({ ordinal }) => ordinal > 0) ? Uint32Array.from(rows, ({ ordinal }) => ordinal) : null,
      failures: rows.some(({ fails }) => fails)
        ? rows.map(({ fails }) => (fails ? ({ code: 'X' } as Failure) : null))
        : null,
      bytes: 10,
    },
  );
  return all.view(Uint32Array.from(rows.flatMap(({ selected }, row) => (selected ? [row] : []))));
}

function textOf(column: Columns['keys'], row: number): string | null {
  const cell = column.kind === 'bytes' ? bytesAt(column, row) : (column.items[row] as Uint8Array | null);
  return cell === null ? null : Buffer.from(cell).toString();
}

const seen = (batch: RecordBatch) =>
  Array.from({ length: batch.rows }, (_, i) => {
    const row = batch.row(i);
    return [
      batch.offsets[row],
      batch.timestamps[row],
      textOf(batch.keys, row),
      textOf(batch.values, row),
      headersAt(batch.headers, row).map(({ name }) => name),
      batch.ordinals?.[row] ?? 0,
      batch.failures?.[row]?.code ?? null,
    ];
  });

const row: fc.Arbitrary<Row> = fc.record({
  key: fc.option(fc.string({ maxLength: 3 })),
  value: fc.option(fc.string({ maxLength: 9 })),
  header: fc.option(fc.constantFrom('a', 'b'), { freq: 4 }),
  ordinal: fc.constantFrom(0, 0, 0, 1),
  fails: fc.constantFrom(false, false, false, false, true),
  selected: fc.boolean(),
});

describe('joinBatches', () => {
  it('gives the selected rows of all, one after another', () => {
    const part = fc.tuple(fc.array(row, { maxLength: 6 }), fc.constantFrom<'bytes' | 'objects'>('bytes', 'objects'));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
        const batches = parts.map(([rows, shape], index) => batchOf(rows, shape, index * 10));
        const joined = joinBatches(batches as [TaskBatch, ...TaskBatch[]]);
        expect(seen(joined)).toEqual(batches.flatMap(seen));
        expect(joined).toMatchObject({ epoch: 3, place: 1, bytes: 10 * batches.length, selection: null });
      }),
    );
  });

  it('copies no bytes of views of one batch', () => {
    const all = batchOf(['a', 'b', 'c', 'd'].map((value) => ({ key: 'k', value, header: null, ordinal: 0, fails: false, selected: true })), 'bytes', 0); // prettier-ignore
    const joined = joinBatches([all.view(Uint32Array.of(0, 2)), all.view(Uint32Array.of(3))]);
    expect(joined.values.kind === 'bytes' && all.values.kind === 'bytes' && joined.values.buffer === all.values.buffer).toBe(true); // prettier-ignore
    expect(seen(joined).map(([, , , value]) => value)).toEqual(['a', 'c', 'd']);
  });
});

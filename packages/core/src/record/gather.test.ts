import { describe, expect, it } from 'vitest';
import { bytesAt, bytesColumn, type BytesColumn, type Columns } from './columns.ts';
import { gatherRows } from './gather.ts';

describe('gatherRows', () => {
  it('takes rows in the order of their numbers, over the same buffer', () => {
    const keys = { ...bytesColumn([Buffer.from('a'), null, Buffer.from('c')]), schemaIds: Int32Array.of(7, 8, 9) };
    const header = [{ name: 'h', value: null }];
    const columns: Columns = {
      count: 3,
      offsets: Float64Array.of(10, 11, 12),
      timestamps: Float64Array.of(1, 2, 3),
      keys,
      values: { kind: 'objects', items: ['x', 'y', 'z'] },
      headers: { kind: 'objects', items: [null, header, null] },
    };
    const gathered = gatherRows(columns, [2, 1]);
    const { buffer, schemaIds } = gathered.keys as BytesColumn;
    expect(buffer).toBe(keys.buffer);
    expect([0, 1].map((row) => bytesAt(gathered.keys as BytesColumn, row)?.toString())).toEqual(['c', undefined]);
    expect(gathered).toMatchObject({
      count: 2,
      offsets: Float64Array.of(12, 11),
      timestamps: Float64Array.of(3, 2),
      values: { items: ['z', 'y'] },
      headers: { items: [null, header] },
    });
    expect(schemaIds).toEqual(Int32Array.of(9, 8));
  });
});

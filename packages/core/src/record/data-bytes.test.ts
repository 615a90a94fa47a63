import { expect, it } from 'vitest';
import { bytesColumn, nullColumn, type Columns } from './columns.ts';
import { dataBytes } from './data-bytes.ts';

const bytes = (text: string | null): Uint8Array | null => (text === null ? null : Buffer.from(text));
const columns: Columns = {
  count: 3,
  offsets: new Float64Array(3),
  timestamps: new Float64Array(3),
  keys: bytesColumn(['a', null, 'ccc'].map(bytes)),
  values: bytesColumn([null, 'bb', 'cccc'].map(bytes)),
  headers: nullColumn(3),
};

it('sums keys and values, of all rows or of those that are named', () => {
  expect(dataBytes(columns)).toBe(1 + 2 + 3 + 4);
  expect(dataBytes(columns, Uint32Array.of(0, 2))).toBe(1 + 3 + 4);
  expect(dataBytes({ ...columns, keys: nullColumn(3) })).toBe(2 + 4);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesColumn, nullColumn, sliceColumns, type Columns } from './columns.ts';
import { HeldBuffers, memoryOf } from './held-buffers.ts';

describe('HeldBuffers', () => {
  it('counts each piece of memory once, for as long as anybody holds it', () => {
    const memory = [1, 10, 100, 1000].map((size) => new ArrayBuffer(size));
    const some = fc.subarray(memory);
    fc.assert(
      fc.property(fc.array(fc.tuple(some, fc.nat(3)), { maxLength: 20 }), (steps) => {
        const held = new HeldBuffers();
        const holders: (readonly ArrayBuffer[])[] = [];
        for (const [add, drop] of steps) {
          const before = held.bytes;
          expect(held.hold(add)).toBe(held.bytes - before);
          holders.push(add);
          for (const one of holders.splice(0, drop)) {
            const was = held.bytes;
            expect(held.letGo(one)).toBe(was - held.bytes);
          }
          const all = new Set(holders.flat());
          expect(held.bytes).toBe([...all].reduce((sum, { byteLength }) => sum + byteLength, 0));
        }
      }),
    );
  });

  it('sees that keys, values and slices lie in the same memory', () => {
    const column = { ...bytesColumn([Buffer.alloc(10), Buffer.alloc(10)]), buffer: Buffer.alloc(20) };
    const columns: Columns = {
      count: 2,
      offsets: new Float64Array(2),
      timestamps: new Float64Array(2),
      keys: column,
      values: column,
      headers: nullColumn(2),
    };
    const [only, ...others] = memoryOf(sliceColumns(columns, 1, 2));
    expect(only).toBe(column.buffer.buffer);
    expect(others).toEqual([]);
    expect(memoryOf({ ...columns, keys: nullColumn(2), values: nullColumn(2) })).toEqual([]);
  });
});

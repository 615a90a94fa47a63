import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesAt } from './columns.ts';
import { BytesBuilder } from './bytes-builder.ts';

const read = [Buffer.from('abcdefghij'), Buffer.from('0123456789')];

/** A row: null, a range of one of the two buffers, or bytes of its own. */
const cell = fc.oneof(
  fc.constant(null),
  fc.record({ of: fc.nat(1), from: fc.nat(9), length: fc.nat(5) }),
  fc.uint8Array({ maxLength: 200 }),
);

describe('BytesBuilder', () => {
  it('gives the bytes of each row, wherever they came from, again and again', () => {
    const builder = new BytesBuilder();
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 200 }), (cells) => {
        const expected = cells.map((one) => {
          if (one === null) builder.addNull();
          else if (one instanceof Uint8Array) builder.addBytes(one);
          else {
            const end = Math.min(10, one.from + one.length);
            builder.addRange(read[one.of] as Buffer, one.from, end);
            return (read[one.of] as Buffer).toString('latin1', one.from, end);
          }
          return one === null ? null : Buffer.from(one).toString('latin1');
        });
        const column = builder.take();
        const found = cells.map((_, row) => {
          const bytes = bytesAt(column, row);
          return bytes === null ? null : Buffer.from(bytes).toString('latin1');
        });
        expect(column.starts.length).toBe(cells.length);
        expect(found).toEqual(expected);
      }),
    );
  });

  it('copies nothing where all rows lie in one buffer', () => {
    const builder = new BytesBuilder();
    builder.addRange(read[0] as Buffer, 2, 4);
    builder.addRange(read[0] as Buffer, -1, -1);
    builder.addRange(read[0] as Buffer, 4, 4);
    expect(builder.take()).toEqual({
      kind: 'bytes',
      buffer: read[0],
      starts: Int32Array.of(2, -1, 4),
      ends: Int32Array.of(4, -1, 4),
      schemaIds: null,
    });
  });
});

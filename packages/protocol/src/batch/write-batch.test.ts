import { expect, it } from 'vitest';
import { BatchHeader, readBatchHeader, verifyCrc } from './batch-header.ts';
import { batchBytes, writeBatch } from './write-batch.ts';
import { ProtocolError } from '../protocol-error.ts';

const rows = {
  rows: Int32Array.of(0),
  timestamps: Float64Array.of(5),
  keys: { buffer: Buffer.from('kv'), starts: Int32Array.of(0), ends: Int32Array.of(1) },
  values: { buffer: Buffer.from('kv'), starts: Int32Array.of(1), ends: Int32Array.of(2) },
  headers: null,
};

it('writes the fields of an idempotent producer where the format has them', () => {
  const producer = { producerId: 258, producerEpoch: 2, baseSequence: 9, transactional: true };
  const batch = writeBatch(rows, { producer });
  expect(batch.length).toBe(batchBytes(rows));
  expect(batch.subarray(0, 17).toString('hex')).toBe('0000000000000000' + '0000003a' + 'ffffffff' + '02');
  expect(batch.subarray(21).toString('hex')).toBe(
    '0010' +
      '00000000' +
      '0000000000000005' +
      '0000000000000005' +
      '0000000000000102' +
      '0002' +
      '00000009' +
      '00000001' +
      '10' +
      '00' +
      '00' +
      '00' +
      '026b' +
      '0276' +
      '00',
  );
});

it('reads batches one after the other and leaves the one that a fetch cut off', () => {
  const batch = writeBatch(rows, { baseOffset: 41 });
  const fetched = Buffer.concat([batch, batch, batch.subarray(0, 40)]);
  const header = new BatchHeader();
  let at = 0;
  let whole = 0;
  while (readBatchHeader(fetched, at, fetched.length, header)) {
    verifyCrc(fetched, header);
    expect([header.baseOffset, header.lastOffset, header.isControl]).toEqual([41, 41, false]);
    at = header.end;
    whole++;
  }
  expect([whole, at]).toEqual([2, 2 * batch.length]);
});

it('refuses ranges outside their buffer and compressions that are not at hand', () => {
  const outside = { ...rows, keys: { ...rows.keys, ends: Int32Array.of(9) } };
  expect(() => writeBatch(outside)).toThrow(ProtocolError);
  expect(() => writeBatch(rows, { compression: 'zstd' })).toThrow('"zstd" cannot be written here.');
});

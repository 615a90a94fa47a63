import { readFileSync } from 'node:fs';
import { readEndMarker, writeBatch, writeEndMarker } from '@headrace/protocol';
import { describe, expect, it } from 'vitest';
import { compressions, readBatch, rowsOf } from './batch-rows.ts';
import type { Row } from './batch-rows.ts';

const batches = readFileSync(new URL('../golden/protocol/java-batches.tsv', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => {
    const [name, batch, header, rows] = line.split('\t') as [string, string, string, string];
    return { name, batch: Buffer.from(batch, 'base64'), header: JSON.parse(header), rows: JSON.parse(rows) };
  });

const text = (bytes: Buffer | null): string | null => bytes?.toString('base64') ?? null;

function shown(rows: readonly Row[]): unknown[] {
  return rows.map((row) => ({
    ...row,
    key: text(row.key),
    value: text(row.value),
    headers: row.headers.map(({ name, value }) => ({ name, value: text(value) })),
  }));
}

describe('the record batches that the Java client writes', () => {
  it.each(batches)('of $name are read as the Java client reads them', ({ batch, header, rows }) => {
    const read = readBatch(batch);
    expect(read.header).toMatchObject(header);
    expect(read.header.end).toBe(batch.length);
    expect(shown(read.rows)).toEqual(rows);
  });

  const whole = batches.filter(({ name }) => /^(plain|idempotent|transactional|gzip)-/.test(name));
  it.each(whole)('of $name are written byte for byte, gzip by content', ({ batch, header }) => {
    const read = readBatch(batch);
    const again = writeBatch(rowsOf(read.rows), {
      producer: { ...header, transactional: header.isTransactional },
      baseOffset: header.baseOffset,
      partitionLeaderEpoch: header.partitionLeaderEpoch,
      compression: header.compression,
      compressions,
    });
    if (header.compression === 'none') expect(again.toString('hex')).toBe(batch.toString('hex'));
    else expect(readBatch(again).rows).toEqual(read.rows);
  });

  it.each(batches.filter(({ name }) => name.startsWith('marker-')))('of $name end transactions', ({ name, batch }) => {
    const { header, columns } = readBatch(batch);
    const result = name === 'marker-commit' ? 'commit' : 'abort';
    expect(readEndMarker(columns, 0)).toEqual({ result, coordinatorEpoch: 12 });
    const { producerId, producerEpoch, baseOffset, partitionLeaderEpoch, maxTimestamp: timestamp } = header;
    const marker = {
      result,
      coordinatorEpoch: 12,
      producerId,
      producerEpoch,
      baseOffset,
      partitionLeaderEpoch,
    } as const;
    expect(writeEndMarker({ ...marker, timestamp }).toString('hex')).toBe(batch.toString('hex'));
  });
});

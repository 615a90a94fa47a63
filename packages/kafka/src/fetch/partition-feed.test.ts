import { bytesAt, bytesColumn, HeadraceError, nullColumn, sliceColumns } from '@headrace/core';
import type { BytesColumn, Columns, ReadResult } from '@headrace/core';
import { describe, expect, it } from 'vitest';
import { PartitionFeed } from './partition-feed.ts';

const noLimit = { records: 1000, bytes: 1_000_000, waitMs: 0 };

function piece(...offsets: number[]): Columns {
  return {
    count: offsets.length,
    offsets: Float64Array.from(offsets),
    timestamps: new Float64Array(offsets.length),
    keys: nullColumn(offsets.length),
    values: ownBytes(bytesColumn(offsets.map((offset) => Buffer.from(`v${offset}`.padEnd(10))))),
    headers: nullColumn(offsets.length),
  };
}

/** A fetch lies in memory of its own. */
function ownBytes(column: BytesColumn): BytesColumn {
  const buffer = Buffer.allocUnsafeSlow(column.buffer.length);
  buffer.set(column.buffer);
  return { ...column, buffer };
}

function feed(limitBytes = 1_000_000) {
  const calls: string[] = [];
  const control = { pause: () => void calls.push('pause'), resume: () => void calls.push('resume') };
  return { calls, feed: new PartitionFeed(0, () => limitBytes, control) };
}

function offsetsOf(result: ReadResult | null): number[] {
  const { records } = result!;
  if (records === null) return [];
  const values = records.values as BytesColumn;
  const offsets = [...records.offsets];
  offsets.forEach((offset, row) => expect(Buffer.from(bytesAt(values, row)!).toString().trim()).toBe(`v${offset}`));
  return offsets;
}

describe('PartitionFeed', () => {
  it('gives what was added, in order, and the position after it', () => {
    const { feed: it } = feed();
    it.add([piece(0, 1), piece(2, 5)], 8);
    expect(it.expected).toBe(8);
    const first = it.take(noLimit, Infinity);
    const second = it.take(noLimit, Infinity);
    expect([offsetsOf(first), first?.next, first?.nextOffset]).toEqual([[0, 1], 2, 2]);
    // Offsets 6 and 7 were markers.
    expect([offsetsOf(second), second?.next]).toEqual([[2, 5], 8]);
    expect(it.take(noLimit, Infinity)).toBeNull();
    expect(it.bytes).toBe(0);
  });

  it('cuts at the limits of records and bytes, but gives one record at least', () => {
    const { feed: it } = feed();
    it.add([piece(0, 1, 4, 5)], 6);
    const positions: [number[], unknown][] = [];
    for (const limit of [
      { ...noLimit, records: 2 },
      { ...noLimit, bytes: 3 },
      { ...noLimit, bytes: 19 },
    ]) {
      const result = it.take(limit, Infinity);
      positions.push([offsetsOf(result), result?.next]);
    }
    expect(positions).toEqual([
      [[0, 1], 2],
      [[4], 5],
      [[5], 6],
    ]);
  });

  it('moves the position past what nobody may see, once for many', () => {
    const { feed: it } = feed();
    it.add([], 3);
    it.add([], 7);
    expect(it.take(noLimit, Infinity)).toEqual({ records: null, next: 7, nextOffset: 7 });
    expect(it.take(noLimit, Infinity)).toBeNull();
  });

  it('charges what pieces share once, until the last of them is taken', () => {
    const { feed: it } = feed();
    const whole = piece(0, 1, 2, 3);
    const size = (whole.values as BytesColumn).buffer.length;
    it.add([sliceColumns(whole, 0, 2), sliceColumns(whole, 2, 4)], 4);
    const [both, beside] = [it.bytes, 1024 + 2 * 32];
    expect(both).toBe(2 * beside + size);
    it.take(noLimit, Infinity);
    expect(it.bytes).toBe(beside + size);
    it.take({ ...noLimit, records: 1 }, Infinity);
    expect(it.bytes).toBe(beside + size);
    it.take(noLimit, Infinity);
    expect(it.bytes).toBe(0);
  });

  it('pauses at its bound and goes on when half of it is read', () => {
    const { feed: it, calls } = feed(3000);
    it.add([piece(0)], 1);
    it.add([piece(1)], 2);
    expect(calls).toEqual([]);
    it.add([piece(2)], 3);
    expect(calls).toEqual(['pause']);
    it.take(noLimit, Infinity);
    expect(calls).toEqual(['pause']);
    it.take(noLimit, Infinity);
    expect(calls).toEqual(['pause', 'resume']);
  });

  it('throws its error after what came before it, and stops the fetch', () => {
    const { feed: it, calls } = feed();
    it.add([piece(0)], 1);
    it.fail(new HeadraceError('OFFSET_OUT_OF_RANGE', 'gone'));
    it.add([piece(1)], 2);
    expect(offsetsOf(it.take(noLimit, Infinity))).toEqual([0]);
    expect(() => it.take(noLimit, Infinity)).toThrow('gone');
    expect(calls).toEqual(['pause']);
  });

  it('gives nothing at or beyond the end, and the end as position', () => {
    const { feed: it } = feed();
    it.add([piece(0, 1, 2, 3)], 4);
    expect(offsetsOf(it.take(noLimit, 2))).toEqual([0, 1]);
    expect(it.take(noLimit, 2)).toEqual({ records: null, next: 2, nextOffset: 2 });
  });

  it('gives nothing after its end', () => {
    const { feed: it } = feed();
    it.add([piece(0)], 1);
    it.end();
    it.add([piece(1)], 2);
    expect([it.take(noLimit, Infinity), it.bytes]).toEqual([null, 0]);
  });

  it('tells of arrivals, errors and the end', () => {
    const { feed: it } = feed();
    let told = 0;
    it.onArrival(() => (told += 1));
    it.add([piece(0)], 1);
    it.fail(new HeadraceError('A', 'a'));
    it.end();
    expect(told).toBe(3);
  });
});

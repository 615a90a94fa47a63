import { bytesAt, headersAt, type Columns } from '@headrace/core';
import { writeBatch, writeEndMarker, writeRecordHeaders } from '@headrace/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compressions } from '../compression/compressions.ts';
import { decodeFetch, type FetchedBytes } from './decode-fetch.ts';

const options = { compressions, maxExpandedBytes: 1 << 20 };

/** What a test writes: some records of a producer, in a transaction or not, or the end of a producer's transaction. */
type Step =
  | { readonly kind: 'records'; readonly producer: number; readonly count: number; readonly compressed: boolean }
  | { readonly kind: 'end'; readonly producer: number; readonly commits: boolean };

interface Batch {
  readonly bytes: Buffer;
  readonly first: number;
  readonly last: number;
  readonly isControl: boolean;
}

/** A log as a broker keeps it: producer 0 writes without transactions, the others within. */
class ModelLog {
  readonly batches: Batch[] = [];
  readonly aborted: { producerId: number; firstOffset: number; lastOffset: number }[] = [];
  /** The numbers of the records that are committed, by offset. */
  readonly visible = new Map<number, number>();
  /** Where a reader of committed records stops. */
  stable = 0;
  #end = 0;
  readonly #open = new Map<number, number[]>();

  append(step: Step): void {
    if (step.kind === 'end') this.#finish(step.producer, step.commits);
    else this.#write(step);
    const firsts = [...this.#open.values()].map(([first]) => first as number);
    this.stable = Math.min(this.#end, ...firsts);
  }

  #write({ producer, count, compressed }: Extract<Step, { kind: 'records' }>): void {
    const first = this.#end;
    const values = Array.from({ length: count }, (_, i) => Buffer.from(String(first + i)));
    const buffer = Buffer.concat(values);
    const starts = new Int32Array(count);
    const ends = new Int32Array(count);
    let at = 0;
    values.forEach((value, i) => {
      starts[i] = at;
      ends[i] = at += value.length;
    });
    const bytes = writeBatch(
      {
        rows: Int32Array.from({ length: count }, (_, i) => i),
        timestamps: new Float64Array(count).fill(7),
        keys: null,
        values: { buffer, starts, ends },
        headers: null,
      },
      {
        baseOffset: first,
        partitionLeaderEpoch: 3,
        ...(compressed && { compression: 'gzip' as const, compressions }),
        ...(producer > 0 && {
          producer: { producerId: producer, producerEpoch: 0, baseSequence: 0, transactional: true },
        }),
      },
    );
    this.#add(bytes, count, false);
    for (let offset = first; offset < first + count; offset++)
      if (producer === 0) this.visible.set(offset, offset);
      else this.#open.set(producer, [...(this.#open.get(producer) ?? []), offset]);
  }

  #finish(producer: number, commits: boolean): void {
    const offsets = this.#open.get(producer);
    if (offsets === undefined) return;
    this.#open.delete(producer);
    if (commits) for (const offset of offsets) this.visible.set(offset, offset);
    else this.aborted.push({ producerId: producer, firstOffset: offsets[0] as number, lastOffset: this.#end });
    const result = commits ? 'commit' : 'abort';
    const rest = { coordinatorEpoch: 0, producerEpoch: 0, partitionLeaderEpoch: 3, timestamp: 7 };
    this.#add(writeEndMarker({ ...rest, result, producerId: producer, baseOffset: this.#end }), 1, true);
  }

  #add(bytes: Buffer, count: number, isControl: boolean): void {
    this.batches.push({ bytes, first: this.#end, last: this.#end + count - 1, isControl });
    this.#end += count;
  }

  /** Answers a fetch: batches from the one that holds the offset to before the last stable offset, some of them compacted away. */
  fetch(from: number, isGone: (batch: Batch) => boolean): FetchedBytes {
    const batches = this.batches.filter((batch) => batch.last >= from && batch.last < this.stable && !isGone(batch));
    const aborted = this.aborted
      .filter(({ firstOffset, lastOffset }) => lastOffset >= from && firstOffset < this.stable)
      .map(({ producerId, firstOffset }) => ({ producerId, firstOffset }));
    return { bytes: Buffer.concat(batches.map(({ bytes }) => bytes)), from, aborted };
  }
}

const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('records' as const), producer: fc.nat(3), count: fc.integer({ min: 1, max: 4 }), compressed: fc.boolean() }) }, // prettier-ignore
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('end' as const), producer: fc.integer({ min: 1, max: 3 }), commits: fc.boolean() }) }, // prettier-ignore
  ),
  { maxLength: 30 },
);

function valuesOf(columns: readonly Columns[]): [number, number][] {
  return columns.flatMap(({ count, offsets, values }) =>
    Array.from({ length: count }, (_, row): [number, number] => {
      if (values.kind !== 'bytes') throw new Error('values are bytes');
      return [offsets[row] as number, Number(String(Buffer.from(bytesAt(values, row) ?? [])))];
    }),
  );
}

describe('the records of a fetch', () => {
  it('are those that are committed, from wherever it begins, whatever was aborted in between and compacted away', () => {
    fc.assert(
      fc.property(steps, fc.nat(60), fc.nat(7), (written, from, seed) => {
        const log = new ModelLog();
        for (const step of written) log.append(step);
        const gone = new Set<number>();
        // Compaction takes records that nobody may see, and leaves markers for a while.
        const isGone = (batch: Batch): boolean => {
          const takes = !batch.isControl && !log.visible.has(batch.first) && (batch.first * 31 + seed) % 3 === 0;
          if (takes) gone.add(batch.first);
          return takes;
        };
        const fetched = log.fetch(from, isGone);
        const { columns, next, leaderEpoch } = decodeFetch(fetched, options);
        const expected = [...log.visible].filter(([offset]) => offset >= from && offset < log.stable);
        expect(valuesOf(columns)).toEqual(expected.sort(([a], [b]) => a - b));
        expect(next).toBeGreaterThanOrEqual(from);
        if (fetched.bytes.length > 0) expect(leaderEpoch).toBe(3);
        else expect(next).toBe(from);
      }),
      { numRuns: 1500 },
    );
  });

  it('are all of them where nothing is listed as aborted', () => {
    const log = new ModelLog();
    log.append({ kind: 'records', producer: 1, count: 2, compressed: false });
    log.append({ kind: 'end', producer: 1, commits: false });
    const { bytes } = log.fetch(0, () => false);
    expect(valuesOf(decodeFetch({ bytes, from: 0, aborted: null }, options).columns)).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  it('come once where an answer holds them twice, wholly or in part', () => {
    const log = new ModelLog();
    for (let i = 0; i < 3; i++) log.append({ kind: 'records', producer: 0, count: 2, compressed: i === 1 });
    const { bytes } = log.fetch(0, () => false);
    const [first, , third] = log.batches as [Batch, Batch, Batch];
    // Offsets 1 to 2: the end of the first batch, and the beginning of the second.
    const across = Buffer.from(first.bytes);
    across.writeBigInt64BE(1n, 0);
    for (const again of [bytes, first.bytes, third.bytes]) {
      const { columns, next } = decodeFetch({ bytes: Buffer.concat([bytes, again]), from: 0, aborted: [] }, options);
      expect(valuesOf(columns).map(([offset]) => offset)).toEqual([0, 1, 2, 3, 4, 5]);
      expect(next).toBe(6);
    }
    const partly = decodeFetch({ bytes: Buffer.concat([first.bytes, across]), from: 0, aborted: [] }, options);
    expect(valuesOf(partly.columns)).toEqual([
      [0, 0],
      [1, 1],
      [2, 1],
    ]);
  });

  it('end with the last whole batch, and go on behind records that may not be seen', () => {
    const log = new ModelLog();
    for (let i = 0; i < 3; i++) log.append({ kind: 'records', producer: 0, count: 2, compressed: false });
    const { bytes } = log.fetch(0, () => false);
    for (const cut of [1, 20, 60]) {
      const { columns, next } = decodeFetch(
        { bytes: bytes.subarray(0, bytes.length - cut), from: 1, aborted: [] },
        options,
      );
      expect(valuesOf(columns).map(([offset]) => offset)).toEqual([1, 2, 3]);
      expect(next).toBe(4);
    }
  });

  it('keep their headers, keys and nulls, and are cut into columns of bounded size', () => {
    const headers = [
      { name: 'a', value: Buffer.from('1') },
      { name: 'b', value: null },
    ];
    const written = writeRecordHeaders(headers);
    const count = 9000;
    const bytes = writeBatch({
      rows: Int32Array.from({ length: count }, (_, row) => row),
      timestamps: Float64Array.from({ length: count }, (_, row) => 1000 + row),
      keys: { buffer: Buffer.from('k'), starts: new Int32Array(count), ends: new Int32Array(count).fill(1) },
      values: null,
      headers: {
        buffer: written,
        starts: Int32Array.from({ length: count }, (_, row) => (row % 2 === 0 ? 0 : -1)),
        ends: Int32Array.from({ length: count }, (_, row) => (row % 2 === 0 ? written.length : -1)),
      },
    });
    const { columns } = decodeFetch({ bytes, from: 0, aborted: [] }, options);
    expect(columns.map((some) => some.count)).toEqual([4096, 4096, 808]);
    const [, second] = columns as [Columns, Columns];
    expect(headersAt(second.headers, 0)).toEqual(headers);
    expect(headersAt(second.headers, 1)).toEqual([]);
    expect(second.timestamps[3]).toBe(1000 + 4096 + 3);
    expect(second.keys.kind === 'bytes' && String(Buffer.from(bytesAt(second.keys, 0)!))).toBe('k');
    expect(second.values.kind === 'bytes' && bytesAt(second.values, 0)).toBeNull();
  });

  it.each(['keys', 'values', 'keys or values'])('are as few columns where they have no %s', (missing) => {
    const count = 4000;
    const size = 500;
    const some = (is: boolean) =>
      is
        ? { buffer: Buffer.alloc(size, 'x'), starts: new Int32Array(count), ends: new Int32Array(count).fill(size) }
        : null;
    const rows = Int32Array.from({ length: count }, (_, row) => row);
    const bytes = writeBatch({
      rows,
      timestamps: new Float64Array(count),
      keys: some(missing === 'values'),
      values: some(missing === 'keys'),
      headers: null,
    });
    const { columns } = decodeFetch({ bytes, from: 0, aborted: [] }, options);
    expect(columns).toHaveLength(missing === 'keys or values' ? 1 : 2);
    expect(columns.reduce((sum, one) => sum + one.count, 0)).toBe(count);
  });

  it('are an error where a checksum is wrong, and leave nothing behind for the next', () => {
    const log = new ModelLog();
    for (let i = 0; i < 2; i++) log.append({ kind: 'records', producer: 0, count: 2, compressed: false });
    const { bytes } = log.fetch(0, () => false);
    const broken = Buffer.from(bytes);
    broken[bytes.length - 1] = (broken.at(-1) as number) ^ 1;
    expect(() => decodeFetch({ bytes: broken, from: 0, aborted: [] }, options)).toThrow(
      /offset 2 has a wrong checksum/,
    );
    expect(valuesOf(decodeFetch({ bytes, from: 3, aborted: [] }, options).columns)).toEqual([[3, 3]]);
  });
});

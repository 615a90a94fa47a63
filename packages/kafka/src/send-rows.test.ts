import type { Refusal } from '@headrace/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sendRows } from './send-rows.ts';

const tooLarge = { code: 'MESSAGE_TOO_LARGE', message: 'too large' };

interface Row {
  readonly key: string | null;
  readonly size: number;
  readonly bad: boolean;
}

/** A broker that refuses a batch as a whole when one of its rows is bad. */
function broker(rows: readonly Row[]) {
  const written: number[] = [];
  const requests: number[][] = [];
  return {
    written,
    requests,
    sender: {
      size: (row: number) => rows[row]!.size,
      key: (row: number) => rows[row]!.key,
      async send(some: Int32Array) {
        requests.push([...some]);
        if (some.some((row) => rows[row]!.bad)) return tooLarge;
        written.push(...some);
        return null;
      },
    },
  };
}

/** What must become of the rows, one at a time: a bad one is refused, and whatever follows it under its key is to come again. */
function oracle(rows: readonly Row[]): { written: number[]; refusals: Refusal[] } {
  const keys = new Set<string>();
  const written: number[] = [];
  const refusals: Refusal[] = [];
  rows.forEach(({ key, bad }, row) => {
    if (!bad && (key === null || !keys.has(key))) return written.push(row);
    const isBehind = key !== null && keys.has(key);
    if (key !== null) keys.add(key);
    return refusals.push(isBehind ? { row, retryAfterMs: 0 } : { row, ...tooLarge });
  });
  return { written, refusals };
}

const anyRow: fc.Arbitrary<Row> = fc.record({
  key: fc.constantFrom(null, 'a', 'b', 'c'),
  size: fc.constantFrom(1, 100_000, 500_000, 1_200_000),
  bad: fc.boolean(),
});

describe('sendRows', () => {
  it('writes and refuses what it must, in order, whatever is bad', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { maxLength: 40 }), async (rows) => {
        const { sender, written } = broker(rows);
        const refusals = await sendRows(Int32Array.from(rows.keys()), sender);
        expect({ written, refusals: refusals.toSorted((a, b) => a.row - b.row) }).toEqual(oracle(rows));
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it('does the same where it is told which rows are bad before any is sent', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { maxLength: 40 }), async (rows) => {
        const { sender, written, requests } = broker(rows);
        const fault = (row: number) => (rows[row]!.bad ? tooLarge : null);
        const refusals = await sendRows(Int32Array.from(rows.keys()), { ...sender, fault });
        expect({ written, refusals: refusals.toSorted((a, b) => a.row - b.row) }).toEqual(oracle(rows));
        expect(requests.flat()).toEqual(written);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it('sends at most 900 kB at once, or one row', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { maxLength: 40 }), async (rows) => {
        const { sender, requests } = broker(rows.map((row) => ({ ...row, bad: false })));
        await sendRows(Int32Array.from(rows.keys()), sender);
        for (const some of requests)
          if (some.length > 1) expect(some.reduce((sum, row) => sum + rows[row]!.size, 0)).toBeLessThanOrEqual(900_000);
      }),
      { seed: 7 },
    );
  });

  it('sends what fits together in one request', async () => {
    const { sender, requests } = broker(Array.from({ length: 9 }, () => ({ key: 'a', size: 100_000, bad: false })));
    await sendRows(Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8), sender);
    expect(requests).toEqual([[0, 1, 2, 3, 4, 5, 6, 7, 8]]);
  });

  it('stops at an error that is not about the rows', async () => {
    const { sender } = broker(Array.from({ length: 3 }, () => ({ key: null, size: 900_000, bad: false })));
    const sent: number[] = [];
    const broken = {
      ...sender,
      async send([row]: Int32Array) {
        sent.push(row!);
        if (row === 1) throw new Error('down');
        return null;
      },
    };
    await expect(sendRows(Int32Array.of(0, 1, 2), broken)).rejects.toThrow('down');
    expect(sent).toEqual([0, 1]);
  });
});

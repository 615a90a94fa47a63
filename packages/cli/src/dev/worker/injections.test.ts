import { describe, expect, it } from 'vitest';
import type { ReadResult } from '@headrace/core';
import { Injections, type InjectedRecord } from './injections.ts';

const limit = { records: 10, bytes: 1_000_000, waitMs: 0 };
const signal = new AbortController().signal;

function record(timestamp: number): InjectedRecord {
  return { key: null, value: Buffer.from(String(timestamp)), timestamp, headers: {} };
}

/** The times of what was read, which are the numbers of the records. */
function numbers(result: ReadResult | 'idle' | 'end'): number[] {
  return typeof result === 'string' ? [] : [...(result.records?.timestamps ?? [])];
}

function positionOf(result: ReadResult | 'idle' | 'end'): ReadResult['next'] {
  if (typeof result === 'string') throw new Error(`It read nothing: ${result}.`);
  return result.next;
}

describe('What the terminal sends', () => {
  it('is read in its order, as many at a time as are asked for', async () => {
    const injections = new Injections();
    for (const number of [1, 2, 3]) injections.push(record(number));
    const reader = injections.open('terminal', null);
    expect(numbers(await reader.read({ ...limit, records: 2 }, signal))).toEqual([1, 2]);
    expect(numbers(await reader.read(limit, signal))).toEqual([3]);
    expect(await reader.read(limit, signal)).toBe('idle');
  });

  it('is read again from a position until that is committed, and then kept no longer', async () => {
    const injections = new Injections();
    for (const number of [1, 2, 3]) injections.push(record(number));
    const first = injections.open('terminal', null);
    const one = positionOf(await first.read({ ...limit, records: 1 }, signal));
    const all = positionOf(await first.read(limit, signal));
    expect(numbers(await injections.open('terminal', one).read(limit, signal))).toEqual([2, 3]);
    await first.committed?.(one);
    expect(numbers(await injections.open('terminal', null).read(limit, signal))).toEqual([2, 3]);
    await first.committed?.(all);
    await first.committed?.(one);
    expect(await injections.open('terminal', null).read(limit, signal)).toBe('idle');
  });

  it('is numbered on from what an earlier process has committed', async () => {
    const injections = new Injections();
    const reader = injections.open('terminal', { version: 1, index: 7 });
    injections.push(record(1));
    const result = await reader.read(limit, signal);
    expect(numbers(result)).toEqual([1]);
    expect(positionOf(result)).toEqual({ version: 1, index: 8 });
  });

  it('wakes a reader that waits, as an abort does', async () => {
    const injections = new Injections();
    const reader = injections.open('terminal', null);
    const forever = { ...limit, waitMs: 2 ** 31 - 1 };
    const read = reader.read(forever, signal);
    injections.push(record(1));
    expect(numbers(await read)).toEqual([1]);
    const end = new AbortController();
    const aborted = reader.read(forever, end.signal);
    end.abort();
    expect(await aborted).toBe('idle');
    expect(await reader.read(forever, end.signal)).toBe('idle');
  });
});

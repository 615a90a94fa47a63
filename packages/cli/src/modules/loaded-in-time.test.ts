import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { loadedInTime } from './loaded-in-time.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('gives what is loaded, and no timer is left', async () => {
  expect(await loadedInTime(Promise.resolve('loaded'), 30_000)).toBe('loaded');
  await expect(loadedInTime(Promise.reject(new Error('no')), 30_000)).rejects.toThrow('no');
  expect(vi.getTimerCount()).toBe(0);
});

it('says how long it waited for what never comes', async () => {
  const seen: unknown[] = [];
  void loadedInTime(new Promise(() => {}), 30_000).catch((error: unknown) => seen.push(error));
  await vi.advanceTimersByTimeAsync(29_999);
  expect(seen).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(String(seen)).toMatch(/not loaded to its end within 30 s/);
});

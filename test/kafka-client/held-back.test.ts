import { describe, expect, it } from 'vitest';
import { HeldBack } from '../../packages/kafka/src/fetch/held-back.ts';

describe('the watch over open transactions', () => {
  it('reports one that nobody ends after 30 s, and then each time as long has passed again', () => {
    const watch = new HeldBack();
    const reported: number[] = [];
    for (let now = 1000; now <= 301_000; now += 500) if (watch.observe(7, 9, now) !== null) reported.push(now - 1000);
    expect(reported).toEqual([30_000, 60_000, 120_000, 240_000]);
    expect(watch.ms(301_000)).toBe(300_000);
  });

  it('is quiet while the offset moves or nothing is held back', () => {
    const watch = new HeldBack();
    for (let now = 0; now <= 300_000; now += 1000) expect(watch.observe(now, now + 5, now)).toBeNull();
    expect(watch.ms(300_000)).toBe(0);
    expect(watch.observe(9, 9, 400_000)).toBeNull();
    expect(watch.ms(500_000)).toBe(0);
  });
});

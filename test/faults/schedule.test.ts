import { describe, expect, it } from 'vitest';
import { drawSchedule } from './schedule.ts';
import { seededRandom } from './seeded-random.ts';

const names = ['kill', 'stop', 'part', 'bounce'];

describe('a schedule of faults', () => {
  it('is the same for the same seed, and another for another', () => {
    const draw = (seed: number): unknown => drawSchedule(names, 600_000, seededRandom(seed));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('lasts as long as asked, in periods of at most 20 s', () => {
    const periods = drawSchedule(names, 300_000, seededRandom(7));
    expect(periods.reduce((sum, { ms }) => sum + ms, 0)).toBe(300_000);
    for (const { ms } of periods) expect(ms).toBeLessThanOrEqual(20_000);
  });

  it('leaves a quarter of the periods free, and meets every fault', () => {
    const periods = drawSchedule(names, 15_000 * 2000, seededRandom(3));
    const free = periods.filter(({ faults }) => faults.length === 0).length / periods.length;
    expect(free).toBeGreaterThan(0.2);
    expect(free).toBeLessThan(0.3);
    for (const name of names) expect(periods.some(({ faults }) => faults.includes(name))).toBe(true);
  });
});

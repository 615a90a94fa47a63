import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DurationHistogram } from './duration-histogram.ts';

it('counts each duration in every bucket whose bound it does not exceed', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.integer({ min: 0, max: 40_000 }), fc.constantFrom(0.5, 1, 2.5, 5, 30_000))),
      (all) => {
        const histogram = new DurationHistogram();
        for (const ms of all) histogram.add(ms);
        const { boundsSeconds, counts, count, sumSeconds } = histogram.snapshot();
        expect(count).toBe(all.length);
        expect(sumSeconds).toBeCloseTo(all.reduce((sum, ms) => sum + ms, 0) / 1000, 6);
        expect(counts).toEqual(boundsSeconds.map((bound) => all.filter((ms) => ms / 1000 <= bound).length));
      },
    ),
  );
});

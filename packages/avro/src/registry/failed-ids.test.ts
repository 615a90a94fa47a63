import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FailedIds } from './failed-ids.ts';
import { RegistryError } from './registry-error.ts';

const error = new RegistryError('SCHEMA_NOT_FOUND', '', 'No.');
const options = { max: 3, rememberMs: 100, burst: 4, perSecond: 2 };

function setUp() {
  const time = { now: 0 };
  return { time, failed: new FailedIds(options, { monotonic: () => time.now, after: () => () => {} }) };
}

describe('ids that failed', () => {
  it('are remembered for their time, the latest of them', () => {
    const { time, failed } = setUp();
    for (const id of [1, 2, 3, 4]) failed.add(id, error);
    expect([1, 2, 3, 4].map((id) => failed.get(id))).toEqual([undefined, error, error, error]);
    time.now = 99;
    expect(failed.get(2)).toBe(error);
    time.now = 100;
    expect(failed.get(2)).toBeUndefined();
  });

  it('may turn up in a burst, and then at a rate; the answer says when', () => {
    const { time, failed } = setUp();
    expect(Array.from({ length: 5 }, () => failed.reserve())).toEqual([0, 0, 0, 0, 500]);
    time.now = 400;
    expect(failed.reserve()).toBe(100);
    time.now = 500;
    expect(failed.reserve()).toBe(0);
    failed.refund();
    expect([failed.reserve(), failed.reserve()]).toEqual([0, 500]);
  });

  it('never pass the bound of a token bucket, and what was promised is kept', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2_000), { maxLength: 100 }), (pauses) => {
        const { time, failed } = setUp();
        let passed = 0;
        for (const pause of pauses) {
          time.now += pause;
          const wait = failed.reserve();
          if (wait === 0) passed++;
          else {
            time.now += wait;
            expect(failed.reserve()).toBe(0);
            passed++;
          }
          expect(passed).toBeLessThanOrEqual(options.burst + (time.now / 1000) * options.perSecond);
        }
      }),
    );
  });
});

import { check } from '@headrace/cel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBackEnds } from './compare-back-ends.ts';
import { environment, expressions, records } from './typed-expressions.ts';

// A fixed set in the suite; `pnpm fuzz:cel` runs more, with a seed of its own unless FUZZ_SEED gives one.
const runs = Number(process.env['FUZZ_RUNS'] ?? 1500);
const seed = Number(
  process.env['FUZZ_SEED'] ?? (process.env['FUZZ_RUNS'] === undefined ? 20_261_127 : Date.now() % 2 ** 31),
);

describe('generated code', () => {
  it('gives what the interpreter gives, errors and their places included', () => {
    let [all, checkedOnes] = [0, 0];
    fc.assert(
      fc.property(expressions, fc.array(records, { minLength: 1, maxLength: 4 }), (text, many) => {
        all++;
        const { checked } = check(text, environment);
        if (checked === null) return;
        checkedOnes++;
        compareBackEnds(checked, many);
      }),
      { numRuns: runs, seed },
    );
    // Expressions that the checker refuses show nothing.
    expect(checkedOnes / all).toBeGreaterThan(0.6);
  });
});

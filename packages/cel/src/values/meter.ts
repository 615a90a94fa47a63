import { CelError } from '../cel-error.ts';
import { limits } from '../limits.ts';

// One evaluation runs at a time and to its end, so that one meter is enough for all.
let left = 0;

/** Begins an evaluation: what it builds is counted from here on. */
export function beginEvaluation(): void {
  left = limits.cost;
}

/**
 * Counts work whose size hangs on values: units of text, bytes, elements of lists that are built or looked through.
 * Throws `COST_LIMIT` when the evaluation has used up what one may use; `&&` and `||` do not absorb that.
 */
export function spend(units: number): void {
  left -= units;
  if (left < 0) throw new CelError('COST_LIMIT', 'the expression builds or looks through too much.');
}

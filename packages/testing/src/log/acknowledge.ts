import type { Clock } from '@headrace/core';

/** Resolves when a planned delay is over, by the clock, or soon where there is none. */
export function acknowledge(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (delayMs > 0) clock.after(delayMs, resolve);
    else clock.soon(resolve);
  });
}

import type { VirtualClock } from '@headrace/testing';

/** Lets virtual time go on, a little with every turn of the event loop, and everything that is due happen. */
export async function advance(clock: VirtualClock, ms: number): Promise<void> {
  await settle();
  for (let left = ms; left > 0; left -= 10) {
    clock.advance(Math.min(10, left));
    await settle();
  }
}

/** Lets all that needs no time happen. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

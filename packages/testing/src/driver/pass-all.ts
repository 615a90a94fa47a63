import type { TopologyTestDriver } from './topology-test-driver.ts';

const longestMs = 4_000_000;

/** Lets all that was sent pass, and moves virtual time on, an hour at most, while something waits for it: answers, retries, timers. */
export async function passAll(driver: TopologyTestDriver): Promise<void> {
  for (let ms = 1000; ms < longestMs; ms *= 2) {
    if ((await driver.settle()) === 'idle') return;
    await driver.advance(ms);
  }
}

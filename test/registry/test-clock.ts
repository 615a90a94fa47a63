import type { RegistryClock } from '@headrace/avro';

/** How long an attempt may take in tests with a clock of their own: no pause is as long. */
export const TIMEOUT_MS = 3_600_000;

/** A clock of which pauses are over at once, and noted. */
export class TestClock implements RegistryClock {
  readonly pauses: number[] = [];
  #now = 1_000;

  monotonic(): number {
    return this.#now;
  }

  /** Lets time pass. */
  advance(ms: number): void {
    this.#now += ms;
  }

  after(delayMs: number, run: () => void): () => void {
    if (delayMs === TIMEOUT_MS) return () => {};
    this.pauses.push(delayMs);
    const soon = setImmediate(() => {
      this.#now += delayMs;
      run();
    });
    return () => clearImmediate(soon);
  }
}

/** The machine's clock. */
export const realClock: RegistryClock = {
  monotonic: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

import type { BrokerClock } from './broker-clock.ts';

/** A clock whose timers all end with it, so that a broker that is closed leaves none behind. */
export class Timers implements BrokerClock {
  readonly #clock: BrokerClock;
  readonly #pending = new Set<() => void>();
  #closed = false;

  constructor(clock: BrokerClock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  after(delayMs: number, run: () => void): () => void {
    if (this.#closed) return () => {};
    const cancelTimer = this.#clock.after(Math.min(delayMs, longestDelayMs), () => {
      this.#pending.delete(cancel);
      run();
    });
    const cancel = (): void => {
      this.#pending.delete(cancel);
      cancelTimer();
    };
    this.#pending.add(cancel);
    return cancel;
  }

  soon(run: () => void): void {
    this.#clock.soon(() => {
      if (!this.#closed) run();
    });
  }

  /** Cancels all timers; later ones never run. */
  close(): void {
    this.#closed = true;
    for (const cancel of this.#pending) cancel();
  }
}

/** Timers of Node take 31 bits. */
const longestDelayMs = 2 ** 31 - 1;

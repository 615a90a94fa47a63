import type { Clock } from '@headrace/core';

const firstPauseMs = 50;
const longestPauseMs = 1000;

/** Keeps failed addresses from being tried again at once: pauses double up to a second, and differ by a fifth either way. */
export class ReconnectPauses {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #failures = new Map<string, { count: number; until: number }>();

  constructor(clock: Clock, random: () => number = Math.random) {
    this.#clock = clock;
    this.#random = random;
  }

  failed(address: string): void {
    const count = (this.#failures.get(address)?.count ?? 0) + 1;
    const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(count - 1, 10));
    this.#failures.set(address, { count, until: this.#clock.monotonic() + pause * (0.8 + this.#random() * 0.4) });
  }

  succeeded(address: string): void {
    this.#failures.delete(address);
  }

  /** Returns how long to wait before the address may be tried, in milliseconds. */
  leftMs(address: string): number {
    const until = this.#failures.get(address)?.until ?? 0;
    return Math.max(0, until - this.#clock.monotonic());
  }
}

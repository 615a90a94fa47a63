import type { HeadraceError } from '@headrace/core';

const firstMs = 50;
const longestMs = 1000;

/** Pauses between attempts: doubling from 50 ms to a second, spread by half, so that the members of a group do not come all at once. */
export class RetryPauses {
  readonly #random: () => number;
  #failures = 0;
  #until = -Infinity;
  #lastError: HeadraceError | null = null;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** The time before which nothing is tried. */
  get until(): number {
    return this.#until;
  }

  /** What stood in the way last; null after a success. */
  get lastError(): HeadraceError | null {
    return this.#lastError;
  }

  failed(now: number, error: HeadraceError): void {
    const pause = Math.min(firstMs * 2 ** this.#failures, longestMs);
    this.#failures += 1;
    this.#lastError = error;
    this.#until = now + pause * (0.5 + this.#random());
  }

  succeeded(): void {
    this.#failures = 0;
    this.#lastError = null;
    this.#until = -Infinity;
  }

  /** Waits without a failure. */
  wait(now: number, ms: number): void {
    this.#until = now + ms;
  }
}

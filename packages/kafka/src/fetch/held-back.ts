/** After so long an open transaction is reported, and again each time as long has passed once more. */
const firstReportMs = 30_000;

/** Watches how long a transaction that nobody ends has kept a partition from being read on. */
export class HeldBack {
  #at = -1;
  #since = 0;
  #reportAfterMs = firstReportMs;

  /** Takes what an answer said. Returns for how long the reading has stood still, where that is to be reported now, or null. */
  observe(lastStableOffset: number, highWatermark: number, now: number): number | null {
    if (lastStableOffset >= highWatermark) {
      this.#at = -1;
      return null;
    }
    if (this.#at !== lastStableOffset) {
      this.#at = lastStableOffset;
      this.#since = now;
      this.#reportAfterMs = firstReportMs;
      return null;
    }
    const ms = now - this.#since;
    if (ms < this.#reportAfterMs) return null;
    this.#reportAfterMs *= 2;
    return ms;
  }

  /** Returns for how long the last stable offset has stood still before the end; 0 where it does not. */
  ms(now: number): number {
    return this.#at < 0 ? 0 : now - this.#since;
  }
}

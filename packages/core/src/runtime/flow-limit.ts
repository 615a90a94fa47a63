const sliceTargetMs = 2;
const minimumRows = 16;
const maximumRows = 4096;
const minimumBytes = 256 * 1024;
const startBytes = 4 * 1024 * 1024;
/** More than this is under way only in tasks whose nodes hold a whole epoch: it covers a hundred megabytes a second at 80 ms. */
const mostBytes = 8 * 1024 * 1024;
const windowMs = 1000;

/**
 * Measures a task: how many rows a slice may have so that a step stays short, and how many bytes may be in flight so that they drain
 * in half of the drain timeout.
 */
export class FlowLimit {
  readonly #drainMs: number;
  readonly #most: number;
  #rows = 256;
  #bytes = startBytes;
  #windowStart: { at: number; released: number } | null = null;

  /** `holdsEpochs`: whether what is in flight may have to wait for the end of its epoch. */
  constructor(drainTimeoutMs: number, holdsEpochs = false) {
    this.#most = holdsEpochs ? Infinity : mostBytes;
    this.#drainMs = drainTimeoutMs / 2;
  }

  /** The rows of the next slice. */
  get rows(): number {
    return this.#rows;
  }

  /** Tells how long a slice took. */
  ran(rows: number, ms: number): void {
    if (ms <= 0) return;
    const fitting = (rows * sliceTargetMs) / ms;
    this.#rows = Math.round(Math.min(maximumRows, Math.max(minimumRows, (this.#rows + fitting) / 2)));
  }

  /** Tells how many bytes were released in all; the rate is looked at over windows of a second. */
  released(total: number, now: number): void {
    if (this.#windowStart === null) {
      this.#windowStart = { at: now, released: total };
      return;
    }
    const elapsed = now - this.#windowStart.at;
    if (elapsed < windowMs) return;
    const rate = (total - this.#windowStart.released) / elapsed;
    if (rate > 0) this.#bytes = Math.max(minimumBytes, rate * this.#drainMs);
    this.#windowStart = { at: now, released: total };
  }

  /** The bytes that may be in flight, never more than the task's share of memory. */
  limitBytes(share: number): number {
    return Math.min(share, this.#bytes, this.#most);
  }
}

/** Time as the runtime sees it; the only way by which anything but `time` and the command line learns or waits for it. */
export interface Clock {
  /** Returns epoch milliseconds. */
  now(): number;
  /** Returns milliseconds that never go backwards. */
  monotonic(): number;
  /** Calls `run` once after `delayMs`; the result cancels it. */
  after(delayMs: number, run: () => void): () => void;
  /** Calls `run` soon, after pending input and output had a chance. */
  soon(run: () => void): void;
}

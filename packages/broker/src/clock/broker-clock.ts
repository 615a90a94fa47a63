/** Time as the broker sees it; the `Clock` of Headrace's components is one. */
export interface BrokerClock {
  /** Returns epoch milliseconds. */
  now(): number;
  /** Calls `run` once after `delayMs`; the result cancels it. */
  after(delayMs: number, run: () => void): () => void;
  /** Calls `run` soon, never before the caller has returned. */
  soon(run: () => void): void;
}

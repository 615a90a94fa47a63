import type { AppendFault, RefusalReason } from './log-faults.ts';

/** Decides which rows of one call a fault refuses: those that it names; the later ones of their keys are to come again, so that order is kept. */
export class RowGate {
  readonly #fault: AppendFault | null;
  readonly #held = new Set<string>();

  constructor(fault: AppendFault | null) {
    this.#fault = fault;
  }

  /** Returns why a row is refused, or null. Rows of one `lane` and key keep their order. */
  refuse(row: number, lane: string | number, key: Uint8Array | null): RefusalReason | null {
    if (this.#fault?.refuse === undefined) return null;
    const name = key === null ? null : `${lane}:${Buffer.from(key).toString('latin1')}`;
    if (name !== null && this.#held.has(name)) return { retryAfterMs: 0 };
    const reason = this.#fault.refuse(row) ?? null;
    if (reason !== null && name !== null) this.#held.add(name);
    return reason;
  }
}

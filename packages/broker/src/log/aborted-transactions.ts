/** A transaction that was aborted, by the offsets of its first record and of its marker. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
}

/** The aborted transactions of a partition in the order of their markers. */
export class AbortedTransactions {
  #aborted: AbortedTransaction[] = [];

  add(transaction: AbortedTransaction): void {
    this.#aborted.push(transaction);
  }

  /** Returns those that lie, in part at least, in the range `[from, to)`. */
  within(from: number, to: number): readonly AbortedTransaction[] {
    return this.#aborted.filter(({ firstOffset, lastOffset }) => lastOffset >= from && firstOffset < to);
  }

  /** Forgets those that end before an offset. */
  dropBefore(offset: number): void {
    this.#aborted = this.#aborted.filter(({ lastOffset }) => lastOffset >= offset);
  }
}

/** An aborted transaction as a fetch tells it: who wrote it, and the offset of its first record. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

/**
 * Tells which batches of one answer belong to aborted transactions, asked in the order of the log, as a reader of committed records must
 * (KIP-98): a transaction is aborted from its first offset on until the marker that ends it.
 */
export class AbortedTransactions {
  readonly #coming: AbortedTransaction[];
  readonly #open = new Set<number>();

  /** Takes what the answer lists, in any order; null where it lists none. */
  constructor(listed: readonly AbortedTransaction[] | null) {
    this.#coming = [...(listed ?? [])].sort((a, b) => b.firstOffset - a.firstOffset);
  }

  /** Tells whether a transactional batch of a producer is aborted, whose last offset is this. */
  has(producerId: number, lastOffset: number): boolean {
    this.#openUpTo(lastOffset);
    return this.#open.has(producerId);
  }

  /** Takes the marker at an offset with which a producer's transaction was aborted; all of its records may be gone already. */
  end(producerId: number, offset: number): void {
    this.#openUpTo(offset);
    this.#open.delete(producerId);
  }

  #openUpTo(offset: number): void {
    for (let next = this.#coming.at(-1); next !== undefined && next.firstOffset <= offset; next = this.#coming.at(-1)) {
      this.#open.add(next.producerId);
      this.#coming.pop();
    }
  }
}

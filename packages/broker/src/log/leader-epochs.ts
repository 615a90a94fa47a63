/** Where the batches of each leader epoch begin in a partition. */
export class LeaderEpochs {
  readonly #starts: { readonly epoch: number; readonly start: number }[] = [];

  /** Takes in the epoch of the batch at an offset. */
  appended(epoch: number, offset: number): void {
    const last = this.#starts.at(-1);
    if (last === undefined || last.epoch < epoch) this.#starts.push({ epoch, start: offset });
  }

  /** Returns the newest epoch that has batches; -1 when none has. */
  latest(): number {
    return this.#starts.at(-1)?.epoch ?? -1;
  }

  /** Returns the epoch of the batch at an offset; -1 when it is not known. */
  at(offset: number): number {
    return this.#starts.findLast(({ start }) => start <= offset)?.epoch ?? -1;
  }

  /** Returns where an epoch ends: the greatest epoch not above it, and the start of the next or the end of the log. */
  endOf(epoch: number, logEnd: number): { readonly epoch: number; readonly end: number } | null {
    const index = this.#starts.findLastIndex((entry) => entry.epoch <= epoch);
    if (index < 0) return null;
    const { epoch: found } = this.#starts[index] as { epoch: number };
    return { epoch: found, end: this.#starts[index + 1]?.start ?? logEnd };
  }
}

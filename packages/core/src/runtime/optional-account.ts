import type { BatchAccount } from '../record/task-batch.ts';

/** Keeps the books of what waits for a sink that no epoch waits for: its bytes, and nothing of epochs. */
export class OptionalAccount implements BatchAccount {
  #bytes = 0;

  /** The bytes of all handles that live. */
  get bytes(): number {
    return this.#bytes;
  }

  opened(_epoch: number, _place: number, bytes: number): void {
    this.#bytes += bytes;
  }

  closed(_epoch: number, _place: number, bytes: number): void {
    this.#bytes -= bytes;
  }
}

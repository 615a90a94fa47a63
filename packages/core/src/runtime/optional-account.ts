import { HeldBuffers, type SharedMemory } from '../record/held-buffers.ts';
import type { BatchAccount } from '../record/task-batch.ts';

/** Keeps the books of what waits for a sink that no epoch waits for: its bytes, and nothing of epochs. */
export class OptionalAccount implements BatchAccount {
  readonly #held = new HeldBuffers();
  #bytes = 0;

  /** The bytes of all handles that live, with the memory that they hold. */
  get bytes(): number {
    return this.#bytes + this.#held.bytes;
  }

  opened(_epoch: number, _place: number, bytes: number, memory: readonly SharedMemory[]): void {
    this.#held.hold(memory);
    this.#bytes += bytes;
  }

  closed(_epoch: number, _place: number, bytes: number, memory: readonly SharedMemory[]): void {
    this.#held.letGo(memory);
    this.#bytes -= bytes;
  }
}

import { HeadraceError } from '../errors/headrace-error.ts';
import type { SharedMemory } from './held-buffers.ts';
import type { BatchAccount, Place } from './task-batch.ts';

/**
 * Counts the handles that one run of foreign code was given or made, on behalf of another account. Whoever wrote that code need not
 * release anything: the end of the run ends all handles that it left, and nothing can be made of them after it.
 */
export class RunAccount implements BatchAccount {
  readonly #outer: BatchAccount;
  #handles = 0;
  #bytes = 0;
  readonly #memory = new Map<readonly SharedMemory[], number>();
  #of: { readonly epoch: number; readonly place: Place } | null = null;
  #ended = false;

  constructor(outer: BatchAccount) {
    this.#outer = outer;
  }

  opened(epoch: number, place: Place, bytes: number, memory: readonly SharedMemory[]): void {
    if (this.#ended)
      throw new HeadraceError(
        'BATCH_RELEASED',
        'A batch of an epoch that is over was used: keep nothing from one epoch to the next.',
      );
    this.#of = { epoch, place };
    this.#handles++;
    this.#bytes += bytes;
    if (memory.length > 0) this.#memory.set(memory, (this.#memory.get(memory) ?? 0) + 1);
    this.#outer.opened(epoch, place, bytes, memory);
  }

  closed(epoch: number, place: Place, bytes: number, memory: readonly SharedMemory[]): void {
    if (this.#ended) return;
    this.#handles--;
    this.#bytes -= bytes;
    this.#forget(memory);
    this.#outer.closed(epoch, place, bytes, memory);
  }

  /** Ends all handles that are left. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#of === null) return;
    for (let left = this.#handles; left > 0; left--)
      this.#outer.closed(this.#of.epoch, this.#of.place, left === 1 ? this.#bytes : 0, this.#oneOfMemory());
  }

  #forget(memory: readonly SharedMemory[]): void {
    const handles = this.#memory.get(memory) ?? 0;
    if (handles > 1) this.#memory.set(memory, handles - 1);
    else this.#memory.delete(memory);
  }

  #oneOfMemory(): readonly SharedMemory[] {
    const [memory] = this.#memory.keys();
    if (memory === undefined) return [];
    this.#forget(memory);
    return memory;
  }
}

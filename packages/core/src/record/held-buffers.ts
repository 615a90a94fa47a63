import type { Columns } from './columns.ts';

/** The memory that byte ranges lie in. */
export type SharedMemory = ArrayBufferLike;

const none: readonly SharedMemory[] = [];

/** Lists the memory that the ranges of columns lie in, each once. */
export function memoryOf({ keys, values }: Columns): readonly SharedMemory[] {
  const ofKeys = keys.kind === 'bytes' ? keys.buffer.buffer : null;
  const ofValues = values.kind === 'bytes' ? values.buffer.buffer : null;
  if (ofKeys === null) return ofValues === null ? none : [ofValues];
  return ofValues === null || ofValues === ofKeys ? [ofKeys] : [ofKeys, ofValues];
}

/**
 * Counts who holds memory that several share, such as the pieces of one fetch: it is charged whole and once, from its first holder on
 * until its last has let go.
 */
export class HeldBuffers {
  readonly #holders = new Map<SharedMemory, number>();
  #bytes = 0;

  /** The bytes of all that somebody holds. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a holder; returns the bytes that nobody had held before. */
  hold(memory: readonly SharedMemory[]): number {
    let added = 0;
    for (const one of memory) {
      const holders = this.#holders.get(one) ?? 0;
      this.#holders.set(one, holders + 1);
      if (holders === 0) added += one.byteLength;
    }
    this.#bytes += added;
    return added;
  }

  /** Takes a holder away; returns the bytes that nobody holds any more. */
  letGo(memory: readonly SharedMemory[]): number {
    let freed = 0;
    for (const one of memory) {
      const holders = this.#holders.get(one) ?? 0;
      if (holders > 1) this.#holders.set(one, holders - 1);
      else if (this.#holders.delete(one)) freed += one.byteLength;
    }
    this.#bytes -= freed;
    return freed;
  }

  /** Forgets all holders. */
  clear(): void {
    this.#holders.clear();
    this.#bytes = 0;
  }
}

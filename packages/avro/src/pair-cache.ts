import type { Schema } from './schema.ts';

const MAX_PAIRS = 512;

/** Remembers what was made of pairs of schemas, by their identity: those of the pairs that were asked for last. */
export class PairCache<T> {
  readonly #numbers = new WeakMap<Schema, number>();
  readonly #pairs = new Map<string, T>();
  #count = 0;

  /** Returns what `make` has made for the pair; makes it, and forgets the pair that was not asked for longest, if need be. */
  get(writer: Schema, reader: Schema, make: () => T): T {
    const key = `${this.#numberOf(writer)} ${this.#numberOf(reader)}`;
    const before = this.#pairs.get(key);
    // A map keeps the order in which its keys came: what is asked for goes to the end.
    if (before !== undefined) this.#pairs.delete(key);
    const value = before ?? make();
    this.#pairs.set(key, value);
    if (this.#pairs.size > MAX_PAIRS) this.#pairs.delete(this.#pairs.keys().next().value as string);
    return value;
  }

  /** How many pairs are remembered. */
  get size(): number {
    return this.#pairs.size;
  }

  #numberOf(schema: Schema): number {
    const before = this.#numbers.get(schema);
    if (before !== undefined) return before;
    this.#numbers.set(schema, ++this.#count);
    return this.#count;
  }
}

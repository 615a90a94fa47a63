/** Remembers the values that were used last, up to a number of them. */
export class LruCache<K, V> {
  readonly #max: number;
  /** In the order of use, the latest at the end. */
  readonly #values = new Map<K, V>();

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#values.size;
  }

  /** Returns the value of a key and counts that as a use. */
  get(key: K): V | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  set(key: K, value: V): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size <= this.#max) return;
    const oldest = this.#values.keys().next();
    if (oldest.done !== true) this.#values.delete(oldest.value);
  }

  delete(key: K): void {
    this.#values.delete(key);
  }
}

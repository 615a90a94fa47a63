/** Makes one piece of work of all that ask for the same thing at the same time. */
export class SingleFlight<K, V> {
  readonly #flights = new Map<K, Promise<V>>();

  /** Returns the result of the work that is under way for the key, or begins it. A failure is shared and not kept. */
  run(key: K, work: () => Promise<V>): Promise<V> {
    const before = this.#flights.get(key);
    if (before !== undefined) return before;
    const flight = work().finally(() => this.#flights.delete(key));
    this.#flights.set(key, flight);
    return flight;
  }
}

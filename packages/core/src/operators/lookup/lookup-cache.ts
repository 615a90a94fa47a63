/** Keeps answers for a while, the latest used ones, and lets those who ask the same at once share one answer. */
export class LookupCache {
  readonly #ttlMs: number;
  readonly #max: number;
  readonly #now: () => number;
  readonly #answers = new Map<string, { readonly value: unknown; readonly until: number }>();
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor(ttlMs: number, max: number, now: () => number) {
    this.#ttlMs = ttlMs;
    this.#max = max;
    this.#now = now;
  }

  /** Returns an answer that is still good; undefined where there is none. */
  get(key: string): { readonly value: unknown } | undefined {
    const known = this.#answers.get(key);
    if (known === undefined) return undefined;
    this.#answers.delete(key);
    if (known.until <= this.#now()) return undefined;
    // A map keeps the order of insertion: what was used last stands last.
    this.#answers.set(key, known);
    return known;
  }

  /** Asks, or waits for who asks already; an answer is kept, a failure is not. */
  ask(key: string, ask: () => Promise<unknown>): Promise<unknown> {
    const other = this.#underWay.get(key);
    if (other !== undefined) return other;
    const answer = ask()
      .then((value) => {
        this.#keep(key, value);
        return value;
      })
      .finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, answer);
    return answer;
  }

  #keep(key: string, value: unknown): void {
    this.#answers.set(key, { value, until: this.#now() + this.#ttlMs });
    if (this.#answers.size <= this.#max) return;
    const [oldest] = this.#answers.keys();
    this.#answers.delete(oldest as string);
  }
}

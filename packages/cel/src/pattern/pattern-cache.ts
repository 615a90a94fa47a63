import { limits } from '../limits.ts';
import { compilePattern, type CompiledPattern } from './compile-pattern.ts';

/** Keeps compiled patterns by their text, the latest ones, up to a total size. */
export class PatternCache {
  readonly #patterns = new Map<string, CompiledPattern>();
  #size = 0;

  get(text: string): CompiledPattern {
    const known = this.#patterns.get(text);
    if (known !== undefined) {
      // A map keeps its order of insertion: what was used last stands last.
      this.#patterns.delete(text);
      this.#patterns.set(text, known);
      return known;
    }
    const pattern = compilePattern(text);
    this.#patterns.set(text, pattern);
    this.#size += pattern.size;
    for (const [oldest, { size }] of this.#patterns) {
      if (this.#size <= limits.patternCache || oldest === text) break;
      this.#patterns.delete(oldest);
      this.#size -= size;
    }
    return pattern;
  }

  /** Counts the patterns that are kept. */
  get count(): number {
    return this.#patterns.size;
  }
}

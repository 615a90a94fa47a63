import { seededRandom } from '../faults/seeded-random.ts';

/** Draws what a seed says. */
export class Random {
  private readonly next: () => number;

  constructor(seed: number) {
    this.next = seededRandom(seed);
    for (let i = 0; i < 4; i++) this.next();
  }

  /** Draws an integer from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** Draws true once in so many times. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  /** Draws one of some. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** Draws so many bytes. */
  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}

/** The upper bounds of the buckets, in seconds; a last one without bound holds the rest. */
const boundsSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

/** Durations as counted so far. `counts` are cumulative, one for each of `boundsSeconds`; `count` has also what is longer than all. */
export interface CountedDurations {
  readonly boundsSeconds: readonly number[];
  readonly counts: readonly number[];
  readonly count: number;
  readonly sumSeconds: number;
}

/** Counts durations in buckets: plain numbers, added to once a batch. */
export class DurationHistogram {
  readonly #buckets = new Float64Array(boundsSeconds.length + 1);
  #sumMs = 0;

  /** Counts one duration in milliseconds. */
  add(ms: number): void {
    const seconds = ms / 1000;
    let bucket = 0;
    while (bucket < boundsSeconds.length && seconds > (boundsSeconds[bucket] as number)) bucket++;
    this.#buckets[bucket] = (this.#buckets[bucket] as number) + 1;
    this.#sumMs += ms;
  }

  /** Returns what was counted, as plain data. */
  snapshot(): CountedDurations {
    let count = 0;
    const cumulative = Array.from(this.#buckets, (inBucket) => (count += inBucket));
    return { boundsSeconds, counts: cumulative.slice(0, -1), count, sumSeconds: this.#sumMs / 1000 };
  }
}

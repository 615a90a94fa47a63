import type { NodeId } from '../record/record-batch.ts';
import { Counters } from './counters.ts';
import { DurationHistogram, type CountedDurations } from './duration-histogram.ts';
import { NodeTotals } from './node-totals.ts';

/** What one run has counted. Each run has its own, so that two in one process never mix; nothing here is touched more than once a batch. */
export class RunStatistics {
  readonly counters = new Counters();
  /** Bytes of keys and values: read by a source, delivered by a sink. */
  readonly bytes = new NodeTotals();
  /** Commits of positions, by source. */
  readonly commits = new NodeTotals();
  readonly failedCommits = new NodeTotals();
  readonly rewinds = new NodeTotals();
  /** Writes that are tried again, by sink. */
  readonly retries = new NodeTotals();
  /** Steps that held the process for so long that they were reported. */
  slowSteps = 0;
  readonly #durations = new Map<NodeId, DurationHistogram>();

  /** Counts how long a batch took in milliseconds: in the stages behind a source, in a write of a sink. */
  took(node: NodeId, ms: number): void {
    let histogram = this.#durations.get(node);
    if (histogram === undefined) this.#durations.set(node, (histogram = new DurationHistogram()));
    histogram.add(ms);
  }

  /** Returns how long batches took, by node. */
  durations(): Readonly<Record<NodeId, CountedDurations>> {
    return Object.fromEntries([...this.#durations].map(([node, histogram]) => [node, histogram.snapshot()]));
  }
}

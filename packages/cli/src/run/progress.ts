import { recordTotals, type RunObservation, type TaskObservation, type TopologyGraph } from '@headrace/core';

/** Describes how far a run is in one line: records read, delivered and failed, the rate, and the share where the sources know it. */
export class Progress {
  readonly #graph: TopologyGraph;
  /** How far each task was when it was last seen; one that is gone has come to its end. */
  readonly #shares = new Map<string, { done: number; total: number } | null>();
  #last: { readonly read: number; readonly at: number } | null = null;

  constructor(graph: TopologyGraph) {
    this.#graph = graph;
  }

  /** Looks at the run at a time in milliseconds; the rate is that since the last look. */
  line(observed: RunObservation, now: number): string {
    const { read, delivered, failed } = recordTotals(this.#graph, observed.records);
    const failures = Object.values(failed).reduce((sum, records) => sum + records, 0);
    const rate = this.#rate(read, now);
    const share = this.#share(observed.tasks);
    const parts = [`${count(read)} read${rate}`, `${count(delivered)} delivered`];
    if (failures > 0) parts.push(`${count(failures)} failed`);
    if (share !== null) parts.push(`${String(Math.floor(share * 100))} %`);
    return `${this.#graph.name}: ${parts.join(', ')}`;
  }

  #rate(read: number, now: number): string {
    const last = this.#last;
    this.#last = { read, at: now };
    if (last === null || now <= last.at) return '';
    return ` (${count(Math.round(((read - last.read) * 1000) / (now - last.at)))}/s)`;
  }

  #share(tasks: readonly TaskObservation[]): number | null {
    const present = new Set(tasks.map(({ task }) => task));
    for (const { task, share } of tasks) this.#shares.set(task, share);
    let [done, total] = [0, 0];
    for (const [task, share] of this.#shares) {
      if (share === null) return null;
      done += present.has(task) ? share.done : share.total;
      total += share.total;
    }
    return total === 0 ? null : Math.min(1, done / total);
  }
}

function count(records: number): string {
  return records.toLocaleString('en-US');
}

import type { RunObservation, TopologyGraph } from '@headrace/core';

/** How long nothing may move in a task that has work, beyond the longest pause that the topology itself allows. */
const patienceMs = 60_000;

/** How many moves a task had made, and since when. */
interface Standing {
  readonly moves: number;
  readonly at: number;
}

/** A task that has work and in which nothing has moved for `ms` milliseconds. */
interface StuckTask {
  readonly task: string;
  readonly ms: number;
  readonly blockedBy: string | null;
}

/**
 * Looks for tasks that have work and in which nothing moves. A sink that refuses and is asked again moves: what it takes part in is in
 * the hands of its retries. A task that a node with a rate holds back does as it was told.
 */
export class Liveness {
  readonly #limitMs: number;
  readonly #paced: ReadonlySet<string>;
  #seen: ReadonlyMap<string, Standing> = new Map();

  constructor(graph: TopologyGraph) {
    const nodes = [...graph.nodes.values()];
    const pauses = nodes.flatMap((node) =>
      node.kind === 'sink' ? [node.retry.maxDelayMs, node.batch.delayMs ?? 0] : [],
    );
    this.#limitMs = patienceMs + Math.max(graph.run.nodeTimeoutMs, ...pauses);
    this.#paced = new Set(
      nodes
        .filter((node) => node.kind === 'operator' && node.definition.traits(node.options).demand !== undefined)
        .map(({ id }) => id),
    );
  }

  /** Returns what is wrong at this time (milliseconds that never go backwards), or null. It knows what moves from call to call. */
  check(observed: RunObservation, now: number): string | null {
    const stuck = this.stuckTask(observed, now);
    if (stuck === null) return null;
    const where = stuck.blockedBy === null ? '' : `; it waits for "${stuck.blockedBy}"`;
    return `task "${stuck.task}" has work and has not moved for ${String(Math.round(stuck.ms / 1000))} s${where}`;
  }

  /** Returns the first task that is stuck, for how long and at which node; null where none is. Like `check` it looks from call to call. */
  stuckTask({ tasks }: RunObservation, now: number): StuckTask | null {
    const seen = new Map<string, Standing>();
    let stuck: StuckTask | null = null;
    for (const { task, incarnation, busy, moves, blockedBy } of tasks) {
      const name = `${task} ${String(incarnation)}`;
      const before = this.#seen.get(name);
      const mayRest = !busy || (blockedBy !== null && this.#paced.has(blockedBy));
      const still = before !== undefined && before.moves === moves && !mayRest;
      const at = still ? before.at : now;
      seen.set(name, { moves, at });
      if (now - at < this.#limitMs) continue;
      stuck ??= { task, ms: now - at, blockedBy };
    }
    this.#seen = seen;
    return stuck;
  }
}

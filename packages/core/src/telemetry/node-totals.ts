import type { NodeId } from '../record/record-batch.ts';

/** Adds up one number a node. */
export class NodeTotals {
  readonly #totals = new Map<NodeId, number>();

  add(node: NodeId, amount: number): void {
    this.#totals.set(node, (this.#totals.get(node) ?? 0) + amount);
  }

  /** Returns all totals as plain data; nodes that nothing was added to are absent. */
  snapshot(): Readonly<Record<NodeId, number>> {
    return Object.fromEntries(this.#totals);
  }
}

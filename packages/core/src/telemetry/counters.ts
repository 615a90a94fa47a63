import type { NodeId, Port } from '../record/record-batch.ts';

/** Takes counts of records by node and port. */
export interface CountSink {
  add(node: NodeId, port: Port, records: number): void;
}

/** Counts records by node and port, and by reason where they end; plain numbers, added to once a batch. */
export class Counters implements CountSink {
  readonly #nodes = new Map<NodeId, Map<string, number>>();

  /** Adds records that left a node by a port (or, for a sink, were `delivered`). */
  add(node: NodeId, port: Port, records: number): void {
    let ports = this.#nodes.get(node);
    if (ports === undefined) this.#nodes.set(node, (ports = new Map()));
    ports.set(port, (ports.get(port) ?? 0) + records);
  }

  /** Returns how many records left a node by a port. */
  get(node: NodeId, port: Port): number {
    return this.#nodes.get(node)?.get(port) ?? 0;
  }

  /** Returns all counts as plain data, nodes in the order of their first record. */
  snapshot(): Record<NodeId, Record<Port, number>> {
    const result: Record<NodeId, Record<Port, number>> = {};
    for (const [node, ports] of this.#nodes) result[node] = Object.fromEntries(ports);
    return result;
  }
}

import type { NodeId } from '../record/record-batch.ts';

/** The cells of the memory that the thread that runs nodes shares with the one that looks on; one more for each node follows. */
export const turnCells = {
  /** Grows as long as the event loop turns. */
  beats: 0,
  /** The number of the node that was entered last; 0 for none. */
  node: 1,
  /** 1 when the run is to stop. */
  stopping: 2,
  /** How many of the looks of the present standstill saw no node; those that saw node n stand n cells further on. */
  seen: 3,
} as const;

/**
 * Says which node a process is at, at the cost of one write of a number for each node that a record enters. Another thread may look on
 * while this one stands still, and counts what it sees.
 */
export class TurnMarks {
  /** The nodes by their numbers less one. */
  readonly nodes: readonly NodeId[];
  /** Memory that may be shared with another thread. */
  readonly cells: Int32Array;
  readonly #numbers: ReadonlyMap<NodeId, number>;

  /** Makes marks for these nodes, in memory that threads can share. */
  constructor(nodes: readonly NodeId[]) {
    this.nodes = nodes;
    this.#numbers = new Map(nodes.map((node, index) => [node, index + 1]));
    this.cells = new Int32Array(new SharedArrayBuffer(4 * (turnCells.seen + 1 + nodes.length)));
  }

  /** Returns the number of a node, 0 where it has none. */
  numberOf(node: NodeId): number {
    return this.#numbers.get(node) ?? 0;
  }

  /** Returns the node that was seen most in the standstill that is just over; null where nobody looked, or no node was at work. */
  seenMost(): NodeId | null {
    let most = 0;
    let found: NodeId | null = null;
    this.nodes.forEach((node, index) => {
      const seen = Atomics.load(this.cells, turnCells.seen + 1 + index);
      if (seen > most) [most, found] = [seen, node];
    });
    return found;
  }
}

/** Makes what notes that a node is at work, where that is noted. */
export function marker(node: NodeId, marks: TurnMarks | undefined): () => void {
  if (marks === undefined) return () => {};
  const { cells } = marks;
  const number = marks.numberOf(node);
  return () => {
    cells[turnCells.node] = number;
  };
}

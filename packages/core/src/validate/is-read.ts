import type { NodeId } from '../record/record-batch.ts';
import type { Wiring } from '../graph/wiring.ts';

/** Tells whether an input means a node, by any of its ports, or would if it were spelt right. */
export function isRead(wiring: Wiring, id: NodeId): boolean {
  return wiring.meant.has(id);
}

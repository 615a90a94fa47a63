import type { StageOp } from '../component/stage-op.ts';
import type { NodeId, Port } from '../record/record-batch.ts';

/** A node inside a stage: its steps, and where each port leads (a node, or the number of an exit). */
export interface StageNode {
  readonly ops: readonly StageOp[];
  readonly ports: Readonly<Record<Port, readonly (NodeId | number)[]>>;
  /** What happens to a record that fails here where the port `error` leads nowhere. */
  readonly onError: 'fail' | 'skip';
}

/** A set of synchronous nodes with one input: what runs in one go, as data. */
export interface Stage {
  readonly head: NodeId;
  readonly exits: number;
  readonly nodes: Readonly<Record<NodeId, StageNode>>;
}

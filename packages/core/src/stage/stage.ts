import type { StageOp } from '../component/stage-op.ts';
import type { FailureStage } from '../record/failure.ts';
import type { NodeId, Port } from '../record/record-batch.ts';

/** What happens to a record that fails: it stops the run, it is counted and left out, or it leaves by the exit of this number. */
export type FailureRoute = 'fail' | 'skip' | { readonly exit: number };

/** A node inside a stage: its steps, and where each port leads (a node, or the number of an exit). */
export interface StageNode {
  /** The node whose input this one makes fit: it fails as that node, and what it takes and gives is counted there only. */
  readonly before?: NodeId;
  readonly ops: readonly StageOp[];
  readonly ports: Readonly<Record<Port, readonly (NodeId | number)[]>>;
  /** What happens to a record that fails here where the port `error` leads nowhere. */
  readonly onError: FailureRoute;
  /** Whether it only lets in what left by a port of another node, which has counted it. */
  readonly isPort?: boolean;
  /** Whether its exits take with each record what it was when it came into the node. */
  readonly keepsInput?: boolean;
  /** What differs from `onError` by the kind of failure, since one node may decode, process and deliver. */
  readonly onErrorOf?: Readonly<Partial<Record<FailureStage, FailureRoute>>>;
}

/** A set of synchronous nodes with one input: what runs in one go, as data. */
export interface Stage {
  readonly head: NodeId;
  readonly exits: number;
  readonly nodes: Readonly<Record<NodeId, StageNode>>;
}

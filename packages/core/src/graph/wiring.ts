import type { Path } from '../component/finding.ts';
import type { PortSpec } from '../component/operator.ts';
import type { CheckedNode } from '../definition/checked-definition.ts';
import type { NodeId } from '../record/record-batch.ts';
import type { InputEdge } from './topology-graph.ts';

/** An input that leads to an output that exists, and where it is written. */
export interface WiredInput extends InputEdge {
  readonly at: Path;
}

/** A node among its neighbours, before types are known. */
export interface WiredNode {
  readonly node: CheckedNode;
  readonly inputs: readonly WiredInput[];
  /** Whether every input that is written leads somewhere. */
  readonly complete: boolean;
  /** All ports but `error`; null where the node's mistakes keep them from being known. */
  readonly ports: readonly PortSpec[] | null;
}

/** The topology as a graph of ids and ports. */
export interface Wiring {
  /** By id, in the order of the file; of nodes with the same id the first. */
  readonly nodes: ReadonlyMap<NodeId, WiredNode>;
  /** Nodes that an input means, even where its port is wrong or its id is only close. */
  readonly meant: ReadonlySet<NodeId>;
  /** The same for ports, as `id.port`. */
  readonly meantPorts: ReadonlySet<string>;
  /** How many inputs name nothing that is there or spelt alike: each may have meant any node. */
  readonly unclear: number;
}

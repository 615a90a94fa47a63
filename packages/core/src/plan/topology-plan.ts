import type { Encoding } from '../component/encoding.ts';
import type { SinkNode, SourceNode, OperatorNode, TopologyGraph } from '../graph/topology-graph.ts';
import type { NodeId, Port } from '../record/record-batch.ts';
import type { Stage } from '../stage/stage.ts';
import type { ValueType } from '../types/edge-type.ts';

/** Where an exit of a stage leads, and how its rows are encoded on the way. */
export type PlannedExit =
  | { readonly kind: 'stage'; readonly stage: number }
  | { readonly kind: 'async'; readonly node: NodeId }
  | {
      readonly kind: 'sink';
      readonly sink: NodeId;
      readonly key: WritePlan | null;
      readonly value: WritePlan;
      /** Whether what the records were at the sink goes with them, since somebody reads its port `error`. */
      readonly keeps: boolean;
    }
  | {
      readonly kind: 'deadLetter';
      readonly sink: NodeId;
      readonly as: 'bytes' | 'envelope';
      readonly key: WritePlan | null;
      readonly value: WritePlan;
    };

/** How values of one type are written. */
export interface WritePlan {
  readonly encoding: Encoding;
  readonly from: ValueType;
}

/** A stage with its place in the topology. `reads`: how keys and values lie at its head; null where they come decoded. */
export interface PlannedStage {
  readonly number: number;
  readonly stage: Stage;
  readonly reads: { readonly key: Encoding | null; readonly value: Encoding; readonly tombstones: boolean } | null;
  readonly exits: readonly PlannedExit[];
}

/** Where a port of an asynchronous node leads: a stage, which may be that of dead letters, or nowhere with what that means. */
export type AsyncPort =
  { readonly stage: number; readonly letters?: boolean } | { readonly unconnected: 'count' | 'fail' | 'skip' };

/** An asynchronous node and the stages behind its ports. */
export interface PlannedAsyncNode {
  readonly node: OperatorNode;
  readonly ports: Readonly<Record<Port, AsyncPort>>;
}

/** A source, the stage that its records enter, and the sinks and asynchronous nodes that they can reach. */
export interface PlannedSource {
  readonly node: SourceNode;
  readonly stage: number;
  readonly reaches: {
    readonly stages: readonly number[];
    readonly asyncNodes: readonly NodeId[];
    readonly sinks: readonly NodeId[];
  };
}

/** Where a batch can be, in order of flow: the head, each asynchronous node, each sink. `above` lists what can still send to it; a sink sends what it refuses. */
export interface PlannedPlace {
  readonly node: NodeId | null;
  readonly kind: 'head' | 'async' | 'sink';
  readonly above: readonly number[];
  /** Whether the place holds each epoch until it says that it is through: a sink until durable, a node subscribed per epoch until it has completed. */
  readonly holds: boolean;
}

/** What runs: stages joined by asynchronous nodes, and the sinks at their ends. Plain data; no RxJS. */
export interface TopologyPlan {
  readonly graph: TopologyGraph;
  readonly sources: readonly PlannedSource[];
  readonly stages: readonly PlannedStage[];
  readonly asyncNodes: ReadonlyMap<NodeId, PlannedAsyncNode>;
  readonly sinks: ReadonlyMap<NodeId, SinkNode>;
  /** The stages behind the port `error` of sinks where somebody reads it, by sink. */
  readonly sinkErrors: ReadonlyMap<NodeId, number>;
  /** The places of a task, by the source that it reads. */
  readonly places: ReadonlyMap<NodeId, readonly PlannedPlace[]>;
}

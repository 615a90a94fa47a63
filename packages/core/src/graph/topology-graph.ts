import type { CelType } from '@headrace/cel';
import type { Expression } from '../component/contexts.ts';
import type { Encoding } from '../component/encoding.ts';
import type { OperatorDefinition } from '../component/operator.ts';
import type { SinkDefinition } from '../component/sink.ts';
import type { SourceDefinition } from '../component/source.ts';
import type { StageOp } from '../component/stage-op.ts';
import type { UserFunction } from '../component/user-function.ts';
import type { ClusterDefinition, ErrorPolicy } from '../definition/topology-definition.ts';
import type { NodeId, Port } from '../record/record-batch.ts';
import type { EdgeType, ValueType } from '../types/edge-type.ts';

/** Where a node reads from. */
export interface InputEdge {
  readonly node: NodeId;
  readonly port: Port;
  /** The type of the values that come from there, where that is not the node's: each is made wider on its way. */
  readonly widens?: ValueType;
}

/** The policies of a node, with the topology's filled in. */
export type ResolvedPolicies = Readonly<Record<'decode' | 'process' | 'deliver', ErrorPolicy>>;

/** How a failed delivery is tried again; times in milliseconds. */
export interface RetryOptions {
  readonly attempts: number;
  readonly delayMs: number;
  readonly maxDelayMs: number;
  /** How long in all; null for no limit but `attempts`. */
  readonly forMs: number | null;
}

/** How a sink's records are gathered before a write; null where the sink decides. */
export interface BatchOptions {
  readonly records: number | null;
  readonly bytes: number | null;
  readonly delayMs: number | null;
}

/** How a sink is written to. */
export interface SinkSettings {
  readonly retry: RetryOptions;
  /** Whether an epoch waits for this sink. */
  readonly required: boolean;
  readonly batch: BatchOptions;
}

/** The id of the sink that is made of `run.deadLetter.topic`; no author can write it. */
export const deadLetterSink: NodeId = '$deadLetter';

interface NodeBase {
  readonly id: NodeId;
  readonly type: string;
  /** The component's own options, parameters filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly policies: ResolvedPolicies;
  /** The id that the node had before. */
  readonly renamedFrom?: string;
  /** What it does to each record, for synchronous nodes; a sink's run before encoding. */
  readonly ops: readonly StageOp[];
}

/** A source of the graph. `outputs` has `out` and `error`. */
export interface SourceNode extends NodeBase {
  readonly kind: 'source';
  readonly definition: SourceDefinition;
  readonly outputs: Readonly<Record<Port, EdgeType>>;
  readonly key: Encoding | null;
  readonly value: Encoding;
}

/** An operator of the graph. `outputs` has its ports and `error`. */
export interface OperatorNode extends NodeBase {
  readonly kind: 'operator';
  readonly definition: OperatorDefinition;
  /** Its expressions, by their path in the options as JSON: what an asynchronous node evaluates. */
  readonly expressions: ReadonlyMap<string, Expression>;
  readonly inputs: readonly InputEdge[];
  readonly input: EdgeType;
  readonly outputs: Readonly<Record<Port, EdgeType>>;
}

/** A sink of the graph. `written` is what `ops` make of `input`: the type that is encoded. `outputs` has `error` alone. */
export interface SinkNode extends NodeBase, SinkSettings {
  readonly kind: 'sink';
  readonly definition: SinkDefinition;
  readonly inputs: readonly InputEdge[];
  readonly input: EdgeType;
  readonly outputs: Readonly<Record<Port, EdgeType>>;
  readonly written: EdgeType;
  readonly key: Encoding | null;
  readonly value: Encoding;
}

/** A node of the graph. */
export type GraphNode = SourceNode | OperatorNode | SinkNode;

/** The `run` section with defaults filled in; times in milliseconds, sizes in bytes. */
export interface RunSettings {
  readonly guarantee: 'at-least-once' | 'best-effort';
  readonly commitIntervalMs: number;
  readonly memoryBytes: number;
  readonly drainTimeoutMs: number;
  readonly nodeTimeoutMs: number;
  readonly stateDirectory: string;
  /** Where dead letters go: a sink's id (`$deadLetter` for a topic), or null for nowhere. */
  readonly deadLetter: NodeId | null;
}

/** A parameter with its value; `value` is undefined where it is not set. */
export interface Parameter {
  readonly name: string;
  readonly type: CelType;
  readonly secret: boolean;
  readonly value: unknown;
}

/** A topology that `validate` accepted: typed nodes in topological order. Plain data; no RxJS. */
export interface TopologyGraph {
  readonly name: string;
  readonly group: string;
  /** The name that the topology had before. */
  readonly renamedFrom?: string;
  /** The folder that paths of the topology resolve from. */
  readonly directory: string;
  readonly nodes: ReadonlyMap<NodeId, GraphNode>;
  readonly run: RunSettings;
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** Every function that nodes call: `loadFunctions` binds them before the topology runs. */
  readonly functions: readonly UserFunction[];
  /** The cluster of the Kafka nodes, or null. */
  readonly cluster: ClusterDefinition | null;
}

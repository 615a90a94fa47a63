import type { Observable } from 'rxjs';
import type { TSchema } from 'typebox';
import type { Port, RecordBatch } from '../record/record-batch.ts';
import type { EdgeType } from '../types/edge-type.ts';
import type { StageOp } from './stage-op.ts';
import type { AsyncNodeContext, InferContext, LowerContext } from './contexts.ts';
import type { Example } from './example.ts';
import type { NewRecord } from './record-view.ts';

/** A store that a node keeps; built with stateful operators. */
export interface StoreSpec {
  readonly name: string;
}

/** What an operator does to key and order, and what it holds. */
export interface OperatorTraits {
  readonly key: 'keeps' | 'changes' | 'requires';
  readonly order: 'keeps' | 'loses';
  readonly holds: 'nothing' | 'epoch' | 'state';
  readonly deterministic: boolean;
  readonly stores: readonly StoreSpec[];
  readonly demand?: { readonly perSecond: number };
}

/**
 * A function from batches to batches with their ports. One that holds `epoch` is subscribed once per epoch and its input completes
 * at the end; what it took and made is released then. Any other is subscribed once per incarnation, and releases what it takes and
 * does not pass on.
 */
export type AsyncNode = (
  input: Observable<RecordBatch>,
  run: NodeRun,
) => Observable<{ port: Port; batch: RecordBatch }>;

/** What an asynchronous node gets at each subscription. */
export interface NodeRun {
  /** Makes a batch of new records for a port, in the epoch of what the node has taken. What a record leaves out is as in the last record taken. */
  batch(port: Port, records: Iterable<NewRecord>): RecordBatch;
}

/** An operator as the registry knows it: exactly one of `lower` (synchronous) and `create` (asynchronous). */
export interface OperatorDefinition<O = any> {
  readonly kind: 'operator';
  readonly type: string;
  readonly summary: string;
  readonly options: TSchema;
  readonly examples: readonly Example<O>[];
  /** Lists the ports besides `error`; a default port is named `out`. A port that is usual to leave open is not reported when nobody reads it. */
  ports(options: O): readonly PortSpec[];
  /** Types its ports (all but `error`); pure but for what it reports. Null where findings keep it from being known. */
  infer(options: O, input: EdgeType, context: InferContext): Readonly<Record<Port, EdgeType>> | null;
  traits(options: O): OperatorTraits;
  lower?(options: O, context: LowerContext): StageOp[];
  create?(options: O, context: AsyncNodeContext): AsyncNode;
}

/** A port that an operator declares. `quiet`: leaving it unconnected is usual, as with a filter's `dropped`. */
export interface PortSpec {
  readonly port: Port;
  readonly quiet: boolean;
}

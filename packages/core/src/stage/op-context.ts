import type { Decoder } from '../component/encoding.ts';
import type { NodeId, Port } from '../record/record-batch.ts';
import type { NewRow } from './new-row.ts';
import type { RecordNames } from './record-names.ts';
import type { StageRow } from './stage-row.ts';

/** The record goes on to the next step of its node. */
export const goesOn = -1;
/** The record leaves by all the ports that the step has listed in `chosen`. */
export const leavesBySeveral = -2;

/** The step has made new records, which are listed in `emitted` with their ports. */
export const leavesAsMany = -3;
/** The step has made none: the record ends here. */
export const leavesNowhere = -4;

/** A record that a step has made, and the number of the port that it leaves by. */
export interface EmittedRow extends NewRow {
  readonly port: number;
}

/** Does one step on the record: returns the number of the port that it leaves by, or one of those above. */
export type RunOp = () => number;

/** What steps of one node share. */
export interface OpContext {
  readonly row: StageRow;
  readonly names: RecordNames;
  /** The ports that a step chose, where it chose several. */
  readonly chosen: number[];
  /** The records that a step made, where it made new ones. */
  readonly emitted: EmittedRow[];
  readonly node: NodeId;
  readonly topology: string;
  /** Decodes JSON of any type. */
  readonly json: Decoder;
  /** Returns milliseconds that never go backwards. */
  now(): number;
  /** Returns the time of day in epoch milliseconds. */
  wallNow(): number;
  /** Returns the number of a port of the node. */
  port(name: Port): number;
}

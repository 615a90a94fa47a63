import type { Port } from '../record/record-batch.ts';
import type { RecordNames } from './record-names.ts';
import type { StageRow } from './stage-row.ts';

/** The record goes on to the next step of its node. */
export const goesOn = -1;
/** The record leaves by all the ports that the step has listed in `chosen`. */
export const leavesBySeveral = -2;

/** Does one step on the record: returns the number of the port that it leaves by, or one of the two above. */
export type RunOp = () => number;

/** What steps of one node share. */
export interface OpContext {
  readonly row: StageRow;
  readonly names: RecordNames;
  /** The ports that a step chose, where it chose several. */
  readonly chosen: number[];
  /** Returns the number of a port of the node. */
  port(name: Port): number;
}

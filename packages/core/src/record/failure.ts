import type { NodeId, Split } from './record-batch.ts';

/** The places where a record can fail: reading its bytes, a node's own work, or a sink. */
export type FailureStage = 'decode' | 'process' | 'deliver';

/** Says why a record failed and where it came from; the `error.*` of expressions and the headers of dead letters. */
export interface Failure {
  readonly node: NodeId;
  readonly stage: FailureStage;
  readonly code: string;
  readonly message: string;
  readonly source: NodeId;
  readonly split: Split;
  readonly offset: number;
  readonly timestamp: number;
  readonly attempts: number;
}

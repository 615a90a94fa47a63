import type { Failure, FailureStage } from '../record/failure.ts';
import type { NodeId } from '../record/record-batch.ts';
import type { StageRow } from './stage-row.ts';

const codes: Readonly<Record<FailureStage, string>> = {
  decode: 'NOT_DECODABLE',
  process: 'PROCESS_FAILED',
  deliver: 'NOT_ENCODABLE',
};
const longest = 1000;

/** Returns the code of what was thrown; one that has none takes that of the stage of failure. */
export function codeOf(thrown: unknown, stage: FailureStage): string {
  const code = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' ? code : codes[stage];
}

/** Describes what was thrown while a node was at work on a record; the row is as it came into the node. */
export function failureOf(row: StageRow, node: NodeId, stage: FailureStage, thrown: unknown): Failure {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    node,
    stage,
    code: codeOf(thrown, stage),
    message: message.length > longest ? `${message.slice(0, longest)}…` : message,
    source: row.from.source,
    split: row.from.split,
    offset: row.offset,
    timestamp: row.timestamp,
    attempts: 1,
  };
}

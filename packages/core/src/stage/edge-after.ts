import type { StageOp } from '../component/stage-op.ts';
import type { EdgeType } from '../types/edge-type.ts';
import { keyTypeOf } from '../component/key-type.ts';

/** Gives the type of what a node's steps make of the records of an edge, for those that go on to its default port. */
export function edgeAfter(ops: readonly StageOp[], edge: EdgeType): EdgeType {
  return ops.reduce(after, edge);
}

function after(edge: EdgeType, op: StageOp): EdgeType {
  if (op.op === 'key') return { ...edge, key: keyTypeOf(op.by, edge), partitionedBy: 'unknown' };
  if (op.op !== 'project') return edge;
  const keyed: EdgeType =
    op.key === undefined ? edge : { ...edge, key: keyTypeOf(op.key, edge), partitionedBy: 'unknown' };
  return { ...keyed, value: op.output, tombstones: edge.tombstones || op.deleteWhen !== undefined };
}

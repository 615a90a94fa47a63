import { nonNull } from '@headrace/cel';
import type { StageOp } from '../component/stage-op.ts';
import { avroTypeOf } from '../types/avro-type-of.ts';
import { dynamic } from '../types/edge-type.ts';
import type { EdgeType, ValueType } from '../types/edge-type.ts';
import type { Expression } from '../component/contexts.ts';

/** Gives the type that records of an edge have after the ops of a sink or a source. */
export function applyOps(edge: EdgeType, ops: readonly StageOp[]): EdgeType {
  return ops.reduce(applyOp, edge);
}

function applyOp(edge: EdgeType, op: StageOp): EdgeType {
  if (op.op === 'project') return { ...edge, value: op.output };
  if (op.op === 'key') return { ...edge, key: keyTypeOf(edge, op.by), partitionedBy: 'unknown' };
  return edge;
}

// A field that becomes the key as it is keeps its schema; null keys leave by a port of their own.
function keyTypeOf(edge: EdgeType, by: Expression): ValueType {
  const { tree } = by;
  const field =
    tree.kind === 'variable' && edge.value.kind === 'record'
      ? edge.value.fields.find(({ name }) => name === tree.name)?.type
      : undefined;
  if (field !== undefined && field.kind !== 'union') return field;
  return avroTypeOf(nonNull(by.type)) ?? dynamic;
}

import { nonNullBranch } from '@headrace/avro';
import type { Field, Schema } from '@headrace/avro';
import type { FieldPath, ProjectSource, StageOp } from '../component/stage-op.ts';
import { avroTypeOf } from '../types/avro-type-of.ts';
import { dynamic, isDynamic } from '../types/edge-type.ts';
import type { EdgeType, ValueType } from '../types/edge-type.ts';

/** Gives the type that records of an edge have after the ops of a sink. */
export function applyOps(edge: EdgeType, ops: readonly StageOp[]): EdgeType {
  return ops.reduce(applyOp, edge);
}

function applyOp(edge: EdgeType, op: StageOp): EdgeType {
  if (op.op === 'key') return withKey(edge, op.by, edge.value);
  if (op.op !== 'project') return edge;
  const projected = { ...edge, value: op.output };
  return op.key === undefined ? projected : withKey(projected, op.key, edge.value);
}

function withKey(edge: EdgeType, by: ProjectSource, incoming: ValueType): EdgeType {
  const type = sourceType(by, incoming);
  return { ...edge, key: isDynamic(type) ? type : withoutNull(type), partitionedBy: 'unknown' };
}

// A null key is a record without one, whatever the key's schema.
function withoutNull(type: Schema): Schema {
  return nonNullBranch(type) ?? type;
}

// A field that becomes the key as it is keeps its schema.
function sourceType(source: ProjectSource, value: ValueType): ValueType {
  if ('copy' in source) return fieldType(value, source.copy);
  if ('record' in source) return recordType(source.record, value);
  const { tree } = source;
  if (tree.kind === 'variable' && value.kind === 'record') {
    const field = value.fields.find(({ name }) => name === tree.name);
    if (field !== undefined) return field.type;
  }
  return avroTypeOf(source.type) ?? dynamic;
}

function fieldType(value: ValueType, path: FieldPath): ValueType {
  let type: ValueType = value;
  for (const name of path) {
    const record: ValueType = isDynamic(type) ? type : withoutNull(type);
    const field: Field | undefined =
      record.kind === 'record' ? record.fields.find((one) => one.name === name) : undefined;
    if (field === undefined) return dynamic;
    type = field.type;
  }
  return type;
}

function recordType(sources: readonly (readonly [string, ProjectSource])[], value: ValueType): ValueType {
  const fields: Field[] = [];
  for (const [name, source] of sources) {
    const type = sourceType(source, value);
    if (isDynamic(type)) return dynamic;
    fields.push({ name, type, aliases: [] });
  }
  return { kind: 'record', name: null, fields };
}

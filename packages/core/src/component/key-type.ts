import { nonNullBranch, type Field, type RecordSchema, type Schema } from '@headrace/avro';
import { nonNull, type CheckedNode } from '@headrace/cel';
import type { Expression } from './contexts.ts';
import { isFunctionCall } from './function-call.ts';
import type { FieldPath, ProjectField, ProjectSource } from './stage-op.ts';
import { avroTypeOf } from '../types/avro-type-of.ts';
import { dynamic, isDynamic, type EdgeType, type ValueType } from '../types/edge-type.ts';

/**
 * Gives the type of a key that is made of the records of an edge. A field keeps its Avro type, so that a key by a field is the same
 * bytes as the field; symbols of an enum become text; what is computed takes the type of its expression, dynamic where that is
 * open. A key is never of a nullable type: any key may be null.
 */
export function keyTypeOf(by: ProjectSource, edge: EdgeType): ValueType {
  if ('record' in by) return keyRecord(by.record, edge) ?? dynamic;
  const type = sourceType(by, edge);
  return type === null || isDynamic(type) ? dynamic : asKey(type);
}

function keyRecord(fields: readonly ProjectField[], edge: EdgeType): RecordSchema | null {
  const result: Field[] = [];
  for (const [name, source] of fields) {
    const type = 'record' in source ? keyRecord(source.record, edge) : sourceType(source, edge);
    if (type === null || isDynamic(type)) return null;
    result.push({ name, type, aliases: [] });
  }
  return { kind: 'record', name: null, fields: result };
}

function sourceType(source: Exclude<ProjectSource, { record: unknown }>, edge: EdgeType): ValueType | null {
  if ('copy' in source) return typeAt(edge.value, source.copy);
  return schemaOf(source, edge);
}

/** Gives the type of what an expression makes: that of a field which it only reads, else what follows from its own; null where that is open. */
export function schemaOf(expression: Expression, edge: EdgeType): ValueType | null {
  if (isFunctionCall(expression)) return expression.returns;
  return fieldType(expression.tree, edge) ?? avroTypeOf(nonNull(expression.type));
}

function asKey(schema: Schema): Schema {
  const type = nonNullBranch(schema) ?? schema;
  return type.kind === 'enum' ? { kind: 'string' } : type;
}

// The Avro type of an expression that does nothing but read a field or the key.
function fieldType(tree: CheckedNode, edge: EdgeType): ValueType | null {
  const path = pathOf(tree);
  if (path === null) return null;
  const [first, second, ...rest] = path;
  if (first === 'params') return null;
  if (first === 'record') {
    if (second === 'value') return typeAt(edge.value, rest);
    return second === 'key' && rest.length === 0 ? edge.key : null;
  }
  if (first === 'key' && second === undefined) return edge.key;
  if (first === 'value') return typeAt(edge.value, path.slice(1));
  return typeAt(edge.value, path);
}

function pathOf(tree: CheckedNode): readonly string[] | null {
  if (tree.kind === 'variable') return [tree.name];
  if (tree.kind === 'required') return pathOf(tree.operand);
  if (tree.kind !== 'field') return null;
  const front = pathOf(tree.target);
  return front === null ? null : [...front, tree.name];
}

function typeAt(type: ValueType, path: FieldPath): ValueType | null {
  let at: ValueType = type;
  for (const name of path) {
    const record: ValueType = isDynamic(at) ? at : (nonNullBranch(at) ?? at);
    if (record.kind !== 'record') return null;
    const field: Field | undefined = record.fields.find((each) => each.name === name);
    if (field === undefined) return null;
    at = field.type;
  }
  return at;
}

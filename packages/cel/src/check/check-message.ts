import { suggest } from '../suggest.ts';
import type { FieldNode, Node, Span } from '../syntax/node.ts';
import { STRING, acceptsNull, listOf, mapOf, optionalOf, type CelType } from '../types/cel-type.ts';
import { formatType } from '../types/format-type.ts';
import { isAssignable } from '../types/is-assignable.ts';
import { nonNull } from '../types/non-null.ts';
import type { BuildableRecord } from '../environment.ts';
import { checkSymbol } from './check-equality.ts';
import type { CheckedField, CheckedNode } from './checked.ts';
import type { Context } from './context.ts';
import { requirePresent } from './require.ts';
import { namesIn } from './resolve-name.ts';
import { widenTo } from './widen-to.ts';

type MessageNode = Node & { kind: 'message' };

/** Checks the building of a record, `Geo{country: 'ZZ'}`: every field that has no default and is never null must be there. */
export function checkMessage(context: Context, node: MessageNode): CheckedNode {
  const record = findRecord(context, node);
  if (record === null) {
    for (const field of node.fields) context.value(field.value);
    const known = [...(context.environment.records?.keys() ?? [])];
    const near = suggest(node.name, known);
    return context.error('UNKNOWN_RECORD', `there is no record type "${node.name}" in scope.`, node.nameSpan, near);
  }
  const written = new Map<string, CheckedField>();
  for (const field of node.fields) {
    const checked = checkField(context, record, field);
    if (written.has(field.name))
      context.error('DUPLICATE_FIELD', `field "${field.name}" stands twice.`, field.nameSpan);
    if (checked !== null) written.set(field.name, checked);
  }
  const fields = [...record.type.fields].map(([name, type]) => written.get(name) ?? leftOut(record, name, type, node));
  const missing = fields.flatMap((field, i) => (field === null ? [[...record.type.fields.keys()][i]!] : []));
  // A field that is spelt wrong is one mistake, not an unknown one and a missing one.
  const misspelt = node.fields
    .filter(({ name }) => !record.type.fields.has(name))
    .map(({ name }) => suggest(name, record.type.fields.keys()));
  const unwritten = missing.filter(
    (name) => !node.fields.some((field) => field.name === name) && !misspelt.includes(name),
  );
  if (unwritten.length > 0) {
    const list = unwritten.map((name) => `"${name}"`).join(', ');
    const message = `"${node.name}" needs a value for ${list}: it has no default and is never null.`;
    return context.error('MISSING_FIELD', message, node.nameSpan);
  }
  const complete = fields.filter((field) => field !== null);
  return { kind: 'record', fields: complete, type: record.type, start: node.start, end: node.end };
}

function findRecord(context: Context, node: MessageNode): BuildableRecord | null {
  const { records, container } = context.environment;
  for (const name of namesIn(container, node.name, node.absolute)) {
    const record = records?.get(name);
    if (record !== undefined) return record;
  }
  return null;
}

function checkField(context: Context, record: BuildableRecord, field: FieldNode): CheckedField | null {
  const { name, nameSpan, optional } = field;
  const value = context.value(field.value);
  const type = record.type.fields.get(name);
  if (type === undefined) {
    const near = suggest(name, record.type.fields.keys());
    context.error(
      'UNKNOWN_FIELD',
      `field "${name}" does not exist on "${record.type.name ?? 'the record'}".`,
      nameSpan,
      near,
    );
    return null;
  }
  const fitting = fit(context, value, optional ? optionalOf(nonNull(type)) : type, name);
  const otherwise = defaultOf(record, name, type);
  if (!optional) return { name, value: fitting, optional, otherwise: undefined };
  if (otherwise !== undefined) return { name, value: fitting, optional, otherwise };
  const message = `field "${name}" has no default and is never null, so that its value cannot be an optional.`;
  context.error('TYPE_MISMATCH', message, nameSpan);
  return null;
}

// A value of type dyn is looked at at run time, and text that may be a symbol of an enum.
function fit(context: Context, value: CheckedNode, type: CelType, name: string): CheckedNode {
  const present = acceptsNull(type) ? value : requirePresent(context, value);
  if (present.type.kind === 'error') return present;
  if (present.type.kind === 'dyn') return narrowed(present, type);
  const wanted = withoutSymbols(type);
  if (isAssignable(present.type, wanted)) {
    checkSymbol(context, present, type.kind === 'optional' ? type.of : type);
    return isAssignable(present.type, type) ? widenTo(present, type) : narrowed(present, type);
  }
  const held = nonNull(type.kind === 'optional' ? type.of : type);
  if (held.kind === 'double' && present.type.kind === 'int') {
    const text = context.textOf(value);
    const instead = present.kind === 'constant' ? `${text}.0` : `double(${text})`;
    return context.error('TYPE_MISMATCH', `field "${name}" takes double, not int; write ${instead}.`, value, instead);
  }
  const message = `field "${name}" takes ${formatType(type)}, not ${formatType(present.type)}.`;
  return context.error('TYPE_MISMATCH', message, value);
}

function narrowed(node: CheckedNode, type: CelType): CheckedNode {
  if (type.kind === 'dyn') return node;
  return { kind: 'narrow', operand: node, type, start: node.start, end: node.end };
}

function withoutSymbols(type: CelType): CelType {
  switch (type.kind) {
    case 'string':
      return STRING;
    case 'nullable':
      return { kind: 'nullable', of: withoutSymbols(type.of) };
    case 'optional':
      return optionalOf(withoutSymbols(type.of));
    case 'list':
      return listOf(withoutSymbols(type.element));
    case 'map':
      return mapOf(type.key, withoutSymbols(type.value));
    default:
      return type;
  }
}

function leftOut(record: BuildableRecord, name: string, type: CelType, span: Span): CheckedField | null {
  const value = defaultOf(record, name, type);
  if (value === undefined) return null;
  const { start, end } = span;
  const constant: CheckedNode = { kind: 'constant', value, type, start, end };
  return { name, value: constant, optional: false, otherwise: undefined };
}

function defaultOf(record: BuildableRecord, name: string, type: CelType): unknown {
  const value = record.defaults?.get(name);
  return value === undefined && acceptsNull(type) ? null : value;
}

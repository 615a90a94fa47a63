import { overloadsOf } from '../functions/table.ts';
import { suggest } from '../suggest.ts';
import type { Node, Span } from '../syntax/node.ts';
import { DYN, ERROR, TYPE, acceptsNull, isNumeric, isOpen, optionalOf, type CelType } from '../types/cel-type.ts';
import { formatType } from '../types/format-type.ts';
import { nonNull } from '../types/non-null.ts';
import { typeNames } from '../values/type-value.ts';
import type { CheckedNode } from './checked.ts';
import type { Context } from './context.ts';
import { ELEMENTS, VALUES, type Path } from './paths.ts';
import { requirePresent } from './require.ts';
import { findQualified, resolveDotted } from './resolve-name.ts';

type PathNode = Node & { kind: 'name' | 'member' | 'index' };

/** Tells whether a node is a name, a field or an entry. */
export function isPathNode(node: Node): node is PathNode {
  return node.kind === 'name' || node.kind === 'member' || node.kind === 'index';
}

/** Checks a name, a field or an entry without noting it as read; `lenient` inside `has`, where null on the way is false. */
export function checkPath(context: Context, node: Node, lenient = false): CheckedNode {
  if (!isPathNode(node)) return context.value(node);
  const dotted = node.kind === 'member' ? resolveDotted(context, node) : null;
  const found = dotted ?? (node.kind === 'name' ? checkName(context, node) : checkStep(context, node, lenient));
  // What the author has tested is not nullable any more; the interpreter looks all the same.
  return !lenient && context.isPresent(found) ? requirePresent(context, found) : found;
}

/** Notes that the value of a path is used. */
export function readPath(context: Context, node: CheckedNode): void {
  const path = accessOf(context, node);
  if (path !== null) context.paths.read(path);
}

/** Notes that a path is only asked whether it is null. */
export function testPath(context: Context, node: CheckedNode): void {
  const path = accessOf(context, node);
  if (path !== null) context.paths.test(path);
}

/** Gives the path that a node reads; null where it computes something. Values of type dyn are read whole, maps by all of their keys. */
export function accessOf(context: Context, node: CheckedNode): Path | null {
  switch (node.kind) {
    case 'variable':
      return [node.name];
    case 'local':
      return context.pathOfSlot(node.slot);
    case 'required':
    case 'widen':
      return accessOf(context, node.operand);
    case 'field':
    case 'optionalField':
      return step(accessOf(context, node.target), node.target.type, node.name);
    case 'index':
    case 'optionalIndex':
      return step(accessOf(context, node.target), node.target.type, null);
    default:
      return null;
  }
}

function step(front: Path | null, targetType: CelType, name: string | null): Path | null {
  if (front === null) return null;
  const type = valueTypeOf(targetType);
  if (type.kind === 'record') return name === null ? front : [...front, name];
  if (type.kind === 'list') return [...front, ELEMENTS];
  return type.kind === 'map' ? [...front, VALUES] : front;
}

// What is inside of optionals and nullables.
function valueTypeOf(type: CelType): CelType {
  return type.kind === 'optional' || type.kind === 'nullable' ? valueTypeOf(type.of) : type;
}

// Types that no value without a schema has: where any name may be a field, these are fields, too.
const neverOpen: readonly string[] = ['uint', 'bytes', 'timestamp', 'duration', 'decimal', 'type', 'optional_type'];

function checkName(context: Context, node: Node & { kind: 'name' }): CheckedNode {
  const { name, start, end } = node;
  const { variables, ambiguous, fallback } = context.environment;
  const local = node.absolute ? undefined : context.locals.findLast((known) => known.name === name);
  if (local !== undefined) {
    return { kind: 'local', slot: local.slot, name, deferred: local.deferred, type: local.type, start, end };
  }
  const spellings = ambiguous?.get(name);
  if (spellings !== undefined) {
    const wish = spellings.map((spelling) => `"${spelling}"`).join(' or ');
    return context.error('AMBIGUOUS_NAME', `"${name}" could mean two things; write ${wish}.`, node, spellings[0]);
  }
  const declared = findQualified(context, name, node.absolute);
  if (declared !== null) return { kind: 'variable', ...declared, start, end };
  if (fallback !== undefined && neverOpen.includes(name)) return { kind: 'variable', name, type: fallback, start, end };
  const typeName = typeNames.get(name);
  if (typeName !== undefined) return { kind: 'constant', value: typeName, type: TYPE, start, end };
  if (fallback !== undefined) return { kind: 'variable', name, type: fallback, start, end };
  if (overloadsOf(name).length > 0)
    return context.error('UNKNOWN_NAME', `"${name}" is a function; call it as ${name}(…).`, node);
  const near = suggest(name, [...context.locals.map((known) => known.name), ...variables.keys()]);
  return context.error('UNKNOWN_NAME', `name "${name}" does not exist.`, node, near);
}

function checkStep(context: Context, node: Node & { kind: 'member' | 'index' }, lenient: boolean): CheckedNode {
  const path = checkPath(context, node.target, lenient);
  if (node.optional || path.type.kind === 'optional') return optionalStep(context, path, node);
  const target = lenient && path.type.kind === 'nullable' ? path : requirePresent(context, path);
  const { start, end } = node;
  const index = node.kind === 'index' ? context.value(node.index) : null;
  const field = fieldNameOf(node, target.type, index);
  if (field !== null) {
    const type = fieldType(context, nonNull(target.type), field.name, field);
    return type.kind === 'error' ? failed(node) : { kind: 'field', target, name: field.name, type, start, end };
  }
  const key = requirePresent(context, index!);
  const type = entryType(context, nonNull(target.type), key, node);
  return type.kind === 'error' ? failed(node) : { kind: 'index', target, index: key, type, start, end };
}

// `a.?b`, `a[?i]`, and everything after one of them: an optional.
function optionalStep(context: Context, target: CheckedNode, node: Node & { kind: 'member' | 'index' }): CheckedNode {
  const { start, end } = node;
  const inner = nonNull(target.type.kind === 'optional' ? target.type.of : target.type);
  const index = node.kind === 'index' ? context.value(node.index) : null;
  const field = fieldNameOf(node, inner, index);
  if (field !== null) {
    const type = fieldType(context, inner, field.name, field);
    if (type.kind === 'error') return failed(node);
    return { kind: 'optionalField', target, name: field.name, type: optionalOf(nonNull(type)), start, end };
  }
  const key = requirePresent(context, index!);
  const type = entryType(context, inner, key, node);
  if (type.kind === 'error') return failed(node);
  return { kind: 'optionalIndex', target, index: key, type: optionalOf(nonNull(type)), start, end };
}

// The name of a field and where it stands; also that of a record which is written as an index.
function fieldNameOf(
  node: Node & { kind: 'member' | 'index' },
  target: CelType,
  index: CheckedNode | null,
): (Span & { name: string }) | null {
  if (node.kind === 'member') return { name: node.name, ...node.nameSpan };
  if (nonNull(target).kind !== 'record' || index?.kind !== 'constant' || typeof index.value !== 'string') return null;
  return { name: index.value, start: index.start, end: index.end };
}

function failed({ start, end }: Span): CheckedNode {
  return { kind: 'constant', value: null, type: ERROR, start, end };
}

function fieldType(context: Context, type: CelType, name: string, nameSpan: Span): CelType {
  if (type.kind === 'error') return type;
  if (type.kind === 'record') {
    const field = type.fields.get(name);
    if (field !== undefined) return field;
    const near = suggest(name, type.fields.keys());
    return context.error('UNKNOWN_FIELD', `field "${name}" does not exist.`, nameSpan, near).type;
  }
  if (type.kind === 'dyn') return DYN;
  if (type.kind === 'map' && (type.key.kind === 'string' || type.key.kind === 'dyn')) return type.value;
  const message = `a value of type ${formatType(type)} has no fields, so no "${name}".`;
  return context.error('TYPE_MISMATCH', message, nameSpan).type;
}

function entryType(context: Context, type: CelType, index: CheckedNode, span: Span): CelType {
  if (type.kind === 'error' || index.type.kind === 'error') return ERROR;
  if (type.kind === 'record') {
    return context.error('TYPE_MISMATCH', 'a field of a record is named by literal text.', index).type;
  }
  if (type.kind !== 'list' && type.kind !== 'map' && type.kind !== 'dyn') {
    return context.error('TYPE_MISMATCH', `a value of type ${formatType(type)} has no entries.`, span).type;
  }
  const wanted: CelType = type.kind === 'list' ? { kind: 'int' } : type.kind === 'map' ? type.key : DYN;
  if (!fitsKey(index.type, wanted)) {
    const what = type.kind === 'list' ? 'the index of a list' : 'the key of this map';
    const message = `${what} must be ${formatType(wanted)}, not ${formatType(index.type)}.`;
    return context.error('TYPE_MISMATCH', message, index).type;
  }
  return type.kind === 'list' ? type.element : type.kind === 'map' ? type.value : DYN;
}

function fitsKey(index: CelType, wanted: CelType): boolean {
  if (isOpen(index) || isOpen(wanted)) return !acceptsNull(index) || index.kind === 'dyn';
  return index.kind === wanted.kind || (isNumeric(index) && isNumeric(wanted) && index.kind !== 'double');
}

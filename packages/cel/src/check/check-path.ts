import { typeNames } from '../functions/collections.ts';
import { overloadsOf } from '../functions/table.ts';
import { suggest } from '../suggest.ts';
import type { Node, Span } from '../syntax/node.ts';
import { DYN, acceptsNull, isNumeric, isOpen, type CelType } from '../types/cel-type.ts';
import { formatType } from '../types/format-type.ts';
import { nonNull } from '../types/non-null.ts';
import type { CheckedNode } from './checked.ts';
import type { Context } from './context.ts';
import { requirePresent } from './require.ts';

type PathNode = Node & { kind: 'name' | 'member' | 'index' };

/** Tells whether a node is a name, a field or an entry. */
export function isPathNode(node: Node): node is PathNode {
  return node.kind === 'name' || node.kind === 'member' || node.kind === 'index';
}

/** Checks a name, a field or an entry without noting it as read; `lenient` inside `has`, where null on the way is false. */
export function checkPath(context: Context, node: Node, lenient = false): CheckedNode {
  if (!isPathNode(node)) return context.value(node);
  const found = node.kind === 'name' ? checkName(context, node) : checkStep(context, node, lenient);
  // What the author has tested is not nullable any more; the interpreter looks all the same.
  return !lenient && context.isPresent(found) ? requirePresent(context, found) : found;
}

/** Notes that the value of a path is used. */
export function readPath(context: Context, node: CheckedNode): void {
  const path = accessOf(node);
  if (path !== null) context.paths.read(path);
}

/** Notes that a path is only asked whether it is null. */
export function testPath(context: Context, node: CheckedNode): void {
  const path = accessOf(node);
  if (path !== null) context.paths.test(path);
}

// The fields of records are told apart; lists, maps and values of type dyn are read whole.
function accessOf(node: CheckedNode): readonly string[] | null {
  if (node.kind === 'variable') return [node.name];
  if (node.kind === 'required') return accessOf(node.operand);
  if (node.kind === 'index') return accessOf(node.target);
  if (node.kind !== 'field') return null;
  const front = accessOf(node.target);
  return front !== null && nonNull(node.target.type).kind === 'record' ? [...front, node.name] : front;
}

// Types that no value without a schema has: where any name may be a field, these are fields, too.
const neverOpen: readonly string[] = ['uint', 'bytes', 'timestamp', 'duration', 'decimal'];

function checkName(context: Context, node: Node & { kind: 'name' }): CheckedNode {
  const { name, start, end } = node;
  const { variables, ambiguous, fallback } = context.environment;
  const local = node.absolute ? undefined : context.locals.findLast((known) => known.name === name);
  if (local !== undefined) return { kind: 'local', slot: local.slot, name, type: local.type, start, end };
  const spellings = ambiguous?.get(name);
  if (spellings !== undefined) {
    const wish = spellings.map((spelling) => `"${spelling}"`).join(' or ');
    return context.error('AMBIGUOUS_NAME', `"${name}" could mean two things; write ${wish}.`, node, spellings[0]);
  }
  const type = variables.get(name);
  if (type !== undefined) return { kind: 'variable', name, type, start, end };
  if (fallback !== undefined && neverOpen.includes(name)) return { kind: 'variable', name, type: fallback, start, end };
  if ((typeNames as readonly string[]).includes(name)) {
    return { kind: 'constant', value: name, type: { kind: 'string', symbols: typeNames }, start, end };
  }
  if (fallback !== undefined) return { kind: 'variable', name, type: fallback, start, end };
  if (overloadsOf(name).length > 0)
    return context.error('UNKNOWN_NAME', `"${name}" is a function; call it as ${name}(…).`, node);
  const near = suggest(name, [...context.locals.map((known) => known.name), ...variables.keys()]);
  return context.error('UNKNOWN_NAME', `name "${name}" does not exist.`, node, near);
}

function checkStep(context: Context, node: Node & { kind: 'member' | 'index' }, lenient: boolean): CheckedNode {
  const path = checkPath(context, node.target, lenient);
  const target = lenient && path.type.kind === 'nullable' ? path : requirePresent(context, path);
  if (node.kind === 'member') return fieldOf(context, target, node.name, node.nameSpan, node);
  const index = context.value(node.index);
  if (nonNull(target.type).kind === 'record' && index.kind === 'constant' && typeof index.value === 'string') {
    return fieldOf(context, target, index.value, index, node);
  }
  return entryOf(context, target, requirePresent(context, index), node);
}

function fieldOf(context: Context, target: CheckedNode, name: string, nameSpan: Span, span: Span): CheckedNode {
  const type = nonNull(target.type);
  const { start, end } = span;
  if (type.kind === 'error') return { ...target, start, end };
  if (type.kind === 'record') {
    const field = type.fields.get(name);
    if (field === undefined) {
      return context.error(
        'UNKNOWN_FIELD',
        `field "${name}" does not exist.`,
        nameSpan,
        suggest(name, type.fields.keys()),
      );
    }
    return { kind: 'field', target, name, type: field, start, end };
  }
  if (type.kind === 'dyn') return { kind: 'field', target, name, type: DYN, start, end };
  if (type.kind === 'map' && (type.key.kind === 'string' || type.key.kind === 'dyn')) {
    return { kind: 'field', target, name, type: type.value, start, end };
  }
  return context.error(
    'TYPE_MISMATCH',
    `a value of type ${formatType(target.type)} has no fields, so no "${name}".`,
    nameSpan,
  );
}

function entryOf(context: Context, target: CheckedNode, index: CheckedNode, span: Span): CheckedNode {
  const type = nonNull(target.type);
  const { start, end } = span;
  if (type.kind === 'error') return { ...target, start, end };
  if (index.type.kind === 'error') return { ...index, start, end };
  if (type.kind === 'record') {
    return context.error('TYPE_MISMATCH', 'a field of a record is named by literal text.', index);
  }
  const element = type.kind === 'list' ? type.element : type.kind === 'map' ? type.value : DYN;
  if (type.kind !== 'list' && type.kind !== 'map' && type.kind !== 'dyn') {
    return context.error('TYPE_MISMATCH', `a value of type ${formatType(target.type)} has no entries.`, span);
  }
  const wanted: CelType = type.kind === 'list' ? { kind: 'int' } : type.kind === 'map' ? type.key : DYN;
  if (!fitsKey(index.type, wanted)) {
    const what = type.kind === 'list' ? 'the index of a list' : 'the key of this map';
    return context.error(
      'TYPE_MISMATCH',
      `${what} must be ${formatType(wanted)}, not ${formatType(index.type)}.`,
      index,
    );
  }
  return { kind: 'index', target, index, type: element, start, end };
}

function fitsKey(index: CelType, wanted: CelType): boolean {
  if (isOpen(index) || isOpen(wanted)) return !acceptsNull(index) || index.kind === 'dyn';
  return index.kind === wanted.kind || (isNumeric(index) && isNumeric(wanted) && index.kind !== 'double');
}

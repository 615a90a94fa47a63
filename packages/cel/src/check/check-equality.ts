import { suggest } from '../suggest.ts';
import type { Node } from '../syntax/node.ts';
import { BOOL, acceptsNull, isNumeric, isOpen, type CelType } from '../types/cel-type.ts';
import { formatType } from '../types/format-type.ts';
import { nonNull } from '../types/non-null.ts';
import { checkPath, isPathNode, testPath } from './check-path.ts';
import type { CheckedNode } from './checked.ts';
import type { Context } from './context.ts';
import { requirePresent } from './require.ts';
import { speaking, speakingTo } from './speaking.ts';

/** Checks `==` and `!=`, which take null. */
export function checkEquality(context: Context, node: Node & { kind: 'binary' }, operator: '==' | '!='): CheckedNode {
  const { start, end } = node;
  const left = checkSide(context, node.left, node.right);
  const right = checkSide(context, node.right, node.left);
  if (!areComparable(left.type, right.type) && context.environment.unchecked !== true) {
    const [a, b] = [formatType(left.type), formatType(right.type)];
    return context.error('NO_SUCH_OVERLOAD', `there is no operator "${operator}" for ${a} and ${b}.`, node);
  }
  checkSymbol(context, left, right.type);
  checkSymbol(context, right, left.type);
  const sides = { left: speaking(context, left, right), right: speaking(context, right, left) };
  return { kind: 'equality', operator, ...sides, type: BOOL, start, end };
}

// A path that is compared with null need not be read whole.
function checkSide(context: Context, node: Node, other: Node): CheckedNode {
  if (!isPathNode(node) || other.kind !== 'literal' || other.type !== 'null') return context.value(node);
  const path = checkPath(context, node);
  testPath(context, path);
  return path;
}

/** Checks `in`: an element of a list, or a key of a map. */
export function checkMembership(context: Context, node: Node & { kind: 'binary' }): CheckedNode {
  const { start, end } = node;
  const left = context.value(node.left);
  const right = requirePresent(context, context.value(node.right));
  const { type } = right;
  if (type.kind !== 'list' && type.kind !== 'map' && !isOpen(type)) {
    return context.error(
      'NO_SUCH_OVERLOAD',
      `the right side of "in" must be a list or a map, not ${formatType(type)}.`,
      node.right,
    );
  }
  const element = type.kind === 'list' ? type.element : type.kind === 'map' ? type.key : type;
  if (!areComparable(left.type, element) && context.environment.unchecked !== true) {
    const [a, b] = [formatType(left.type), formatType(type)];
    return context.error('NO_SUCH_OVERLOAD', `there is no operator "in" for ${a} and ${b}.`, node);
  }
  if (right.kind === 'list') for (const item of right.elements) checkSymbol(context, item, left.type);
  checkSymbol(context, left, element);
  // A list is widened as a whole or its other side is, where one of them is dyn.
  const sides = { left: speakingTo(left, element), right: speakingTo(right, left.type) };
  return { kind: 'membership', ...sides, type: BOOL, start, end };
}

/** Refuses a literal text that no value of an enum can equal. */
export function checkSymbol(context: Context, literal: CheckedNode, other: CelType): void {
  const type = nonNull(other);
  if (literal.kind !== 'constant' || typeof literal.value !== 'string' || type.kind !== 'string') return;
  if (type.symbols === undefined || type.symbols.includes(literal.value)) return;
  const { symbols } = type;
  const list = symbols.length > 12 ? `${symbols.slice(0, 12).join(', ')}, …` : symbols.join(', ');
  const message = `"${literal.value}" is not a symbol of the enum (${list}).`;
  context.error('UNKNOWN_SYMBOL', message, literal, suggest(literal.value, symbols));
}

/** Tells whether a value of one type can equal one of another; all numbers can. */
function areComparable(a: CelType, b: CelType): boolean {
  if (isOpen(a) || isOpen(b)) return true;
  if (a.kind === 'null' || b.kind === 'null') return true;
  if (acceptsNull(a) || acceptsNull(b)) return areComparable(nonNull(a), nonNull(b));
  if (isNumeric(a) && isNumeric(b)) return true;
  if (a.kind === 'list' && b.kind === 'list') return areComparable(a.element, b.element);
  if (a.kind === 'optional' && b.kind === 'optional') return areComparable(a.of, b.of);
  if (a.kind === 'map' && b.kind === 'map') return areComparable(a.key, b.key) && areComparable(a.value, b.value);
  return a.kind === b.kind;
}

import { arithmetic, type Signature } from '../functions/arithmetic.ts';
import type { Node } from '../syntax/node.ts';
import { DYN, listOf, type CelType, type Kind } from '../types/cel-type.ts';
import { formatType } from '../types/format-type.ts';
import { joinTypes } from '../types/join-types.ts';
import type { ArithmeticOperator, CheckedNode } from './checked.ts';
import type { Context } from './context.ts';
import { conversionText } from './conversion-text.ts';
import { requirePresent } from './require.ts';
import { warnOfTime } from './speaking.ts';
import { widenTo } from './widen-to.ts';

/** Checks `+ - * / %`. Numbers of different types do not mix: the message says what to write. */
export function checkArithmetic(
  context: Context,
  node: Node & { kind: 'binary' },
  operator: ArithmeticOperator,
): CheckedNode {
  const left = requirePresent(context, context.value(node.left));
  const right = requirePresent(context, context.value(node.right));
  const { start, end } = node;
  const signatures = arithmetic.filter(
    (known) => known.operator === operator && couldBe(left.type, known.left) && couldBe(right.type, known.right),
  );
  if (left.type.kind === 'error' || right.type.kind === 'error') {
    return { kind: 'constant', value: null, type: { kind: 'error' }, start, end };
  }
  if (signatures.length === 0) return refuse(context, node, operator, left, right);
  const type = resultOf(signatures, left.type, right.type);
  warnOfTime(context, left, right);
  const sides = type.kind === 'list' ? { left: widenTo(left, type), right: widenTo(right, type) } : { left, right };
  return { kind: 'arithmetic', operator, ...sides, type, start, end };
}

function couldBe(type: CelType, kind: Kind): boolean {
  return type.kind === 'dyn' || type.kind === kind;
}

function resultOf(signatures: readonly Signature[], left: CelType, right: CelType): CelType {
  const kind = signatures[0]!.result;
  // A number from outside that meets an int may have a fraction: then both calculate as doubles.
  if ((left.kind === 'dyn' || right.kind === 'dyn') && (kind === 'int' || kind === 'uint')) return DYN;
  if (signatures.some(({ result }) => result !== kind)) return DYN;
  if (kind !== 'list') return { kind } as CelType;
  return left.kind === 'list' && right.kind === 'list' ? joinTypes(left, right) : listOf(DYN);
}

function refuse(
  context: Context,
  node: Node,
  operator: ArithmeticOperator,
  left: CheckedNode,
  right: CheckedNode,
): CheckedNode {
  const [a, b] = [formatType(left.type), formatType(right.type)];
  const message = `there is no operator "${operator}" for ${a} and ${b}`;
  if (operator === '/' && left.type.kind === 'decimal' && right.type.kind === 'decimal') {
    return context.error('NO_SUCH_OVERLOAD', `${message}; write quotient(a, b, scale), which says what to keep.`, node);
  }
  const fix = fixFor(context, operator, left, right) ?? fixFor(context, operator, right, left);
  if (fix === null) return context.error('NO_SUCH_OVERLOAD', `${message}.`, node);
  const text = context.textOf(fix.operand);
  return context.error('NO_SUCH_OVERLOAD', `${message}; write ${fix.text} instead of ${text}.`, fix.operand, fix.text);
}

interface Fix {
  readonly operand: CheckedNode;
  readonly text: string;
}

// What to write for one operand so that it fits the other.
function fixFor(context: Context, operator: ArithmeticOperator, operand: CheckedNode, other: CheckedNode): Fix | null {
  const [from, to] = [operand.type.kind, other.type.kind];
  const isWanted =
    (to === 'double' && operator !== '%') ||
    (to === 'int' && (from === 'uint' || operator === '%')) ||
    (to === 'decimal' && operator !== '/') ||
    (to === 'string' && operator === '+' && from !== 'bytes');
  const text = isWanted ? conversionText(context, operand, to) : null;
  return text === null ? null : { operand, text };
}

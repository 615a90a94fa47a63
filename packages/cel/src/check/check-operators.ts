import type { Node } from '../syntax/node.ts';
import { BOOL, isNumeric, isOpen, type CelType } from '../types/cel-type.ts';
import { formatType } from '../types/format-type.ts';
import { joinTypes } from '../types/join-types.ts';
import { parseDecimal } from '../values/decimal.ts';
import { checkArithmetic } from './check-arithmetic.ts';
import { checkEquality, checkMembership } from './check-equality.ts';
import type { ArithmeticOperator, CheckedNode } from './checked.ts';
import type { Context } from './context.ts';
import { factsOf } from './facts.ts';
import { requireBool, requirePresent } from './require.ts';
import { speaking } from './speaking.ts';
import { widenTo } from './widen-to.ts';

/** Checks `!` and the minus sign. */
export function checkUnary(context: Context, node: Node & { kind: 'unary' }): CheckedNode {
  const { start, end } = node;
  const operand = context.value(node.operand);
  if (node.operator === '!') {
    return { kind: 'not', operand: requireBool(context, operand, 'the operand of "!"'), type: BOOL, start, end };
  }
  const present = requirePresent(context, operand);
  const { kind } = present.type;
  if (kind === 'int' || kind === 'double' || kind === 'duration' || isOpen(present.type)) {
    return { kind: 'negate', operand: present, type: present.type, start, end };
  }
  if (kind === 'decimal') {
    const zero: CheckedNode = { kind: 'constant', value: parseDecimal('0'), type: present.type, start, end };
    return { kind: 'arithmetic', operator: '-', left: zero, right: present, type: present.type, start, end };
  }
  return context.error('NO_SUCH_OVERLOAD', `there is no operator "-" for ${formatType(present.type)}.`, node);
}

/** Checks `&&` and `||`: what one operand tests is known in the next. */
export function checkLogical(context: Context, node: Node & { kind: 'logical' }): CheckedNode {
  const { operator, start, end } = node;
  const facts: string[] = [];
  const operands = node.operands.map((operand) => {
    const checked = context.knowing(facts, () =>
      requireBool(context, context.value(operand), `an operand of "${operator}"`),
    );
    facts.push(...factsOf(checked, operator === '&&'));
    return checked;
  });
  return { kind: 'logical', operator, operands, type: BOOL, start, end };
}

/** Checks a conditional: what its test says is known in both arms. */
export function checkConditional(context: Context, node: Node & { kind: 'conditional' }): CheckedNode {
  const { start, end } = node;
  const test = requireBool(context, context.value(node.test), 'the test of the conditional');
  const whenTrue = context.knowing(factsOf(test, true), () => context.value(node.whenTrue));
  const whenFalse = context.knowing(factsOf(test, false), () => context.value(node.whenFalse));
  const type = joinTypes(whenTrue.type, whenFalse.type);
  const isMixed = type.kind === 'dyn' && !isOpen(whenTrue.type) && !isOpen(whenFalse.type);
  if (isMixed && context.environment.unchecked !== true) {
    const [a, b] = [formatType(whenTrue.type), formatType(whenFalse.type)];
    const message = `the two results of the conditional have different types, ${a} and ${b}.`;
    return context.error('TYPE_MISMATCH', message, node);
  }
  const arms = { whenTrue: widenTo(whenTrue, type), whenFalse: widenTo(whenFalse, type) };
  return { kind: 'conditional', test, ...arms, type, start, end };
}

/** Checks an operator with two operands. */
export function checkBinary(context: Context, node: Node & { kind: 'binary' }): CheckedNode {
  switch (node.operator) {
    case '==':
    case '!=':
      return checkEquality(context, node, node.operator);
    case 'in':
      return checkMembership(context, node);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return checkComparison(context, node, node.operator);
    default:
      return checkArithmetic(context, node, node.operator satisfies ArithmeticOperator);
  }
}

const ORDERED = new Set(['int', 'uint', 'double', 'string', 'bytes', 'bool', 'timestamp', 'duration', 'decimal']);

function checkComparison(
  context: Context,
  node: Node & { kind: 'binary' },
  operator: '<' | '<=' | '>' | '>=',
): CheckedNode {
  const left = requirePresent(context, context.value(node.left));
  const right = requirePresent(context, context.value(node.right));
  const { start, end } = node;
  const [a, b] = [left.type, right.type];
  if (a.kind === 'error' || b.kind === 'error' || isOrdered(a, b)) {
    const sides = { left: speaking(context, left, right), right: speaking(context, right, left) };
    return { kind: 'compare', operator, ...sides, type: BOOL, start, end };
  }
  const isTime = [a, b].some(({ kind }) => kind === 'timestamp' || kind === 'duration');
  const isDecimal = [a, b].some(({ kind }) => kind === 'decimal');
  const help = isTime
    ? ' Convert the other side with timestamp(…), millis(…) or duration(…).'
    : isDecimal
      ? ' Convert the other side with decimal(…).'
      : '';
  const message = `there is no operator "${operator}" for ${formatType(a)} and ${formatType(b)}.${help}`;
  return context.error('NO_SUCH_OVERLOAD', message, node);
}

function isOrdered(a: CelType, b: CelType): boolean {
  if (a.kind === 'dyn' || b.kind === 'dyn') return ORDERED.has(a.kind) || ORDERED.has(b.kind) || a.kind === b.kind;
  return ORDERED.has(a.kind) && (a.kind === b.kind || (isNumeric(a) && isNumeric(b)));
}

import { checkedChildrenOf } from '../check/checked-children.ts';
import type { Checked, CheckedNode } from '../check/checked.ts';
import { limits } from '../limits.ts';
import { nonNull } from '../types/non-null.ts';
import { leave } from '../values/leave.ts';
import { beginEvaluation } from '../values/meter.ts';
import { compile } from './compile.ts';
import type { Scope } from './evaluate.ts';

/**
 * Builds the closures of an expression once. What it gives evaluates the expression, and throws a `CelError` where that fails.
 * With `raw` the value is given as the expression holds it: optionals, types, and values of type dyn in their boxes.
 */
export function interpreter(checked: Checked, { raw = false } = {}): (scope: Scope) => unknown {
  const { tree } = checked;
  const evaluate = compile(tree);
  const slots = countSlots(tree);
  const run = (scope: Scope): unknown => {
    beginEvaluation();
    return evaluate(scope, { values: Array.from({ length: slots }, () => null), rounds: limits.rounds });
  };
  if (!raw && mustLeave(tree)) return (scope) => leave(run(scope));
  if (slots > 0) return run;
  const none = { values: [], rounds: 0 };
  return (scope) => {
    beginEvaluation();
    return evaluate(scope, none);
  };
}

function countSlots(node: CheckedNode): number {
  const inner = checkedChildrenOf(node).reduce((most, child) => Math.max(most, countSlots(child)), 0);
  switch (node.kind) {
    case 'comprehension':
      return Math.max(inner, node.slot + 1, (node.second ?? 0) + 1);
    case 'bind':
    case 'optionalMap':
      return Math.max(inner, node.slot + 1);
    default:
      return inner;
  }
}

const FLAT = new Set(['bool', 'int', 'uint', 'double', 'string', 'bytes', 'timestamp', 'duration', 'decimal', 'null']);

/** Tells whether the value of an expression may hold what its caller does not know: boxes, optionals, types. */
export function mustLeave(tree: CheckedNode): boolean {
  return !FLAT.has(nonNull(tree.type).kind) && makesOwnValues(tree);
}

function makesOwnValues(node: CheckedNode): boolean {
  const { type } = node;
  if (node.kind === 'widen' || type.kind === 'optional' || type.kind === 'type') return true;
  if ((node.kind === 'call' || node.kind === 'arithmetic' || node.kind === 'negate') && !FLAT.has(nonNull(type).kind))
    return true;
  return checkedChildrenOf(node).some(makesOwnValues);
}

import { checkedChildrenOf } from '../check/checked-children.ts';
import type { Checked, CheckedNode } from '../check/checked.ts';
import { limits } from '../limits.ts';
import { compile } from './compile.ts';
import type { Scope } from './evaluate.ts';

/** Builds the closures of an expression once. What it gives evaluates the expression, and throws a `CelError` where that fails. */
export function interpreter(checked: Checked): (scope: Scope) => unknown {
  const evaluate = compile(checked.tree);
  const slots = countSlots(checked.tree);
  if (slots > 0)
    return (scope) => evaluate(scope, { values: Array.from({ length: slots }, () => null), rounds: limits.rounds });
  const none = { values: [], rounds: 0 };
  return (scope) => evaluate(scope, none);
}

function countSlots(node: CheckedNode): number {
  const inner = checkedChildrenOf(node).reduce((most, child) => Math.max(most, countSlots(child)), 0);
  return node.kind === 'comprehension' ? Math.max(inner, node.slot + 1) : inner;
}

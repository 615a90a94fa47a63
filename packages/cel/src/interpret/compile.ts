import { checkedChildrenOf } from '../check/checked-children.ts';
import type { CheckedNode } from '../check/checked.ts';
import { CelError } from '../cel-error.ts';
import { compileField, compileHas, compileIndex, compileRequired, compileVariable } from './access.ts';
import { compileArithmetic, compileNegate } from './arithmetic.ts';
import { compileCall } from './calls.ts';
import { compileList, compileMap } from './collections.ts';
import { compileComparison } from './comparison.ts';
import { compileComprehension } from './comprehension.ts';
import { compileEquality } from './equality.ts';
import type { Evaluate } from './evaluate.ts';
import { compileConditional, compileLogical, compileNot } from './logical.ts';
import { compileMembership } from './membership.ts';

/** Turns a checked node into a closure, the fastest one that its types allow. What is constant is evaluated here. */
export function compile(node: CheckedNode): Evaluate {
  const evaluate = compileNode(node);
  if (!canFold(node)) return evaluate;
  try {
    const value = evaluate(noVariables, { values: [], rounds: 0 });
    return () => value;
  } catch (error) {
    // `1 / 0 > 1 || true` is true: a constant that fails may never be asked for.
    if (error instanceof CelError) return evaluate;
    throw error;
  }
}

function noVariables(): never {
  throw new Error('A constant reads a variable.');
}

// Children are folded first, so that looking one level down is enough for what is worth it.
function canFold(node: CheckedNode): boolean {
  const folds = node.kind === 'call' || node.kind === 'arithmetic' || node.kind === 'negate' || node.kind === 'list';
  return folds && isConstant(node);
}

function isConstant(node: CheckedNode): boolean {
  if (node.kind === 'variable' || node.kind === 'local' || node.kind === 'comprehension') return false;
  return checkedChildrenOf(node).every(isConstant);
}

function compileNode(node: CheckedNode): Evaluate {
  switch (node.kind) {
    case 'constant': {
      const { value } = node;
      return () => value;
    }
    case 'variable':
      return compileVariable(node);
    case 'local': {
      const { slot } = node;
      return (_, locals) => locals.values[slot];
    }
    case 'field':
      return compileField(node, compile);
    case 'has':
      return compileHas(node, compile);
    case 'index':
      return compileIndex(node, compile);
    case 'required':
      return compileRequired(node, compile);
    case 'not':
      return compileNot(node, compile);
    case 'negate':
      return compileNegate(node, compile);
    case 'logical':
      return compileLogical(node, compile);
    case 'conditional':
      return compileConditional(node, compile);
    case 'arithmetic':
      return compileArithmetic(node, compile);
    case 'compare':
      return compileComparison(node, compile);
    case 'equality':
      return compileEquality(node, compile);
    case 'membership':
      return compileMembership(node, compile);
    case 'list':
      return compileList(node, compile);
    case 'map':
      return compileMap(node, compile);
    case 'call':
      return compileCall(node, compile);
    case 'comprehension':
      return compileComprehension(node, compile);
  }
}

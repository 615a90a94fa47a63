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
      return compileField(node);
    case 'has':
      return compileHas(node);
    case 'index':
      return compileIndex(node);
    case 'required':
      return compileRequired(node);
    case 'not':
      return compileNot(node);
    case 'negate':
      return compileNegate(node);
    case 'logical':
      return compileLogical(node);
    case 'conditional':
      return compileConditional(node);
    case 'arithmetic':
      return compileArithmetic(node);
    case 'compare':
      return compileComparison(node);
    case 'equality':
      return compileEquality(node);
    case 'membership':
      return compileMembership(node);
    case 'list':
      return compileList(node);
    case 'map':
      return compileMap(node);
    case 'call':
      return compileCall(node);
    case 'comprehension':
      return compileComprehension(node);
  }
}

import type { CheckedNode } from '../check/checked.ts';
import { compareDecimals, compareValues } from '../values/compare.ts';
import { compareBytes, compareText } from '../values/text.ts';
import { located, type Compile, type Evaluate } from './evaluate.ts';

type CompareNode = CheckedNode & { kind: 'compare' };
type Operator = CompareNode['operator'];

/** Compiles `< <= > >=`. Numbers of all types, numbers and bigints compare by value; text compares by code points. */
export function compileComparison(node: CompareNode, compile: Compile): Evaluate {
  const left = compile(node.left);
  const right = compile(node.right);
  const [a, b] = [node.left.type.kind, node.right.type.kind];
  if (a === 'dyn' || b === 'dyn') return compileDynamic(node, left, right);
  if (a === 'string') return compileBy(node, compareText as Compare, left, right);
  if (a === 'bytes') return compileBy(node, compareBytes as Compare, left, right);
  if (a === 'decimal') return compileBy(node, compareDecimals, left, right);
  return compileNative(node.operator, left, right);
}

type Compare = (a: unknown, b: unknown) => number;

// JavaScript compares numbers with bigints exactly, and NaN with nothing.
function compileNative(operator: Operator, left: Evaluate, right: Evaluate): Evaluate {
  switch (operator) {
    case '<':
      return (scope, locals) => (left(scope, locals) as number) < (right(scope, locals) as number);
    case '<=':
      return (scope, locals) => (left(scope, locals) as number) <= (right(scope, locals) as number);
    case '>':
      return (scope, locals) => (left(scope, locals) as number) > (right(scope, locals) as number);
    case '>=':
      return (scope, locals) => (left(scope, locals) as number) >= (right(scope, locals) as number);
  }
}

function compileBy(node: CompareNode, compare: Compare, left: Evaluate, right: Evaluate): Evaluate {
  const { operator } = node;
  return located(node, (scope, locals) => holds(operator, compare(left(scope, locals), right(scope, locals)), 0));
}

function holds(operator: Operator, a: number, b: number): boolean {
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}

function compileDynamic(node: CompareNode, left: Evaluate, right: Evaluate): Evaluate {
  const { operator } = node;
  const what = `"${operator}"`;
  return located(node, (scope, locals) =>
    holds(operator, compareValues(what, left(scope, locals), right(scope, locals)), 0),
  );
}

import type { CheckedNode } from '../check/checked.ts';
import { equal } from '../values/equal.ts';
import { located, type Compile, type Evaluate } from './evaluate.ts';

type EqualityNode = CheckedNode & { kind: 'equality' };

/** Compiles `==` and `!=`. Values of these types are equal where JavaScript's `===` says so, null included. */
export function compileEquality(node: EqualityNode, compile: Compile): Evaluate {
  const left = compile(node.left);
  const right = compile(node.right);
  const isEqual = node.operator === '==';
  if (node.left.type.kind === 'null' || node.right.type.kind === 'null') {
    const other = node.left.type.kind === 'null' ? right : left;
    return (scope, locals) => ((other(scope, locals) ?? null) === null) === isEqual;
  }
  if (isIdentity(node.left) || isIdentity(node.right)) {
    if (isEqual) return (scope, locals) => left(scope, locals) === right(scope, locals);
    return (scope, locals) => left(scope, locals) !== right(scope, locals);
  }
  return located(node, (scope, locals) => equal(left(scope, locals), right(scope, locals)) === isEqual);
}

/** Tells whether a value equals only what is the same to JavaScript. An int does not: it could be a number here and a bigint there. */
function isIdentity({ type }: CheckedNode): boolean {
  return type.kind === 'string' || type.kind === 'bool' || type.kind === 'type';
}

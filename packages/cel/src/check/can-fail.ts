import { checkedChildrenOf } from './checked-children.ts';
import type { CheckedNode } from './checked.ts';
import { failsByOperands } from './operand-failures.ts';

/** Tells whether the evaluation of a node could end with an error; true where in doubt. */
export function canFail(node: CheckedNode): boolean {
  return failsItself(node) || checkedChildrenOf(node).some(canFail);
}

/** Tells whether the evaluation of a condition could end with an error: also where its value may be no truth value. */
export function conditionCanFail(node: CheckedNode): boolean {
  return node.type.kind !== 'bool' || canFail(node);
}

function failsItself(node: CheckedNode): boolean {
  switch (node.kind) {
    case 'record':
    case 'bind':
    case 'optionalOr':
    case 'optionalMap':
      return false;
    case 'logical':
      return node.operands.some(({ type }) => type.kind !== 'bool');
    case 'has':
      return node.path.kind !== 'variable';
    case 'conditional':
      return node.test.type.kind !== 'bool';
    default:
      // A field fails where the record lacks it, or is null behind a type that says otherwise.
      return failsByOperands(node) ?? true;
  }
}

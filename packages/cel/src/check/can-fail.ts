import { checkedChildrenOf } from './checked-children.ts';
import type { CheckedNode } from './checked.ts';

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
    case 'constant':
    case 'variable':
    case 'record':
    case 'bind':
    case 'optionalOr':
    case 'optionalMap':
      return false;
    case 'local':
      return node.deferred;
    case 'list':
      return node.optionals.length > 0;
    case 'logical':
      return node.operands.some(({ type }) => type.kind !== 'bool');
    case 'not':
      return node.operand.type.kind !== 'bool';
    case 'has':
      return node.path.kind !== 'variable';
    case 'equality':
      return !isFlat(node.left) || !isFlat(node.right);
    case 'membership':
      return node.right.kind !== 'list' || !isFlat(node.left) || !node.right.elements.every(isFlat);
    case 'compare':
      return node.left.type.kind === 'dyn' || node.right.type.kind === 'dyn';
    case 'conditional':
      return node.test.type.kind !== 'bool';
    default:
      // A field fails where the record lacks it, or is null behind a type that says otherwise.
      return true;
  }
}

const FLAT = new Set(['bool', 'int', 'uint', 'double', 'string', 'timestamp', 'duration', 'null', 'type']);

function isFlat(node: CheckedNode): boolean {
  return FLAT.has(node.type.kind === 'nullable' ? node.type.of.kind : node.type.kind);
}

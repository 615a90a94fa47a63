import type { CheckedNode } from './checked.ts';

/** Lists the children of a checked node in the order of evaluation. */
export function checkedChildrenOf(node: CheckedNode): readonly CheckedNode[] {
  switch (node.kind) {
    case 'constant':
    case 'variable':
    case 'local':
      return [];
    case 'field':
      return [node.target];
    case 'has':
      return [node.path];
    case 'index':
      return [node.target, node.index];
    case 'required':
    case 'not':
    case 'negate':
      return [node.operand];
    case 'logical':
      return node.operands;
    case 'conditional':
      return [node.test, node.whenTrue, node.whenFalse];
    case 'list':
      return node.elements;
    case 'map':
      return node.entries.flatMap(({ key, value }) => [key, value]);
    case 'call':
      return node.args;
    case 'comprehension':
      return [node.range, node.condition, node.transform].filter((child) => child !== null);
    default:
      return [node.left, node.right];
  }
}

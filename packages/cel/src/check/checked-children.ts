import type { CheckedNode } from './checked.ts';

/** Lists the children of a checked node in the order of evaluation. */
export function checkedChildrenOf(node: CheckedNode): readonly CheckedNode[] {
  switch (node.kind) {
    case 'constant':
    case 'variable':
    case 'local':
    case 'fail':
      return [];
    case 'field':
    case 'optionalField':
      return [node.target];
    case 'has':
      return [node.path];
    case 'index':
    case 'optionalIndex':
      return [node.target, node.index];
    case 'required':
    case 'not':
    case 'negate':
    case 'widen':
    case 'narrow':
      return [node.operand];
    case 'logical':
      return node.operands;
    case 'conditional':
      return [node.test, node.whenTrue, node.whenFalse];
    case 'list':
      return node.elements;
    case 'map':
      return node.entries.flatMap(({ key, value }) => [key, value]);
    case 'record':
      return node.fields.map(({ value }) => value);
    case 'call':
    case 'aggregate':
      return node.args;
    case 'optionalMap':
      return [node.target, node.body];
    case 'bind':
      return [node.value, node.body];
    case 'comprehension':
      return [node.range, node.condition, node.transform].filter((child) => child !== null);
    default:
      return [node.left, node.right];
  }
}

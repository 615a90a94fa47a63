import type { CheckedNode } from './checked.ts';

/** Tells whether a node could fail by what its own operands are, as their types show it; null for kinds whose types do not decide. */
export function failsByOperands(node: CheckedNode): boolean | null {
  switch (node.kind) {
    case 'constant':
    case 'variable':
      return false;
    case 'local':
      return node.deferred;
    case 'list':
      return node.optionals.length > 0;
    case 'not':
      return node.operand.type.kind !== 'bool';
    case 'equality':
      return !isFlat(node.left) || !isFlat(node.right);
    case 'membership':
      return node.right.kind !== 'list' || !isFlat(node.left) || !node.right.elements.every(isFlat);
    case 'compare':
      return node.left.type.kind === 'dyn' || node.right.type.kind === 'dyn';
    default:
      return null;
  }
}

const FLAT = new Set(['bool', 'int', 'uint', 'double', 'string', 'timestamp', 'duration', 'null', 'type']);

function isFlat(node: CheckedNode): boolean {
  return FLAT.has(node.type.kind === 'nullable' ? node.type.of.kind : node.type.kind);
}

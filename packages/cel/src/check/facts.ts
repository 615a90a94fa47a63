import { acceptsNull } from '../types/cel-type.ts';
import type { CheckedNode } from './checked.ts';

/** Names the path that a node reads, so that two nodes that read the same have the same name; null for other nodes. */
export function pathKey(node: CheckedNode): string | null {
  switch (node.kind) {
    case 'variable':
      return JSON.stringify(node.name);
    case 'local':
      return String(node.slot);
    case 'required':
    case 'widen':
      return pathKey(node.operand);
    case 'field': {
      const target = pathKey(node.target);
      return target === null ? null : `${target}.${JSON.stringify(node.name)}`;
    }
    case 'index': {
      if (node.index.kind !== 'constant' || typeof node.index.value === 'object') return null;
      const target = pathKey(node.target);
      const key = node.index.value as string | number | bigint | boolean | undefined;
      return target === null ? null : `${target}.${typeof key === 'string' ? JSON.stringify(key) : String(key)}`;
    }
    default:
      return null;
  }
}

/** Lists the paths that are not null where a condition gives `truth`. */
export function factsOf(node: CheckedNode, truth: boolean): readonly string[] {
  switch (node.kind) {
    case 'not':
      return factsOf(node.operand, !truth);
    case 'has':
      return truth ? prefixesOf(node.path) : [];
    case 'equality':
      return factsOfEquality(node, truth);
    case 'membership':
      return truth && node.right.type.kind === 'list' && !acceptsNull(node.right.type.element)
        ? prefixesOf(node.left)
        : [];
    case 'logical': {
      const all = node.operands.map((operand) => factsOf(operand, truth));
      const certain = truth === (node.operator === '&&');
      return certain ? all.flat() : (all[0] ?? []).filter((fact) => all.every((facts) => facts.includes(fact)));
    }
    default:
      return [];
  }
}

function factsOfEquality(node: CheckedNode & { kind: 'equality' }, truth: boolean): readonly string[] {
  const { left, right } = node;
  const areEqual = truth === (node.operator === '==');
  if (!areEqual) {
    if (right.type.kind === 'null') return prefixesOf(left);
    return left.type.kind === 'null' ? prefixesOf(right) : [];
  }
  // What equals something that is never null is not null.
  return [...(acceptsNull(right.type) ? [] : prefixesOf(left)), ...(acceptsNull(left.type) ? [] : prefixesOf(right))];
}

// A path that has a value has one at each of its steps.
function prefixesOf(node: CheckedNode): string[] {
  const keys: string[] = [];
  let at: CheckedNode | null = node;
  while (at !== null) {
    const key = pathKey(at);
    if (key !== null) keys.push(key);
    if (at.kind === 'required' || at.kind === 'widen') at = at.operand;
    else at = at.kind === 'field' || at.kind === 'index' ? at.target : null;
  }
  return keys;
}

import type { CelType } from '../types/cel-type.ts';
import { widener } from '../values/widen.ts';
import type { CheckedNode } from './checked.ts';

/** Brings a node to a wider type: where parts of its value become `dyn`, they must say themselves what they are from there on. */
export function widenTo(node: CheckedNode, type: CelType): CheckedNode {
  if (widener(node.type, type) === null) return node;
  return { kind: 'widen', operand: node, type, start: node.start, end: node.end };
}

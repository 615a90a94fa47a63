import { checkedChildrenOf } from '../check/checked-children.ts';
import type { CheckedNode } from '../check/checked.ts';
import { NEVER_FAIL } from './may-fail.ts';

const FREE: ReadonlySet<CheckedNode['kind']> = new Set([
  'constant',
  'variable',
  'local',
  'field',
  'has',
  'index',
  'required',
  'not',
  'negate',
  'logical',
  'compare',
  'equality',
  'membership',
  'conditional',
  'list',
  'bind',
  'optionalField',
  'optionalIndex',
  'optionalOr',
  'optionalMap',
  'record',
  'narrow',
]);

/** Tells whether the evaluation of a node may count what it builds or looks through, so that the meter has to begin anew. */
export function mustMeter(node: CheckedNode): boolean {
  return !isFree(node) || checkedChildrenOf(node).some(mustMeter);
}

function isFree(node: CheckedNode): boolean {
  switch (node.kind) {
    case 'arithmetic':
      return NUMBERS.has(node.left.type.kind) && NUMBERS.has(node.right.type.kind);
    case 'call':
      return !node.dynamic && node.overloads.every((id) => NEVER_FAIL.has(id));
    case 'comprehension':
      return node.range.type.kind === 'list' && !node.macro.startsWith('transformMap');
    default:
      return FREE.has(node.kind);
  }
}

const NUMBERS: ReadonlySet<string> = new Set(['int', 'uint', 'double', 'timestamp', 'duration']);

import { checkedChildrenOf } from '../check/checked-children.ts';
import type { CheckedNode } from '../check/checked.ts';
import { nonNull } from '../types/non-null.ts';
import { literalsOf } from '../interpret/literals-of.ts';

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
  'conditional',
  'list',
  'bind',
  'optionalField',
  'optionalIndex',
  'optionalOr',
  'optionalMap',
  'record',
]);

/**
 * Tells whether the evaluation of a node may count what it builds or looks through, so that the meter has to begin anew; true where
 * in doubt. `typed`: values are of their declared types without a look.
 */
export function mustMeter(node: CheckedNode, typed: boolean): boolean {
  return !isFree(node, typed) || checkedChildrenOf(node).some((child) => mustMeter(child, typed));
}

function isFree(node: CheckedNode, typed: boolean): boolean {
  switch (node.kind) {
    case 'arithmetic':
      return NUMBERS.has(node.left.type.kind) && NUMBERS.has(node.right.type.kind);
    case 'compare':
      return isOrderedAtOnce(node.left) && isOrderedAtOnce(node.right);
    case 'equality':
      return isFlat(node.left) || isFlat(node.right);
    case 'membership':
      return literalsOf(node.right) !== null;
    case 'narrow':
      return isFlat(node);
    case 'call':
      return !node.dynamic && node.overloads.every((id) => COUNT_NOTHING.has(id) || (typed && id === CONTAINS));
    case 'comprehension':
      return (
        typed && node.range.type.kind === 'list' && !node.macro.startsWith('transformMap') && node.macro !== 'sortBy'
      );
    default:
      return FREE.has(node.kind);
  }
}

const NUMBERS: ReadonlySet<string> = new Set(['int', 'uint', 'double', 'timestamp', 'duration']);

function isOrderedAtOnce({ type }: CheckedNode): boolean {
  return NUMBERS.has(type.kind) || type.kind === 'bool';
}

// Equal to something, or not, without a look at parts.
function isFlat({ type }: CheckedNode): boolean {
  const { kind } = nonNull(type);
  return NUMBERS.has(kind) || kind === 'bool' || kind === 'string' || kind === 'null' || kind === 'type';
}

// In code over typed values this is JavaScript's own search.
const CONTAINS = '.contains(string,string)';

const COUNT_NOTHING: ReadonlySet<string> = new Set([
  '.startsWith(string,string)',
  '.endsWith(string,string)',
  'size(bytes)',
  '.size(bytes)',
  'size(list(dyn))',
  '.size(list(dyn))',
  'double(int)',
  'double(double)',
  'string(string)',
  'int(int)',
]);

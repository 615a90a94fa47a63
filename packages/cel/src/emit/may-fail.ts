import { checkedChildrenOf } from '../check/checked-children.ts';
import type { CheckedNode } from '../check/checked.ts';
import { factsOf, pathKey } from '../check/facts.ts';
import { failsByOperands } from '../check/operand-failures.ts';
import { nonNull } from '../types/non-null.ts';
import { optionalPathOf } from './reads-of.ts';
import type { Emission } from './emission.ts';

/**
 * Tells whether the evaluation of a node could end with an error that `&&` and `||` absorb; true where in doubt. `facts` are paths
 * that are not null where the node is evaluated, beside those that the emission knows.
 */
export function mayFail(emission: Emission, node: CheckedNode, facts: readonly string[] = []): boolean {
  switch (node.kind) {
    case 'logical':
      return logicalMayFail(emission, node, facts);
    case 'conditional':
      return (
        conditionMayFail(emission, node.test, facts) ||
        mayFail(emission, node.whenTrue, [...facts, ...factsOf(node.test, true)]) ||
        mayFail(emission, node.whenFalse, [...facts, ...factsOf(node.test, false)])
      );
    case 'required': {
      const key = pathKey(node.operand);
      const known = emission.typed && key !== null && (facts.includes(key) || emission.isKnown(key));
      return !known || mayFail(emission, node.operand, facts);
    }
    case 'has':
      return hasMayFail(emission, node.path);
    case 'bind':
      // What fails in the value fails where it is read.
      return mayFail(emission, node.body, facts);
    default:
      return failsItself(emission, node) || checkedChildrenOf(node).some((child) => mayFail(emission, child, facts));
  }
}

/** Tells the same of a node that is a condition: of type dyn, it may turn out to be no bool. */
export function conditionMayFail(emission: Emission, node: CheckedNode, facts: readonly string[] = []): boolean {
  return node.type.kind !== 'bool' || mayFail(emission, node, facts);
}

function logicalMayFail(
  emission: Emission,
  node: CheckedNode & { kind: 'logical' },
  facts: readonly string[],
): boolean {
  const learned = [...facts];
  for (const operand of node.operands) {
    if (conditionMayFail(emission, operand, learned)) return true;
    learned.push(...factsOf(operand, node.operator === '&&'));
  }
  return false;
}

// With types that hold, `has` of fields only looks.
function hasMayFail(emission: Emission, path: CheckedNode): boolean {
  if (path.kind === 'variable') return false;
  if (path.kind === 'required') return hasMayFail(emission, path.operand);
  if (!emission.typed || path.kind !== 'field' || nonNull(path.target.type).kind !== 'record') return true;
  return hasMayFail(emission, path.target);
}

function failsItself(emission: Emission, node: CheckedNode): boolean {
  switch (node.kind) {
    case 'widen':
      return false;
    case 'record':
      return node.fields.some(({ optional }) => optional);
    case 'optionalOr':
      return node.left.type.kind !== 'optional' || (node.gives === 'optional' && node.right.type.kind !== 'optional');
    case 'optionalMap':
      return node.target.type.kind !== 'optional' || (node.flat && node.body.type.kind !== 'optional');
    case 'optionalField':
      return !emission.typed || optionalPathOf(node) === null;
    case 'field':
      return !emission.typed || node.target.type.kind !== 'record';
    case 'negate':
      return node.type.kind !== 'double' && node.type.kind !== 'duration';
    case 'arithmetic':
      return arithmeticFails(node);
    case 'comprehension':
      // Too many rounds are no error that anything absorbs.
      return !emission.typed || comprehensionFails(node);
    case 'call':
      return node.dynamic || !node.overloads.every((id) => NEVER_FAIL.has(id));
    default:
      return failsByOperands(node) ?? true;
  }
}

function comprehensionFails({ macro, range, condition }: CheckedNode & { kind: 'comprehension' }): boolean {
  const isPlain = macro !== 'sortBy' && macro !== 'transformMap' && macro !== 'transformMapEntry';
  return !isPlain || range.type.kind === 'dyn' || condition?.type.kind === 'dyn';
}

function arithmeticFails({ operator, left, right }: CheckedNode & { kind: 'arithmetic' }): boolean {
  if (left.type.kind === 'double' && right.type.kind === 'double') return false;
  const isRest = operator === '%' && left.type.kind === 'int' && right.type.kind === 'int';
  return !(isRest && right.kind === 'constant' && typeof right.value === 'number' && right.value !== 0);
}

// The overloads that give a value for all arguments of their types. What they count is no error that anything absorbs.
const NEVER_FAIL: ReadonlySet<string> = new Set([
  '.startsWith(string,string)',
  '.endsWith(string,string)',
  '.contains(string,string)',
  'size(string)',
  '.size(string)',
  'size(bytes)',
  '.size(bytes)',
  'size(list(dyn))',
  '.size(list(dyn))',
  'double(int)',
  'double(double)',
  'string(string)',
  'int(int)',
]);

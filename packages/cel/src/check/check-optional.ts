import type { Node } from '../syntax/node.ts';
import { DYN, isOpen, optionalOf, type CelType } from '../types/cel-type.ts';
import { formatType } from '../types/format-type.ts';
import { joinTypes } from '../types/join-types.ts';
import { accessOf } from './check-path.ts';
import type { CheckedNode } from './checked.ts';
import type { Context } from './context.ts';
import { widenTo } from './widen-to.ts';

type CallNode = Node & { kind: 'call' };

const counts: ReadonlyMap<string, number> = new Map([
  ['or', 1],
  ['orValue', 1],
  ['optMap', 2],
  ['optFlatMap', 2],
]);

/** Checks the macros of optionals, `or orValue optMap optFlatMap`; null where the call is none. */
export function checkOptionalMacro(context: Context, node: CallNode, target: Node): CheckedNode | null {
  const count = counts.get(node.name);
  if (count === undefined) return null;
  if (node.args.length !== count) {
    const message = `macro "${node.name}" takes ${count} arguments, not ${node.args.length}.`;
    return context.error('WRONG_ARGUMENT_COUNT', message, node);
  }
  const optional = context.value(target);
  if (optional.type.kind !== 'optional' && !isOpen(optional.type)) {
    const message = `"${node.name}" works on an optional, such as a.?b, not on ${formatType(optional.type)}.`;
    return context.error('TYPE_MISMATCH', message, target);
  }
  return count === 1 ? checkOr(context, node, optional) : checkOptionalMap(context, node, optional);
}

function checkOr(context: Context, node: CallNode, left: CheckedNode): CheckedNode {
  const gives = node.name === 'or' ? 'optional' : 'value';
  const right = context.value(node.args[0]!);
  const held = heldType(left.type);
  const { start, end } = node;
  if (gives === 'optional' && right.type.kind !== 'optional' && !isOpen(right.type)) {
    const message = `the argument of "or" is an optional, not ${formatType(right.type)}; orValue(…) takes a value.`;
    return context.error('TYPE_MISMATCH', message, node.args[0]!);
  }
  const other = gives === 'optional' ? heldType(right.type) : right.type;
  const type = joinTypes(held, other);
  if (type.kind === 'dyn' && !isOpen(held) && !isOpen(other) && context.environment.unchecked !== true) {
    const message = `"${node.name}" has different types on its sides, ${formatType(held)} and ${formatType(other)}.`;
    return context.error('TYPE_MISMATCH', message, node);
  }
  const result = gives === 'optional' ? optionalOf(type) : type;
  const sides = { left: widenTo(left, optionalOf(type)), right: widenTo(right, result) };
  return { kind: 'optionalOr', ...sides, gives, type: result, start, end };
}

function checkOptionalMap(context: Context, node: CallNode, target: CheckedNode): CheckedNode {
  const [name, body] = node.args as [Node, Node];
  const { start, end } = node;
  if (name.kind !== 'name' || name.absolute) {
    return context.error('TYPE_MISMATCH', `the first argument of "${node.name}" is a name for the value.`, name);
  }
  const local = context.local(name.name, heldType(target.type), accessOf(context, target));
  const inner = context.within([local], () => context.value(body));
  const flat = node.name === 'optFlatMap';
  if (flat && inner.type.kind !== 'optional' && !isOpen(inner.type)) {
    const message = `the last argument of "optFlatMap" is an optional, not ${formatType(inner.type)}; write optMap.`;
    return context.error('TYPE_MISMATCH', message, body, 'optMap');
  }
  const type = flat ? (isOpen(inner.type) ? optionalOf(DYN) : inner.type) : optionalOf(inner.type);
  return { kind: 'optionalMap', target, slot: local.slot, body: inner, flat, type, start, end };
}

function heldType(type: CelType): CelType {
  return type.kind === 'optional' ? type.of : DYN;
}

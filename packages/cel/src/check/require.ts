import { BOOL, DYN, isOpen } from '../types/cel-type.ts';
import { formatType } from '../types/format-type.ts';
import { nonNull } from '../types/non-null.ts';
import type { CheckedNode } from './checked.ts';
import type { Context } from './context.ts';
import { pathKey } from './facts.ts';

/** Makes a node fail at run time where it is null, and warns unless the author has tested it. */
export function requirePresent(context: Context, node: CheckedNode): CheckedNode {
  if (node.type.kind !== 'nullable') return node;
  const proven = context.isPresent(node);
  if (!proven) {
    const text = context.textOf(node);
    const message =
      pathKey(node) === null
        ? 'this may be null; test it with "!= null" first, or write coalesce(…, …) around it.'
        : `"${text}" may be null; write has(${text}) && … before it, or coalesce(${text}, …).`;
    context.warn('NULLABLE_OPERAND', message, node);
  }
  const { start, end } = node;
  return { kind: 'required', operand: node, proven, type: nonNull(node.type), start, end };
}

/** Makes sure that a node can be a condition. */
export function requireBool(context: Context, node: CheckedNode, what: string): CheckedNode {
  const present = requirePresent(context, node);
  if (present.type.kind === 'bool' || isOpen(present.type)) return present;
  const { start, end } = node;
  if (context.environment.unchecked === true) return { ...present, type: DYN };
  context.error('TYPE_MISMATCH', `${what} must be bool, not ${formatType(present.type)}.`, node);
  return { ...present, type: BOOL, start, end };
}
